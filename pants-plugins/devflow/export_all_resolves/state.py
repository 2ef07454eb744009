"""What is in `dist/export` now. Read in the goal rule only, and never memoised: Pants does not watch `dist`."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from shlex import quote

from devflow.common.errors import Problem
from devflow.common.files import Obstruction, blocker
from devflow.export_all_resolves.plan import Found
from devflow.export_all_resolves.staging import marker

_VERSION = re.compile(r"\d+(\.\d+)*\w*")


def find(build_root: Path, path: str) -> Found:
    """Look at the place of one export, `path` relative to the build root."""
    blocked = obstacle(build_root, path)
    if blocked:
        return Found(exists=True, blocked=blocked)
    export = os.path.join(build_root, path)
    if not os.path.lexists(export):
        return Found(exists=False, inputs=_predecessor(os.path.dirname(export)))
    record = marker.read(export)
    if record is None:
        return Found(exists=True)
    return Found(exists=True, inputs=record.inputs, damage=marker.damage(export, record))


def _predecessor(directory: str) -> Mapping[str, tuple[str, str]] | None:
    """The inputs of the last export that was made in the directory of a resolve."""
    exports = [os.path.join(directory, name) for name in _directories(Path(directory))]
    markers = [path for path in map(marker.marker_path, exports) if os.path.isfile(path)]
    if not markers:
        return None
    record = marker.read_file(max(markers, key=os.path.getmtime))
    return record.inputs if record else None


def obstacle(build_root: Path, path: str) -> Problem | None:
    """Why no export can be put there: a file in the way, or a directory that cannot be written to."""
    place = os.path.join(build_root, path)
    if os.path.isfile(place) and not os.path.islink(place):
        return Problem(f"{path} is a file, and the export is a directory.", fix=f"rm {quote(path)}")
    found = blocker(place)
    if found is None:
        return None
    shown = os.path.relpath(found.path, build_root)
    if found.obstruction is Obstruction.NOT_A_DIRECTORY:
        return Problem(f"{shown} is not a directory, and the export goes below it.", fix=f"rm {quote(shown)}")
    if found.obstruction is Obstruction.READ_ONLY_FILE_SYSTEM:
        where = "another directory in [GLOBAL].pants_distdir"
        return Problem(f"{shown} is on a read-only file system.", fix=f"mount it for writing, or name {where}")
    return Problem(f"{shown} is not writable.", fix=f"sudo chown -R {os.getuid()} {quote(shown)}")


def surplus(build_root: Path, root: str, *, keep: Mapping[str, str], known: Collection[str]) -> tuple[str, ...]:
    """Exports below `root` that no resolve needs, relative to the build root, sorted.

    `keep` has, for each resolve that is being looked at, the name of its directory and of the one export in it that
    stays. `known` are the directories of all resolves: those that are not looked at stay as they are, and what is in
    any other directory belongs to a resolve that is no more.
    """
    return tuple(
        os.path.join(root, name, version)
        for name in _directories(build_root / root)
        if name in keep or name not in known
        for version in _directories(build_root / root / name)
        if version != keep.get(name) and _VERSION.fullmatch(version) and _is_export(build_root / root / name / version)
    )


def _is_export(path: Path) -> bool:
    """Stock `export` or ours has made it; nothing else is ever pruned."""
    return path.is_symlink() or (path / "pyvenv.cfg").is_file() or os.path.isfile(marker.marker_path(str(path)))


def _directories(directory: Path) -> list[str]:
    """The names of directories and links to directories (broken ones, too), sorted, without hidden ones."""
    try:
        entries = list(os.scandir(directory))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(
        entry.name for entry in entries if not entry.name.startswith(".") and (entry.is_dir() or entry.is_symlink())
    )
