"""Reads a site: the target's fields, its files, and those of its dependencies, at their paths in a sandbox."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pants.backend.python.target_types import InterpreterConstraintsField, PythonProvidesField
from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.fs import CreateDigest, Digest, FileContent, PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.target import Target
from pants.util.logging import LogLevel

from devflow.engine import (
    Rules,
    all_targets,
    create_digest,
    merge_digests,
    read_files,
    scoped_options,
    sources_of,
    targets_of_directories,
    transitive_targets,
    with_prefix,
)
from devflow.engine.generation import HAS_GET, Get, by_name, implicitly
from devflow.engine.python import python_source_files
from devflow.engine.python.pex import distribution_arguments
from devflow.sphinx_docs.facts import Site, WarningsAre
from devflow.sphinx_docs.plan import (
    DISTRIBUTIONS,
    INPUTS,
    checked_day,
    checked_names,
    checked_output_path,
    foreign_files,
    refuse_whole_repository,
    source_directory,
)
from devflow.sphinx_docs.targets import SphinxDocsFieldSet, SphinxDocsTarget, SphinxOutputPathField, SphinxSourcesField


@dataclass(frozen=True)
class SiteInputsRequest(EngineAwareParameter):
    """Read a site."""

    fields: SphinxDocsFieldSet

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return str(self.fields.address)


@dataclass(frozen=True)
class SiteInputs:
    """A site with the inputs of its builds.

    `files` has all files, and the metadata of distributions, below `INPUTS`; `pages` are the paths of the site's own
    files. `python_path` are the source roots of the dependencies. `foreign` are files of dependencies that Sphinx must
    not read as pages, relative to the directory of conf.py.
    """

    site: Site
    files: Digest
    pages: tuple[str, ...]
    dependencies: tuple[str, ...]
    python_path: tuple[str, ...]
    foreign: tuple[str, ...]


def site_of(fields: SphinxDocsFieldSet, files: tuple[str, ...]) -> Site:
    """The site that a target with these files declares. Raises: UserError."""
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


def _wanted_pythons(targets: Iterable[Target]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The constraints that targets name themselves, each with the first address that has them."""
    found: dict[tuple[str, ...], str] = {}
    for target in sorted(targets, key=lambda target: target.address):
        if target.has_field(InterpreterConstraintsField) and (own := target[InterpreterConstraintsField].value):
            found.setdefault(own, str(target.address))
    return tuple((address, constraints) for constraints, address in found.items())


def distribution_metadata(arguments: Mapping[str, Any]) -> Iterator[FileContent]:
    """What `importlib.metadata` reads of a distribution with a name and a version, which is not installed."""
    name, version = arguments.get("name"), arguments.get("version")
    if name and version:
        directory = f"{re.sub('[-_.]+', '_', str(name)).lower()}-{version}.dist-info"
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        yield FileContent(f"{DISTRIBUTIONS}/{directory}/METADATA", text.encode())


@rule(desc="Read a documentation site", level=LogLevel.DEBUG)
async def read_site(request: SiteInputsRequest) -> SiteInputs:
    """Raises: UserError."""
    fields = request.fields
    refuse_whole_repository(str(fields.address), fields.address.spec_path, fields.sources.globs)
    own = (await sources_of(fields.sources)).snapshot
    site = site_of(fields, own.files)
    closure = await transitive_targets([fields.address])
    code = await python_source_files(closure.dependencies, with_files=True)
    metadata = [
        one
        for target in closure.dependencies
        if target.has_field(PythonProvidesField)
        for one in distribution_metadata(await distribution_arguments(target))
    ]
    dependencies = code.source_files.snapshot
    everything = await merge_digests([own.digest, dependencies.digest, await create_digest(CreateDigest(metadata))])
    return SiteInputs(
        replace(site, wanted_pythons=_wanted_pythons(closure.dependencies)),
        await with_prefix(everything, INPUTS),
        own.files,
        (*dependencies.files, *(one.path for one in metadata)),
        (*("" if root == "." else root for root in code.source_roots), *([DISTRIBUTIONS] if metadata else ())),
        foreign_files(site, own.files, dependencies.files),
    )


_read_site = by_name(read_site)


async def inputs_of(fields: SphinxDocsFieldSet) -> SiteInputs:
    """Read a site. Raises: UserError."""
    if HAS_GET:
        return await Get(SiteInputs, SiteInputsRequest(fields))
    return await _read_site(SiteInputsRequest(fields), **implicitly())  # type: ignore[no-any-return]


async def declared_sites() -> list[Target]:
    """The targets `sphinx_docs` of the repository."""
    options = (await scoped_options("")).options
    if options.build_file_prelude_globs:  # a macro may declare a site by another name
        targets: Iterable[Target] = await all_targets()
    else:
        files = await read_files(PathGlobs(map(_anywhere, options.build_patterns)))
        alias = SphinxDocsTarget.alias.encode()
        targets = await targets_of_directories({posixpath.dirname(one.path) for one in files if alias in one.content})
    return [target for target in targets if target.has_field(SphinxSourcesField)]


def _anywhere(pattern: str) -> str:
    """A pattern of names as a glob of paths."""
    return f"!**/{pattern[1:]}" if pattern.startswith("!") else f"**/{pattern}"


async def output_paths() -> dict[str, str]:
    """The output path of each site of the repository, by its address."""
    return {
        str(target.address): posixpath.normpath(target[SphinxOutputPathField].value or "")
        for target in await declared_sites()
    }


def rules() -> Rules:
    """The rule."""
    return collect_rules()
