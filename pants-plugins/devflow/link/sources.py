"""All that a run needs of the repository; a daemon remembers it for as long as nothing changes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from pants.backend.python.target_types import PythonSourceField
from pants.backend.python.util_rules.package_dists import DistBuildEnvironmentRequest, SetupKwargsRequest
from pants.base.specs import Specs
from pants.core.target_types import ResourceSourceField
from pants.engine.internals.session import SessionValues
from pants.engine.target import InferDependenciesRequest, SourcesField, Target
from pants.engine.unions import UnionMembership

from devflow.common.errors import Problem
from devflow.common.remembered import Remembered
from devflow.engine.repository_state import repository_state
from devflow.link.facts import LocalDistribution, SourceFile
from devflow.link.inspect import (
    all_distributions,
    choose_distributions,
    distributions_among,
    files_of,
    files_of_others,
    targets_of_each,
)
from devflow.link.metadata import describe_distributions

# Members of these unions are asked about distributions and what they depend on.
_ASKED = (DistBuildEnvironmentRequest, InferDependenciesRequest, SetupKwargsRequest)
_KNOWN_BACKENDS = ("pants.", "devflow.")


@dataclass(frozen=True)
class LinkedSources:
    """What a command line names, and what that needs. With problems, the other fields are incomplete.

    `words` are the addresses of the distributions that it names, `files` and `others` as for `plan_farm`, and
    `distributions` are empty for a container, which needs no metadata.
    """

    words: tuple[str, ...] = ()
    resolve: str | None = None
    files: Mapping[str, tuple[SourceFile, ...]] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    distributions: tuple[LocalDistribution, ...] = ()
    has_generated_code: bool = False
    problems: tuple[Problem, ...] = ()


_SOURCES: Remembered[LinkedSources] = Remembered()


async def find_sources(
    specs: Specs, build_root: str, session: SessionValues, union_membership: UnionMembership, *, with_metadata: bool
) -> LinkedSources:
    """The distributions that the specs name, and all that they need. Raises: UserError."""
    of_repository = await repository_state(session, build_root)
    # With `--changed-since`, a commit changes the specs, and no file.
    state = of_repository and (of_repository, specs, with_metadata)
    known = _SOURCES.of(state)
    if known is not None:
        return known
    found = await _read_sources(specs, build_root, with_metadata=with_metadata)
    return _SOURCES.keep(state if _depends_on_state_only(found, union_membership) else None, found)


async def _read_sources(specs: Specs, build_root: str, *, with_metadata: bool) -> LinkedSources:
    known = await all_distributions()
    first = distributions_among(await targets_of_each(specs), known)
    chosen = await choose_distributions(first, known)
    if chosen.problems:
        return LinkedSources(problems=chosen.problems)
    files = {}
    for address, targets in chosen.owned.items():
        files[address] = await files_of(targets, build_root)
    others = await files_of_others(chosen)
    words = tuple(target.address.spec for target in first)
    described = await describe_distributions(chosen.targets.values()) if with_metadata else ()
    problems = tuple(one.problem for one in described if one.problem)
    distributions = tuple(
        LocalDistribution(address, one.metadata, chosen.needs[address])
        for address, one in zip(chosen.targets, described)
        if one.metadata
    )
    has_generated_code = any(map(_is_generated, itertools.chain.from_iterable(chosen.owned.values())))
    return LinkedSources(words, chosen.resolve, files, others, distributions, has_generated_code, problems)


def _is_generated(target: Target) -> bool:
    """Whether the code of a target that a distribution owns is made from its sources: it is none of these itself."""
    is_source = target.has_field(PythonSourceField) or target.has_field(ResourceSourceField)
    return target.has_field(SourcesField) and not is_source


def _depends_on_state_only(found: LinkedSources, union_membership: UnionMembership) -> bool:
    """Whether the same state gives the same sources.

    Another backend may ask git, say, about the version of a distribution, and so may what generates code. The reason
    for a problem may be gone.
    """
    members = (member for union in _ASKED for member in union_membership.get(union))
    others = any(not one.__module__.startswith(_KNOWN_BACKENDS) for one in members)
    return not (found.problems or found.has_generated_code or others)
