"""Reads a site: the target's fields, its files, and those of its dependencies, as a sandbox has them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.fs import Digest
from pants.engine.rules import collect_rules, rule
from pants.util.logging import LogLevel

from devflow.engine import Rules, all_targets, merge_digests, sources_of, transitive_targets, with_prefix
from devflow.engine.generation import HAS_GET, Get, by_name, implicitly
from devflow.engine.python import python_source_files
from devflow.sphinx_docs.facts import Site, WarningsAre
from devflow.sphinx_docs.plan import (
    INPUTS,
    checked_day,
    checked_names,
    checked_output_path,
    foreign_files,
    refuse_whole_repository,
    source_directory,
)
from devflow.sphinx_docs.targets import SphinxDocsFieldSet, SphinxOutputPathField, SphinxSourcesField


@dataclass(frozen=True)
class SiteInputsRequest(EngineAwareParameter):
    """Read a site."""

    fields: SphinxDocsFieldSet

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return str(self.fields.address)


@dataclass(frozen=True)
class SiteInputs:
    """A site with what its builds read. `files` are all of it, below `INPUTS`; `pages`, the paths of its own files.

    `python_path` are the source roots of its dependencies, `foreign` those of their files that Sphinx must not read as
    pages, relative to the directory of conf.py.
    """

    site: Site
    files: Digest
    pages: tuple[str, ...]
    dependencies: tuple[str, ...]
    python_path: tuple[str, ...]
    foreign: tuple[str, ...]


def site_of(fields: SphinxDocsFieldSet, files: tuple[str, ...]) -> Site:
    """The site that a target declares, which has these files. Raises: UserError."""
    address = str(fields.address)
    return Site(
        address=address,
        directory=source_directory(address, fields.address.spec_path, fields.source_directory.value, files),
        resolve=fields.resolve.value,
        requirements=fields.requirements.value,
        builders=checked_names(address, "builders", fields.builders.value or ()),
        languages=checked_names(address, "languages", fields.languages.value or ()),
        warnings_are=WarningsAre(fields.warnings.value),
        nitpicky=bool(fields.nitpicky.value),
        suppress=fields.suppress.value or (),
        defines=tuple(sorted((fields.defines.value or {}).items())),
        tags=fields.sphinx_tags.value or (),
        network=bool(fields.network.value),
        day_s=checked_day(address, fields.date.value),
        output_path=checked_output_path(address, fields.output_path.value or ""),
        timeout_s=fields.timeout.value or 0,
    )


@rule(desc="Read a documentation site", level=LogLevel.DEBUG)
async def read_site(request: SiteInputsRequest) -> SiteInputs:
    """Raises: UserError."""
    fields = request.fields
    refuse_whole_repository(str(fields.address), fields.address.spec_path, fields.sources.globs)
    own = (await sources_of(fields.sources)).snapshot
    site = site_of(fields, own.files)
    closure = await transitive_targets([fields.address])
    code = await python_source_files(closure.dependencies, with_files=True)
    dependencies = code.source_files.snapshot
    everything = await merge_digests([own.digest, dependencies.digest])
    return SiteInputs(
        site,
        await with_prefix(everything, INPUTS),
        own.files,
        dependencies.files,
        tuple("" if root == "." else root for root in code.source_roots),
        foreign_files(site, own.files, dependencies.files),
    )


_read_site = by_name(read_site)


async def inputs_of(fields: SphinxDocsFieldSet) -> SiteInputs:
    """Read a site. Raises: UserError."""
    if HAS_GET:
        return await Get(SiteInputs, SiteInputsRequest(fields))
    return await _read_site(SiteInputsRequest(fields), **implicitly())  # type: ignore[no-any-return]


async def output_paths() -> dict[str, str]:
    """The output path of each site of the repository, by its address."""
    return {
        str(target.address): posixpath.normpath(target[SphinxOutputPathField].value or "")
        for target in await all_targets()
        if target.has_field(SphinxSourcesField)
    }


def rules() -> Rules:
    """The rule."""
    return collect_rules()
