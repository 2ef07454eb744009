"""`kiln-launch COMMAND ARGUMENT…` becomes the command, and dies with the agent that started it.

Each wheel of this package carries the launcher of one platform (see BUILD).
"""

import platform
import sys
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

PREFIX = "kiln-launch."


class NoLauncher(Exception):
    """This installation has no launcher, or that of another platform only."""


def launcher_path() -> Path:
    """Raises: NoLauncher."""
    system = "macos" if sys.platform == "darwin" else sys.platform
    machine = {"aarch64": "arm64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    bundled = files("acme.runner") / "bin"
    for name in (f"{system}_{machine}", system):
        launcher = bundled / f"{PREFIX}{name}"
        if launcher.is_file():
            with as_file(launcher) as path:
                return path
    have = [entry.name.removeprefix(PREFIX) for entry in bundled.iterdir()]
    raise NoLauncher(f"built for {', '.join(have)}, running on {system}_{machine}")


def wrap(command: Sequence[str]) -> list[str]:
    return [str(launcher_path()), *command]
