"""One goal as the benchmark of all runs it: in which states, checked for what, and set against which other way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from export_cases import floor
from scratch_repository import BenchmarkError, Run
from sized_repository import SizedRepository

from release import timed


@dataclass(frozen=True)
class Bench:
    """What cases work with. `alembic` is the interpreter of a virtualenv that has it."""

    repository: SizedRepository
    alembic: Path


class GoalCase(ABC):
    """A goal in the states "cold", "warm" and "changed". Every run is checked for having done its work."""

    name: str
    unit: str
    other_name: Mapping[str, str] = {}  # by state; a state without one is compared with a trivial goal only
    turn = 0  # among the others when the daemon is warm: the longest, and what leaves nothing behind, come last

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.repository = bench.repository

    @property
    @abstractmethod
    def amount(self) -> int:
        """How much of its unit there is."""

    def prepare(self, state: str) -> None:  # noqa: B027
        """Bring the repository into this state: not measured. Nothing to do for most states."""

    @abstractmethod
    def run(self, state: str) -> Run:
        """Raises: BenchmarkError if it did something else than it should."""

    def other_way(self, state: str) -> Run:
        """The stock or manual way from the same state, for the states of `other_name`."""
        raise NotImplementedError

    def after_trivial_goal(self, command: Sequence[str]) -> Run:
        """A command of the system, and what starting Pants takes, which is no part of what the two are compared for."""
        start, done = floor(self.repository), timed(self.repository.build_root, [command])
        return Run(start.wall_s + done.wall_s, None, "")

    def check(self, as_it_should_be: bool, run: Run) -> Run:
        """The run. Raises: BenchmarkError."""
        if not as_it_should_be:
            raise BenchmarkError(f"{self.name} did not do what was to be measured:\n{run.stdout[-2000:]}{run.stderr}")
        return run
