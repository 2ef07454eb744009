"""What a run stands on: what the engine knows of exports, source roots and tests, before anything is planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.backend.python.subsystems.setup import PythonSetup
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.errors import ConfigValidationError

from devflow.common.errors import UserError
from devflow.engine import scoped_options
from devflow.export_all_resolves.apply import refuse_without_backend
from devflow.export_all_resolves.inventory import Place, take_stock
from devflow.export_all_resolves.languages import resolve_names
from devflow.export_all_resolves.plan import Plan
from devflow.export_all_resolves.rules import DescribedResolve, DescribeResolveRequest, describe_resolves
from devflow.ide_config import facts
from devflow.ide_config.documents import wanted_texts
from devflow.ide_config.plan import Wanted
from devflow.ide_config.rules import python_roots
from devflow.ide_config.workspace import Export, Workspace


@dataclass(frozen=True)
class Ground:
    """Nothing here changes when exports are made; what does is looked up by the methods."""

    place: Place
    dist: str
    main: Export
    described: tuple[DescribedResolve, ...]
    exports: Mapping[str, Export]  # by resolve
    roots: facts.Roots
    pytest_args: tuple[str, ...]
    there: frozenset[str]

    def workspace(self) -> Workspace:
        """What editors see now: which tools there are, and of which version, is known when they are exported."""
        return facts.workspace(
            self.place,
            self.dist,
            self.main,
            self.roots,
            tools=facts.find_tools(self.described, self.exports, self.main.resolve, self.place),
            pytest_args=self.pytest_args,
            there=self.there,
        )

    def stock(self, wanted: Iterable[Wanted]) -> Plan:
        """The main export and those that the settings lead to, as they are now, and which are to be made."""
        texts = "\n".join(text for one in wanted for text in wanted_texts(one.document))
        needed = [
            one
            for one in self.described
            if one.resolve == self.main.resolve
            or (one.resolve in self.exports and f"{self.exports[one.resolve].path}/" in texts)
        ]
        return take_stock(needed, self.place, all_names=(), exporters=(), force=False, prune=False)


async def find_ground(
    place: Place,
    dist: str,
    main_resolve: str,
    there: frozenset[str],
    python_setup: PythonSetup,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
) -> Ground:
    """`main_resolve` is the option, "" without one. Raises: UserError."""
    names = await resolve_names(union_membership, target_types)
    refuse_without_backend(names, target_types)
    main = facts.main_resolve(main_resolve, python_setup.default_resolve, names.declared)
    described = await describe_resolves(DescribeResolveRequest(name) for name in sorted(names.declared))
    exports = facts.exports_of(described, place)
    if main not in exports:
        raise _not_exportable(next(one for one in described if one.resolve == main))
    roots = await python_roots()
    source = await scoped_options("source")
    checkouts = facts.checkouts(place.build_root, source.options.root_patterns)
    return Ground(
        place,
        dist,
        exports[main],
        tuple(described),
        exports,
        facts.sort_roots(roots.roots, checkouts),
        await _pytest_args(),
        there,
    )


async def _pytest_args() -> tuple[str, ...]:
    """`[pytest].args`; none without that tool."""
    try:
        scoped = await scoped_options("pytest")
    except ConfigValidationError:
        return ()
    return tuple(scoped.options.get("args") or ())


def _not_exportable(main: DescribedResolve) -> UserError:
    """Why the main resolve has no place."""
    problem = main.fingerprint.problem if main.fingerprint else None
    if problem:
        return UserError.of(problem)
    return UserError(
        f"No active backend exports resolve {main.resolve}.", fix="choose another one with --main-resolve=NAME"
    )
