"""What a second machine gets from a remote cache that a first one has filled: a real server, Pants' own counters.

Django's reader is not among the steps: it is one process, cached like alembic's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cache_server import cache_server
from export_cases import floor
from growth import time_text
from scratch_repository import KEPT, USER_CACHES, BenchmarkError
from sized_repository import SIZES, SizedRepository

from release import PLAN

_SIZE = min(SIZES)
_COUNTER = re.compile(r"^\s*(remote_cache_\w+): (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class RemoteRow:
    """One goal on both machines. `asked` counts the processes whose results may come from a remote cache."""

    goal: str
    steps: str
    asked: int
    first_served: int
    second_asked: int
    second_served: int
    first_s: float
    second_s: float

    @property
    def verdict(self) -> str:
        """Whether the second machine ran none of them."""
        return "PASS" if self.second_served == self.second_asked == self.asked else "MISS"

    def as_json(self) -> Mapping[str, Any]:
        """Everything."""
        return {**vars(self), "verdict": self.verdict}


@dataclass(frozen=True)
class _Step:
    goal: str
    steps: str
    arguments: Sequence[str]
    sign: str  # its output has this so many times if it did its work
    times: int


@dataclass(frozen=True)
class _Sample:
    asked: int
    served: int
    seconds: float


def _steps(repository: SizedRepository) -> tuple[_Step, ...]:
    return (
        _Step(
            "dump-schema-history",
            "install the lockfile, take alembic from it, read the scripts, walk the history",
            repository.history.goal,
            '"is_head"',
            repository.history.size,
        ),
        _Step(
            "release",
            "install the lockfile, take towncrier from it, run it",
            PLAN,
            f"Checked changelog: {repository.fragments} news fragments",
            1,
        ),
        _Step(
            "export-all-resolves",
            "install each lockfile, read the version of each interpreter",
            ("export-all-resolves", "--format=json"),
            '"action": "exported"',
            len(repository.resolves),
        ),
    )


def measure_remote_cache(directory: Path, pants: Path, deadline: float) -> Iterator[RemoteRow]:
    """Raises: BenchmarkError if the second machine got nothing at all from the cache for some goal."""
    with cache_server(directory / "server") as address:
        first = _on_a_machine(directory / "first", pants, address, deadline)
        second = _on_a_machine(directory / "the/home/of/somebody/else", pants, address, deadline)
    for step, one, other in zip(first, first.values(), second.values()):
        if not one.asked or not other.served:
            raise BenchmarkError(f"{step.goal}: of {one.asked} processes that may be cached, {other.served} were")
        yield RemoteRow(
            step.goal, step.steps, one.asked, one.served, other.asked, other.served, one.seconds, other.seconds
        )


def _on_a_machine(directory: Path, pants: Path, address: str, deadline: float) -> dict[_Step, _Sample]:
    """Another home, build root, local store and daemon. Pants and the interpreters are in the same places.

    Pants puts their paths into the key of each process that runs Python.
    """
    home = directory / "home"
    home.mkdir(parents=True)
    environment = {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "PANTS_BOOTSTRAP_CACHE_DIR": os.environ.get("PANTS_BOOTSTRAP_CACHE_DIR") or str(USER_CACHES / "pants"),
        "PANTS_REMOTE_CACHE_READ": "true",
        "PANTS_REMOTE_CACHE_WRITE": "true",
        "PANTS_REMOTE_STORE_ADDRESS": address,
        "PANTS_STATS_LOG": "true",
    }
    if (Path.home() / ".pyenv").exists() and "PYENV_ROOT" not in os.environ:
        environment["PYENV_ROOT"] = str(Path.home() / ".pyenv")
    repository = SizedRepository(directory / "work", pants, SIZES[_SIZE], environment)
    repository.deadline = deadline
    try:
        repository.take_wheels(KEPT / "wheels")
        floor(repository)
        samples = {}
        for step in _steps(repository):
            run = repository.run(*step.arguments)
            if run.stdout.count(step.sign) != step.times:
                raise BenchmarkError(f"{step.goal} did not do what was to be measured:\n{run.stdout}")
            asked, served = counters(run.stderr)
            samples[step] = _Sample(asked, served, run.wall_s)
        return samples
    finally:
        repository.stop()


def counters(log: str) -> tuple[int, int]:
    """Of what `[stats].log` says: processes that the remote cache was asked for, and those that it had."""
    found = {name: int(number) for name, number in _COUNTER.findall(log)}
    return found.get("remote_cache_requests", 0), found.get("remote_cache_requests_cached", 0)


def remote_table(rows: Sequence[RemoteRow]) -> str:
    """Markdown; nothing without rows."""
    if not rows:
        return ""
    lines = [
        "| goal | processes that a remote cache may serve | first machine | second machine | time, first | second | |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        cells = (
            f"`{row.goal}`",
            row.steps,
            f"{row.first_served} of {row.asked}",
            f"{row.second_served} of {row.second_asked}",
            time_text(row.first_s),
            time_text(row.second_s),
            row.verdict,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
