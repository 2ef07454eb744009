"""What is the user's own, wherever caches are: the repository, the home directory, the running program."""

from __future__ import annotations

import os
import pwd
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from devflow.common.paths import display_path, is_inside

# All of this project: the slice that runs needs the others.
PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_MAX_LINKS = 40  # Linux follows as many.


class Step(NamedTuple):
    """A step on the way to a path of the user's own: a link or the real path, what it leads to, the real path."""

    path: str
    what: str
    end: str


@dataclass(frozen=True)
class Surroundings:
    """What a removal of this process must not hit.

    `ways` are all steps to what is the user's own: every link on the way, by its own real path, and the real path
    itself. `code` are the real directories of the running program.
    `command` is what was run, for a fix that runs it as another user.
    """

    build_root: str
    ways: tuple[Step, ...]
    code: tuple[str, ...]
    user_id: int
    environment: Mapping[str, str]
    command: str = "the same command"

    @classmethod
    def of(
        cls, build_root: str, dist_dir: str, *, replaceable_code: str = "", command: str = "the same command"
    ) -> Surroundings:
        """The surroundings of this process. Code of this project in `replaceable_code` is installed again by itself."""
        package = PACKAGE
        if replaceable_code and is_inside(os.path.realpath(package), os.path.realpath(replaceable_code)):
            package = ""
        own = [
            *((path, "the repository") for path in (build_root, *_ways_in(build_root))),
            *((home, "your home directory") for home in _homes()),
            (dist_dir, "[GLOBAL].pants_distdir"),
        ]
        program_ways, code = _program(package)
        ways = (*_steps(own), *program_ways)
        return cls(os.path.realpath(build_root), ways, code, os.getuid(), os.environ, command)


@cache
def _program(package: str) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """The steps to the program that is running, and its directories, which are the same as long as it runs."""
    libraries = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    code = {os.path.realpath(path) for path in (*libraries, os.path.dirname(sys.executable), package) if path}
    paths = sorted({sys.prefix, sys.base_prefix, sys.executable, *code} - {""})
    steps = _steps((path, f"the program that is running ({display_path(path)})") for path in paths)
    return steps, tuple(sorted(code))


def _steps(own: Iterable[tuple[str, str]]) -> tuple[Step, ...]:
    return tuple(dict.fromkeys(Step(step, what, os.path.realpath(path)) for path, what in own for step in way_to(path)))


def _ways_in(build_root: str) -> Iterator[str]:
    """The paths by which the user has come to the repository: a real path does not show the links on the way."""
    for name in ("PWD", "PANTS_BUILDROOT_OVERRIDE"):
        path = os.environ.get(name)
        if path and is_inside(os.path.realpath(path), os.path.realpath(build_root)):
            yield path


def way_to(path: str) -> Iterator[str]:
    """Every link on the way to a path, by its own real path, and the real path at the end.

    A removal of one of them, or of a directory that holds one, breaks the path.
    """
    waiting = os.path.abspath(path).split(os.sep)[:0:-1]
    directory, links = os.sep, 0
    while waiting:
        name = waiting.pop()
        if name == os.pardir:
            directory = os.path.dirname(directory)
        elif name not in ("", os.curdir):
            step = os.path.join(directory, name)
            if os.path.islink(step) and links < _MAX_LINKS:
                yield step
                links += 1
                target = os.readlink(step)
                waiting += target.split(os.sep)[::-1]
                directory = os.sep if target.startswith(os.sep) else directory
            else:
                directory = step
    yield directory


def _homes() -> Iterator[str]:
    """The home directory by `HOME` and by the user database, which may have no entry for this user."""
    home = os.path.expanduser("~")
    if os.path.isabs(home):
        yield home
    try:
        yield pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return
