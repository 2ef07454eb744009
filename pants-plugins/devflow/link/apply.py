"""Carries out a plan, in an order in which an interruption is harmless: requirements, metadata, links, `.pth` file."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from devflow.common.files import atomic_link, atomic_write
from devflow.link.facts import FARM, STATE, DistributionMetadata, FarmEntry, VirtualenvFacts
from devflow.link.installer import Installer
from devflow.link.plan import LinkOptions, LinkPlan, LinkStatus
from devflow.link.wheels import metadata_wheel, pth_wheel


def link(
    plan: LinkPlan,
    distributions: Sequence[DistributionMetadata],
    desired: Mapping[str, FarmEntry],
    venv: VirtualenvFacts,
    pth: str,
    options: LinkOptions,
    installer: Installer,
    commit: str | None,
) -> None:
    """Bring the virtualenv into the planned state.

    A run that the user has left stops between two steps. The links are one step: while they change, modules may be
    missing. Raises: UserError, OSError; the next run continues after a failure.
    """
    wheels = {one.name: metadata_wheel(one) for one in distributions}
    changed = [wheels[one.name] for one in plan.to_install]
    if options.requirements and (changed or plan.install):
        installer.install(list(wheels.values()), options.pins)
    # An installer skips a distribution of the same version. A distribution that is installed as files is uninstalled
    # first: none of its paths is a link.
    present = (LinkStatus.AS_FILES, LinkStatus.STALE)
    again = [wheels[one.name] for one in plan.to_install if not options.requirements or one.status in present]
    if again:
        installer.replace(again)
    installer.refuse_if_cancelled()
    copies = {path for path, entry in desired.items() if entry.content is not None}
    former = {path for path, entry in venv.farm.entries.items() if entry.content is not None}
    _write_state(venv, options, copies | former, commit)
    farm = Path(venv.path, FARM)
    _remove(farm, plan.remove)
    for path, entry in sorted(plan.add.items()):
        if entry.target is not None:
            atomic_link(farm / path, entry.target)
        else:
            atomic_write(farm / path, entry.content or b"")
            _set_executable(farm / path, executable=entry.executable)
    if plan.pth:
        installer.replace([pth_wheel(pth)])
    installer.uninstall([one.name for one in plan.surplus])
    _write_state(venv, options, copies, commit)


def _set_executable(file: Path, *, executable: bool) -> None:
    """Each user with read permission may run the file, or nobody."""
    mode = stat.S_IMODE(file.stat().st_mode)
    bits = (mode & 0o444) >> 2
    file.chmod(mode | bits if executable else mode & ~0o111)


def take_back(plan: LinkPlan, venv: VirtualenvFacts, installer: Installer) -> None:
    """Remove everything that this goal has installed from the virtualenv. Raises: UserError, OSError."""
    names = [one.name for one in plan.surplus]
    installer.uninstall([*names, *([FARM] if FARM in venv.installed else [])])
    _remove(Path(venv.path, FARM), plan.remove)
    with suppress(OSError):  # the user's files are kept in it
        os.rmdir(os.path.join(venv.path, FARM))
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(venv.path, STATE))


def _write_state(venv: VirtualenvFacts, options: LinkOptions, copies: Iterable[str], commit: str | None) -> None:
    state = {"schema_version": 1, "repository": options.build_root, "commit": commit, "copies": sorted(copies)}
    atomic_write(Path(venv.path, STATE), f"{json.dumps(state, indent=2)}\n".encode())


def _remove(farm: Path, paths: Collection[str]) -> None:
    """Remove links and copies of the farm, and directories that hold nothing else. No link is followed.

    Raises: OSError.
    """
    for path in paths:
        if _is_below_directories(farm, path):
            with suppress(FileNotFoundError):
                os.unlink(farm / path)
    parents = {parent for path in paths for parent in Path(path).parents if parent.name}
    for parent in sorted(parents, key=lambda one: len(one.parts), reverse=True):
        if _is_below_directories(farm, str(parent / "x")):
            _remove_compiled(farm / parent)
            with suppress(OSError):
                os.rmdir(farm / parent)


def _is_below_directories(farm: Path, path: str) -> bool:
    """Whether each directory above a path is a real directory of the farm, not a link."""
    above = [farm, *(farm / parent for parent in Path(path).parents if parent.name)]
    return all(directory.is_dir() and not directory.is_symlink() for directory in above)


def _remove_compiled(directory: Path) -> None:
    """Compiled files of removed modules would keep their directory from being removed."""
    compiled = directory / "__pycache__"
    if compiled.is_symlink() or not compiled.is_dir() or set(os.listdir(directory)) != {"__pycache__"}:
        return
    for name in os.listdir(compiled):
        if name.endswith(".pyc"):
            os.unlink(compiled / name)
    with suppress(OSError):
        os.rmdir(compiled)
