"""Runs the installer of a virtualenv: its own pip, or uv."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from devflow.common.errors import Problem, UserError, tail
from devflow.common.options import command_line
from devflow.common.paths import shown
from devflow.link.facts import VirtualenvFacts
from devflow.link.plan import is_pip, uninstall_arguments
from devflow.link.virtualenv import variables


@dataclass(frozen=True)
class Installer:
    """Installs wheels into a virtualenv, with the caller's settings of pip or uv.

    A process that has begun is never ended. Raises: UserError with their message, and if the run `is_cancelled`.
    """

    venv: VirtualenvFacts
    env: Mapping[str, str]
    is_cancelled: Callable[[], bool]

    def install(self, wheels: Sequence[tuple[str, bytes]], pins: Mapping[str, str]) -> None:
        """Install wheels and their requirements, which may be pinned, in one resolution."""
        with _files(wheels, pins) as (paths, constraints):
            pinned = ["--constraint", constraints] if pins else []
            self._run(
                *self._arguments("install"),
                *pinned,
                *paths,
                otherwise="; with --no-requirements, nothing is installed but the distributions themselves",
            )

    def replace(self, wheels: Sequence[tuple[str, bytes]]) -> None:
        """Install these wheels without their requirements; the same version is replaced."""
        with _files(wheels, {}) as (paths, _):
            again = "--force-reinstall" if self.is_pip else "--reinstall"
            self._run(*self._arguments("install"), "--no-deps", again, *paths)

    def uninstall(self, names: Collection[str]) -> None:
        """Uninstall distributions."""
        if names:
            self._run(*uninstall_arguments(self.command, self.venv.python, sorted(names)))

    def refuse_if_cancelled(self) -> None:
        """Raises: UserError."""
        if self.is_cancelled():
            raise UserError("Interrupted before the end.", fix="run the same command again, which completes it")

    @property
    def command(self) -> tuple[str, ...]:
        """The program and the arguments before `install`."""
        return self.venv.installer or ()

    @property
    def is_pip(self) -> bool:
        """Whether it is the virtualenv's own pip."""
        return is_pip(self.command)

    def _arguments(self, verb: str) -> tuple[str, ...]:
        if self.is_pip:
            return (verb, "--no-input", "--disable-pip-version-check", "--no-warn-script-location")
        return (verb, "--python", self.venv.python)

    def _run(self, *arguments: str, otherwise: str = "") -> None:
        """`otherwise` is what the user can do instead of correcting the cause; a clause."""
        self.refuse_if_cancelled()
        argv = (*self.command, *arguments)
        try:
            # uv must not read a `pyproject.toml` or `uv.toml` of the current directory: it belongs to the repository.
            # pip prints a conflict to both streams, and the reason to standard output.
            done = subprocess.run(
                argv,  # noqa: S603
                cwd=self.venv.path,
                env=variables(self.env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
        except OSError as error:
            program = shown(self.command[0])
            raise UserError(f"{program} does not start: {error.strerror}.", fix=f"install {program} again") from error
        if done.returncode:
            output = done.stdout.decode(errors="replace")
            words = [shown(word) for word in argv if "\n" not in word]
            raise UserError.of(
                Problem(
                    f"The installer failed: {tail(output) or f'it ended with {done.returncode}'}",
                    fix=f"correct the cause, and run the same command again{otherwise}. "
                    f"It ran: {command_line(*words[:4])} …",
                )
            )


@contextmanager
def _files(wheels: Sequence[tuple[str, bytes]], pins: Mapping[str, str]) -> Iterator[tuple[list[str], str]]:
    """The wheels as files, and the pins as a file of constraints."""
    with tempfile.TemporaryDirectory(prefix="devflow-link-") as directory:
        paths = []
        for name, content in wheels:
            paths.append(os.path.join(directory, name))
            with open(paths[-1], "wb") as stream:
                stream.write(content)
        constraints = os.path.join(directory, "constraints.txt")
        with open(constraints, "w", encoding="utf-8") as text:
            text.writelines(f"{name}=={version}\n" for name, version in sorted(pins.items()))
        yield paths, constraints
