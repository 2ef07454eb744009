"""People's settings files: read whole, written in one step, through links. In the goal: Pants may ignore them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from shlex import quote

from devflow.common.errors import Problem
from devflow.common.files import Obstruction, atomic_write, blocker
from devflow.ide_config.plan import Found


def find(build_root: Path, path: str) -> Found:
    """The text of a file, in which every line end and a byte order mark is kept."""
    try:
        content = (build_root / path).read_bytes()
    except FileNotFoundError:
        return Found(None)
    except IsADirectoryError:
        return Found(
            None, Problem(f"{path} is a directory, and should be a file.", fix=f"move it away: mv {quote(path)} …")
        )
    except NotADirectoryError:
        parent = next(str(one) for one in Path(path).parents if not (build_root / one).is_dir())
        return Found(
            None, Problem(f"{parent} is a file, and {path} goes below it.", fix=f"move it away: mv {quote(parent)} …")
        )
    except OSError as error:
        return Found(None, Problem(f"{path} cannot be read: {error.strerror}.", fix=f"look at it: ls -l {quote(path)}"))
    try:
        return Found(content.decode())
    except UnicodeDecodeError as error:
        where = content.count(b"\n", 0, error.start) + 1
        return Found(None, Problem(f"{path} is left alone: line {where}: it is not UTF-8.", fix="save it as UTF-8"))


def obstacle(build_root: Path, path: str) -> Problem | None:
    """Why a file cannot be written. One without the right to write it is read-only for root, too."""
    place = Path(os.path.realpath(build_root / path))
    found = blocker(str(place))
    shown = os.path.relpath(found.path, build_root) if found else ""
    if found and found.obstruction is Obstruction.NOT_A_DIRECTORY:
        return Problem(f"{shown} is a file, and {path} goes below it.", fix=f"move it away: mv {quote(shown)} …")
    if found and found.obstruction is Obstruction.READ_ONLY_FILE_SYSTEM:
        return Problem(f"{path} is on a read-only file system.", fix="mount it for writing")
    if place.exists() and not (os.access(place, os.W_OK) and place.stat().st_mode & stat.S_IWUSR):
        return Problem(f"{path} is read-only.", fix=f"chmod u+w {quote(path)}")
    if found:
        return Problem(f"{shown} is not writable.", fix=f"chmod u+w {quote(shown)}")
    return None


def write(build_root: Path, path: str, text: str) -> Problem | None:
    """Replace the file that the path leads to; its permissions stay. The caller holds the lock of this goal."""
    place = Path(os.path.realpath(build_root / path))
    try:
        atomic_write(place, text.encode(), beside=f".{place.name}.ide-config")
    except OSError as error:
        return Problem(f"{path} cannot be written: {error.strerror}.", fix=f"look at it: ls -ld {quote(path)}")
    return None
