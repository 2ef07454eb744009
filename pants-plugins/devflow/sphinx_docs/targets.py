"""The target that declares a site, and its fields as the engine takes them from it."""

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
    """All that Sphinx reads of the site, `conf.py` among it."""

    default = ("**/*", "!**/BUILD", "!**/BUILD.*", "!_build/**", "!**/__pycache__/**")
    uses_source_roots = False
    help = softwrap(
        """
        The files of the site: pages, `conf.py`, what is beside them. Names and globs, from the directory of the BUILD
        file. At the build root, name the files. Example: `sources=["**/*.md", "conf.py", "_static/**"]`.
        """
    )


class SphinxDependenciesField(Dependencies):
    """First-party code for autodoc; files."""

    supports_transitive_excludes = True
    help = softwrap(
        """
        What else a build reads: the code that autodoc documents, with all that it imports, and files that `conf.py`
        opens. Packages come from the resolve. Example: `dependencies=["src/acme/client", "//:version"]`.
        """
    )


class SphinxSourceDirectoryField(StringField):
    """A directory."""

    alias = "source_directory"
    help = softwrap(
        """
        The directory of `conf.py`, from that of the BUILD file. If not set: where the sources have it. Example:
        `source_directory="source"`.
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
        The packages to install from the resolve beside Sphinx, with what they need. If not set: all of its lockfile.
        Example: `requirements=["myst-parser", "aiohttp"]`.
        """
    )


class SphinxBuildersField(StringSequenceField):
    """Names of builders."""

    alias = "builders"
    default = ("html",)
    help = 'What `package` builds, each to `dist/<output_path>/<builder>`. Example: `builders=["html", "man"]`.'


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
    """What a warning is to `check`."""

    alias = "warnings"
    valid_choices = WarningsAre
    default = WarningsAre.SHOWN.value
    help = 'Whether `check` fails for a warning, or only shows it. Example: `warnings="error"`.'


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
        Types of warnings to leave out, beside those of `suppress_warnings` in `conf.py`. Example:
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
        Whether a build may use the network, as intersphinx does. If not, all builds of the same files give the same
        bytes. If so, a build is remembered only as long as Pants' daemon runs.
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
    """A directory below that of packages."""

    alias = "output_path"
    default = "docs"
    help = 'The directory below `dist` for what `package` builds. Example: `output_path="client-docs"`.'


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
    """A site, as a goal is given it."""

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
