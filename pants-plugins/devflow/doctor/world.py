"""The machine and the clone that checks examine. Reads only the configuration files by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from devflow.common.errors import Problem, UserError
from devflow.common.paths import display_path, is_inside
from devflow.doctor.facts import NotCheckedError
from devflow.plain.facts import Settings
from devflow.plain.processes.table import ProcessSource, process_source
from devflow.plain.settings.configuration import Configuration, read_file_text
from devflow.plain.settings.from_pants import from_values
from devflow.plain.settings.without_pants import read_options

PROGRAM_LIMIT_S = 0.8


@dataclass(frozen=True)
class World:
    """The argument of the readers of checks.

    `environment` is that of the user's shell. If the configuration cannot be read, `settings` is None, and
    `settings_problem` says why. `in_pants`: Pants runs this, so nothing prevents Pants from starting. `network`: the
    user lets all checks use the network. Only the goal sets `known_options` (scope → options, for scopes that a
    variable may belong to) and `exports` (the facts of that check, or the reason why there are none). `proc` is the
    directory of Linux' process information. `pants` is the user's command for Pants, and `reset` the command that
    resets caches, without its options.
    """

    build_root: str
    environment: Mapping[str, str]
    config: Configuration
    settings: Settings | None
    settings_problem: Problem | None = None
    in_pants: bool = False
    processes: Callable[[], ProcessSource | None] = process_source
    network: bool = False
    known_options: Mapping[str, Collection[str]] | None = None
    exports: object = None
    proc: str = "/proc"
    now_s: float = field(default_factory=time.time)
    user_id: int = field(default_factory=os.getuid)
    pants: str = "./pants"
    reset: str = "./pants reset-cache"

    @classmethod
    def of(
        cls,
        build_root: str,
        environment: Mapping[str, str],
        *,
        settings: Settings | None = None,
        given: Mapping[tuple[str, str], object] | None = None,
        **more: Any,
    ) -> World:
        """The world around a build root.

        `settings`, and the options in `given` (scope and name → value), are read here unless Pants has read them.
        """
        problem = None
        try:
            config = Configuration.of(build_root, environment, given)
        except UserError as error:
            config = Configuration.of(build_root, environment, given, ignore_named=True)
            problem = error.problem
        if settings is None and problem is None:
            try:
                settings = from_values(read_options(build_root, environment), build_root)
            except UserError as error:
                problem = error.problem
        return cls(build_root, environment, config, settings, problem, **more)

    @property
    def home(self) -> str:
        """The home of the user."""
        return self.environment.get("HOME") or os.path.expanduser("~")

    @property
    def directories(self) -> Settings:
        """The options that name directories. Raises: NotCheckedError if they cannot be read."""
        if self.settings is None:
            why = self.settings_problem.what if self.settings_problem else ""
            raise NotCheckedError(f"the configuration cannot be read: {why}")
        return self.settings

    @cached_property
    def for_programs(self) -> Mapping[str, str]:
        """The environment for programs that checks run: PATH has no directory of the repository, no relative one."""
        root = os.path.realpath(self.build_root)
        directories = self.environment.get("PATH", os.defpath).split(os.pathsep)
        outside = (one for one in directories if os.path.isabs(one) and not is_inside(os.path.realpath(one), root))
        return {**self.environment, "PATH": os.pathsep.join(outside)}

    def which(self, program: str) -> str | None:
        """The path of a program on the user's PATH, without those of the repository."""
        return shutil.which(program, path=self.for_programs["PATH"])

    def run(
        self, *command: str, environment: Mapping[str, str] | None = None, limit_s: float = PROGRAM_LIMIT_S
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of this machine, never one of the repository. Raises: NotCheckedError if it does not end."""
        if is_inside(os.path.realpath(command[0]), os.path.realpath(self.build_root)):
            raise NotCheckedError(f"{command[0]} is in the repository, of which nothing is run")
        try:
            return subprocess.run(
                command,  # noqa: S603
                cwd="/",
                env={**self.for_programs, **(environment or {})},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=limit_s,
            )
        except subprocess.TimeoutExpired:
            raise NotCheckedError(f"{os.path.basename(command[0])} did not answer in {limit_s:g} s") from None
        except OSError as error:
            raise NotCheckedError(f"{command[0]} does not start: {error}") from error

    def read_text(self, path: str) -> str:
        """A text file of the clone. Raises: NotCheckedError if it is not text, or cannot be read."""
        name = display_path(path, self.build_root)
        try:
            return read_file_text(path)
        except UnicodeDecodeError:
            raise NotCheckedError(f"{name} is not UTF-8 text") from None
        except OSError as error:
            raise NotCheckedError(f"{name} cannot be read: {error.strerror}") from error

    def read_proc(self, *parts: str) -> str:
        """A file below /proc. Raises: NotCheckedError on a system without it."""
        path = os.path.join(self.proc, *parts)
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                return file.read()
        except OSError as error:
            raise NotCheckedError(f"{path} cannot be read: {error.strerror}") from error
