"""Finds sites that no target declares, for `tailor`."""

from __future__ import annotations

from dataclasses import dataclass

from pants.core.goals.tailor import PutativeTarget, PutativeTargets, PutativeTargetsRequest
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from devflow.engine import Rules, read_files, sources_of
from devflow.sphinx_docs.inspect import declared_sites
from devflow.sphinx_docs.plan import sites_without_target
from devflow.sphinx_docs.subsystem import SphinxSubsystem
from devflow.sphinx_docs.targets import SphinxDocsTarget, SphinxSourcesField

# Not that of the directory: `tailor` proposes a `python_sources` with that name for the same conf.py.
_NAME = "site"


@dataclass(frozen=True)
class PutativeSitesRequest(PutativeTargetsRequest):
    """The request of `tailor`."""


@rule(desc="Find documentation sites without a target", level=LogLevel.DEBUG)
async def find_putative_sites(request: PutativeSitesRequest, subsystem: SphinxSubsystem) -> PutativeTargets:
    """One target for each directory with a conf.py of Sphinx, unless a target has that file."""
    if not subsystem.tailor:
        return PutativeTargets()
    files = {file.path: file.content for file in await read_files(request.path_globs("conf.py"))}
    fields = [target[SphinxSourcesField] for target in await declared_sites()]
    owned = [path for field in fields for path in (await sources_of(field)).snapshot.files]
    return PutativeTargets(
        PutativeTarget.for_target_type(SphinxDocsTarget, path=directory, name=_NAME, triggering_sources=["conf.py"])
        for directory in sites_without_target(files, owned)
    )


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(PutativeTargetsRequest, PutativeSitesRequest)]
