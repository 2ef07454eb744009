"""The target that declares a site, and its fields."""

from __future__ import annotations

from dataclasses import dataclass

from pants.core.goals.package import PackageFieldSet
from pants.engine.target import (
    COMMON_TARGET_FIELDS,
    BoolField,
    Dependencies,
    DictStringToStringField,
    IntField,
    MultipleSourcesField,
    StringField,
    StringSequenceField,
    Target,
)
from pants.util.strutil import softwrap

from devflow.sphinx_docs.facts import WarningsAre


class SphinxSourcesField(MultipleSourcesField):
    """The files of the site, including `conf.py`."""

    default = ("**/*", "!**/BUILD", "!**/BUILD.*", "!_build/**", "!**/__pycache__/**")
    uses_source_roots = False
    help = softwrap(
        """
        The files of the site: pages, `conf.py`, static files. Names and globs, relative to the directory of the BUILD
        file. At the build root, name the files. Example: `sources=["**/*.md", "conf.py", "_static/**"]`.
        """
    )


class SphinxDependenciesField(Dependencies):
    """First-party code for autodoc, and files."""

    supports_transitive_excludes = True
    help = softwrap(
        """
        The other inputs of a build: the code that autodoc documents, with all its imports, and files that `conf.py`
        opens. Packages come from the resolve. Example: `dependencies=["src/acme/client", "//:version"]`.
        """
    )


class SphinxSourceDirectoryField(StringField):
    """A directory."""

    alias = "source_directory"
    help = softwrap(
        """
        The directory of `conf.py`, relative to that of the BUILD file. If not set: the directory of the `conf.py` in
        `sources`. Example: `source_directory="source"`.
        """
    )


class SphinxResolveField(StringField):
    """A name of `[python].resolves`."""

    alias = "resolve"
    help = softwrap(
        """
        The resolve that has Sphinx, its extensions, and what documented code imports. If not set:
        `[sphinx].install_from_resolve`, else the default resolve if it has Sphinx, else the only resolve that has it.
        Example: `resolve="docs"`.
        """
    )


class SphinxRequirementsField(StringSequenceField):
    """Requirements, in the words of the resolve."""

    alias = "requirements"
    help = softwrap(
        """
        The packages to install from the resolve in addition to Sphinx, with their dependencies. If not set: all
        packages of the lockfile. Example: `requirements=["myst-parser", "aiohttp"]`.
        """
    )


class SphinxBuildersField(StringSequenceField):
    """Names of builders."""

    alias = "builders"
    default = ("html",)
    help = (
        'The builders that `package` runs, each to `dist/<output_path>/<builder>`. Example: `builders=["html", "man"]`.'
    )


class SphinxLanguagesField(StringSequenceField):
    """Names of languages."""

    alias = "languages"
    help = softwrap(
        """
        The languages to build, each to `dist/<output_path>/<builder>/<language>`. If not set: that of `conf.py`,
        without a directory of its own. Example: `languages=["en", "ko"]`.
        """
    )


class SphinxWarningsField(StringField):
    """How `check` treats warnings."""

    alias = "warnings"
    valid_choices = WarningsAre
    default = WarningsAre.SHOWN.value
    help = 'Whether `check` fails on a warning, or only shows it. Example: `warnings="error"`.'


class SphinxNitpickyField(BoolField):
    """As `sphinx-build -n`."""

    alias = "nitpicky"
    default = False
    help = "Whether each reference without a target is a warning, as with `sphinx-build -n`."


class SphinxSuppressField(StringSequenceField):
    """Types of warnings."""

    alias = "suppress"
    help = softwrap(
        """
        Types of warnings to suppress, in addition to `suppress_warnings` in `conf.py`. Example:
        `suppress=["toc.not_included"]`.
        """
    )


class SphinxDefinesField(DictStringToStringField):
    """Settings, as `sphinx-build -D`."""

    alias = "defines"
    help = 'Settings that replace those of `conf.py`, as `sphinx-build -D`. Example: `defines={"html_theme": "furo"}`.'


class SphinxTagsField(StringSequenceField):
    """Tags of Sphinx; `tags` are those of Pants."""

    alias = "sphinx_tags"
    help = 'Tags that are set for `only` directives, as `sphinx-build -t`. Example: `sphinx_tags=["internal"]`.'


class SphinxNetworkField(BoolField):
    """Whether the process may use the network."""

    alias = "network"
    default = False
    help = softwrap(
        """
        Whether a build may use the network, as intersphinx does. Without the network, all builds of the same files give
        the same bytes. With it, a build is cached only as long as Pants' daemon runs.
        """
    )


class SphinxDateField(StringField):
    """A day."""

    alias = "date"
    help = softwrap(
        """
        The day that pages show as that of the build, as `YYYY-MM-DD`. If not set: 1980-01-01, so that a build does not
        depend on the day on which it runs. Example: `date="2026-01-31"`.
        """
    )


class SphinxOutputPathField(StringField):
    """A directory below `dist`."""

    alias = "output_path"
    default = "docs"
    help = 'The directory below `dist` for the output of `package`. Example: `output_path="client-docs"`.'


class SphinxTimeoutField(IntField):
    """Seconds."""

    alias = "timeout"
    default = 600
    help = "The seconds after which a build is ended. Example: `timeout=1800`."


class SphinxDocsTarget(Target):
    """See docs/goals/sphinx-docs.md."""

    alias = "sphinx_docs"
    core_fields = (
        *COMMON_TARGET_FIELDS,
        SphinxSourcesField,
        SphinxDependenciesField,
        SphinxSourceDirectoryField,
        SphinxResolveField,
        SphinxRequirementsField,
        SphinxBuildersField,
        SphinxLanguagesField,
        SphinxWarningsField,
        SphinxNitpickyField,
        SphinxSuppressField,
        SphinxDefinesField,
        SphinxTagsField,
        SphinxNetworkField,
        SphinxDateField,
        SphinxOutputPathField,
        SphinxTimeoutField,
    )
    help = "A site that Sphinx builds, for `package`, `check`, `docs-links`, `docs-translate` and `docs-serve`."


@dataclass(frozen=True)
class SphinxDocsFieldSet(PackageFieldSet):
    """The fields of a site that goals request."""

    required_fields = (SphinxSourcesField,)

    sources: SphinxSourcesField
    source_directory: SphinxSourceDirectoryField
    resolve: SphinxResolveField
    requirements: SphinxRequirementsField
    builders: SphinxBuildersField
    languages: SphinxLanguagesField
    warnings: SphinxWarningsField
    nitpicky: SphinxNitpickyField
    suppress: SphinxSuppressField
    defines: SphinxDefinesField
    sphinx_tags: SphinxTagsField
    network: SphinxNetworkField
    date: SphinxDateField
    output_path: SphinxOutputPathField
    timeout: SphinxTimeoutField
