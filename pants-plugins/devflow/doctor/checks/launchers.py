"""Checks the official launcher on PATH: whether it can start the Pants of this repository."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from devflow.common.paths import display_path, shell_quote
from devflow.doctor.facts import Finding, HealthCheck, NotCheckedError, error, warning
from devflow.doctor.world import World

# The oldest launcher for each Pants, and whether an older one is an error. Source: `pants_runner.py` of each release.
_MINIMUMS = (
    ((2, 32), (0, 13, 2), True),
    ((2, 25), (0, 12, 2), True),
    ((2, 24), (0, 12, 2), False),
    ((2, 0), (0, 10, 0), False),
)
_INSTALLING = "https://www.pantsbuild.org/stable/docs/getting-started/installing-pants"
_ON_GITHUB = (2, 18)  # The newest Pants on the package index is 2.17.
_SHELL = re.compile(rb"#!\s*\S*(?:/env\s+)?(?:ba|da|z)?sh\b")
# The old script installs this distribution. A wrapper that starts another program does not name it.
_INSTALLED = b"pantsbuild.pants"
_SCRIPT_BYTES = 1 << 16
_VERSION = re.compile(r"\b(\d+)\.(\d+)\.(\d+)\b")


@dataclass(frozen=True)
class Launcher:
    """A program `pants` on PATH; only a binary has a known version.

    `kind` is `script`, which is the old launcher script, `binary` or `other`.
    """

    path: str
    real_path: str
    kind: str
    version: tuple[int, ...] | None = None


@dataclass(frozen=True)
class LauncherFacts:
    """The first launcher on PATH; the configured Pants; `own`: the clone has an executable `pants` of its own."""

    launcher: Launcher
    pants_version: tuple[int, ...] | None
    own: bool
    silenced: bool


def _on_path(world: World) -> list[str]:
    """Each `pants` on PATH, in order, links not resolved."""
    found = []
    for directory in world.environment.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(directory, "pants")
        if os.path.isabs(path) and os.path.isfile(path) and os.access(path, os.X_OK) and path not in found:
            found.append(path)
    return found


def read_launcher(world: World) -> LauncherFacts:
    """Ask a binary for its version, outside of the repository; a script is not run."""
    paths = [path for path in _on_path(world) if not _is_of_repository(path, world)]
    if not paths:
        raise NotCheckedError("there is no `pants` on PATH")
    own = os.access(os.path.join(world.build_root, "pants"), os.X_OK)
    launcher = _launcher(paths[0], world)
    return LauncherFacts(launcher, world.config.pants_version, own, "NO_SCIE_WARNING" in world.environment)


def _is_of_repository(path: str, world: World) -> bool:
    return os.path.realpath(path).startswith(os.path.realpath(world.build_root) + os.sep)


def _launcher(path: str, world: World) -> Launcher:
    real_path = os.path.realpath(path)
    with open(path, "rb") as file:
        head = file.read(_SCRIPT_BYTES)
    if head.startswith(b"#!"):
        return Launcher(path, real_path, "script" if _SHELL.match(head) and _INSTALLED in head else "other")
    done = world.run(real_path, environment={"PANTS_BOOTSTRAP_VERSION": "report"})
    said = _VERSION.search(done.stdout)
    return Launcher(path, real_path, "binary", tuple(map(int, said.groups())) if said else None)


def judge_launcher(facts: LauncherFacts) -> Iterator[Finding]:
    """Nothing is an error if the clone has a launcher of its own."""
    version, one = facts.pants_version, facts.launcher
    if version is None or one.kind == "other":
        return
    path, wanted = display_path(one.path), ".".join(map(str, version))
    if one.kind == "script":
        if version >= _ON_GITHUB:
            yield (warning if facts.own else error)(
                f"{path} is the old launcher script, which installs from the package index only; pants_version is "
                f"{wanted}: No matching distribution found for pantsbuild.pants=={wanted}.",
                f"install the launcher ({_INSTALLING}), then: rm {shell_quote(one.path)}",
            )
        return
    minimum, is_error = next(((least, strict) for since, least, strict in _MINIMUMS if version >= since), (None, False))
    if minimum and (one.version or (0,)) < minimum and not facts.silenced:
        has = ".".join(map(str, one.version)) if one.version else "too old to say its version"
        least = ".".join(map(str, minimum))
        yield (error if is_error and not facts.own else warning)(
            f"{path} is {has}; pants_version {wanted} needs {least} or newer: using a `pants` launcher binary older "
            f"than {least}.",
            f"SCIE_BOOT=update {shell_quote(one.path)}",
        )


@dataclass(frozen=True)
class LaunchersFacts:
    """The launchers on PATH that are different files, in order."""

    paths: tuple[str, ...]


def read_launchers(world: World) -> LaunchersFacts:
    """Count different files: a link to the first launcher is no second one."""
    by_real_path: dict[str, str] = {}
    for path in _on_path(world):
        by_real_path.setdefault(os.path.realpath(path), path)
    return LaunchersFacts(tuple(by_real_path.values()))


def judge_launchers(facts: LaunchersFacts) -> Iterator[Finding]:
    """The first one is used."""
    if len(facts.paths) > 1:
        first, *others = facts.paths
        yield warning(
            f"PATH has {len(facts.paths)} launchers: {display_path(first)} hides "
            f"{', '.join(map(display_path, others))}.",
            f"remove the one that you do not use, such as: rm {shell_quote(others[-1])}",
        )


CHECKS = (
    HealthCheck("launcher", "the `pants` on PATH can start this repository's Pants", read_launcher, judge_launcher),
    HealthCheck("launchers", "PATH has one `pants`", read_launchers, judge_launchers),
)
