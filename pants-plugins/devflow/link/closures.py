"""All that each of several distributions depends on, from one walk: their closures overlap for the greater part."""

from __future__ import annotations

from dataclasses import dataclass, field

from pants.engine.addresses import Address
from pants.engine.target import Target
from pants.engine.unions import UnionMembership

from devflow.engine import direct_dependencies, excludes_transitively, transitive_targets


@dataclass(frozen=True)
class Walked:
    """What one run has asked: the direct dependencies of targets, and whole closures. Never kept for another run."""

    direct: dict[Address, tuple[Target, ...]] = field(default_factory=dict)
    closures: dict[Address, tuple[Target, ...]] = field(default_factory=dict)


async def closure_of(root: Target, walked: Walked, union_membership: UnionMembership) -> tuple[Target, ...]:
    """The target and all that it depends on, as `transitive_targets` finds it; that one is asked about exclusions."""
    known = walked.closures.get(root.address)
    if known is not None:
        return known
    found = {root.address: root}
    level = [root]
    while level:
        unknown = [target for target in level if target.address not in walked.direct]
        answers = await direct_dependencies(unknown)
        walked.direct.update((target.address, tuple(answer)) for target, answer in zip(unknown, answers))
        new = {one.address: one for target in level for one in walked.direct[target.address]}
        level = [target for address, target in new.items() if address not in found]
        found.update((target.address, target) for target in level)
    closure = tuple(found.values())
    if excludes_transitively(closure, union_membership):
        transitive = await transitive_targets([root.address])
        closure = tuple(transitive.closure)
    walked.closures[root.address] = closure
    return closure
