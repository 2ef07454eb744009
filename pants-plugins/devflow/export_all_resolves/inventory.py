"""Puts together what should be exported and what is there, into a plan."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pants.util.strutil import path_safe

from devflow.export_all_resolves import state
from devflow.export_all_resolves.exporters import ResolveExporter
from devflow.export_all_resolves.plan import Found, Plan, Wanted, verdict
from devflow.export_all_resolves.rules import DescribedResolve
from devflow.export_all_resolves.staging.trees import leftovers


@dataclass(frozen=True)
class Place:
    """Where exports are: `exports` is relative to the build root."""

    build_root: Path
    exports: str

    def absolute(self, path: str) -> str:
        """Of a path relative to the build root."""
        return os.path.join(self.build_root, path)


def take_stock(
    resolves: Iterable[DescribedResolve],
    place: Place,
    *,
    all_names: Iterable[str],
    exporters: Iterable[type[ResolveExporter]],
    force: bool,
    prune: bool,
) -> Plan:
    """The plan for these resolves. With `prune`, exports that belong to none of `all_names` are surplus."""
    wanted = [_wanted(resolve, place) for resolve in resolves]
    items = tuple(
        verdict(one, state.find(place.build_root, one.path) if one.path else Found(), force=force) for one in wanted
    )
    if not prune:
        return Plan(items)
    known = {path_safe(name) for name in all_names}
    return Plan(
        items,
        tuple(
            path
            for root in sorted({exporter.export_root for exporter in exporters})
            for path in state.surplus(
                place.build_root,
                os.path.join(place.exports, root),
                keep=_kept(wanted, os.path.join(place.exports, root)),
                known=known,
            )
        ),
    )


def _wanted(described: DescribedResolve, place: Place) -> Wanted:
    fingerprint = described.fingerprint
    if not fingerprint:
        return Wanted(described.resolve, exportable=False)
    return Wanted(
        described.resolve,
        path=os.path.join(place.exports, fingerprint.reldir) if fingerprint.reldir else "",
        inputs=fingerprint.inputs,
        tools=fingerprint.tools,
        error=fingerprint.problem,
    )


def _kept(wanted: Iterable[Wanted], root: str) -> Mapping[str, str]:
    """The directory of each resolve below the root, and the export in it."""
    paths = (os.path.relpath(one.path, root).split(os.sep) for one in wanted if one.path.startswith(root + os.sep))
    return {parts[0]: parts[1] for parts in paths if len(parts) == 2}


def abandoned(plan: Plan, place: Place) -> list[str]:
    """What killed runs left beside the exports of this plan: absolute paths, sorted."""
    directories = {os.path.dirname(item.wanted.path) for item in plan.items if item.wanted.path}
    return sorted(path for directory in directories for path in leftovers(place.absolute(directory)))
