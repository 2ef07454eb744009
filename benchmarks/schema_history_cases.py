"""What is measured of `dump-schema-history`: against a trivial goal, against alembic's own dump, against itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from results import Row, compare
from scratch_repository import PROJECT, BenchmarkError, Run, ScratchRepository

SIZES = (500, 5000)
_LOCKFILE = PROJECT / "examples/monorepo/3rdparty/python-default.lock"
_NEEDED = {"alembic", "greenlet", "mako", "markupsafe", "sqlalchemy", "typing-extensions"}
_FLOOR = ("list", "//:configuration")
_WARM_UPS = 3
# What the documented command does, but for the application: its scripts import alembic and SQLAlchemy only.
_DOCUMENTED = """
import json, sys
from alembic.script import ScriptDirectory
join = lambda down: down if down is None or isinstance(down, str) else ", ".join(down)
flags = "is_head", "is_branch_point", "is_merge_point", "doc"
print(json.dumps([
    [join(script.down_revision), script.revision, *(getattr(script, flag) for flag in flags)]
    for script in ScriptDirectory(sys.argv[1]).walk_revisions(base="base", head="heads")
]))
"""
_ALL_IN_ONE = """
import os, resource, sys
from devflow.schema_history.alembic.history import checked, history, links
from devflow.schema_history.reader.alembic_walk import walk
from devflow.schema_history.reader.read_scripts import contents
scripts, problems = checked(contents(entry.path for entry in os.scandir(sys.argv[1]) if entry.is_file()).values())
assert not problems, problems
assert history(scripts, walk(links(scripts)))["revisions"]
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
_SCRIPT = '''\
"""Change number {number}.

Revision ID: {name}
Revises: {parent}
Create Date: 2024-01-01 00:00:00

"""
import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "{name}"
down_revision = {parent!r}
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "table_{number}",
        sa.Column("id", sa.Integer(), primary_key=True),
{columns}
    )
    op.create_index("ix_{number}", "table_{number}", ["column_0", "column_1"], unique=False)


def downgrade():
    op.drop_index("ix_{number}", table_name="table_{number}")
    op.drop_table("table_{number}")
'''


@dataclass(frozen=True)
class History:
    """A tree of this many revisions; `config` is relative to the build root."""

    size: int
    directory: Path
    config: str

    @property
    def goal(self) -> tuple[str, str]:
        """The command that dumps it."""
        return ("dump-schema-history", f"--config={self.config}")

    def change(self) -> None:
        """Give the newest script another first line, and so the dump another text."""
        newest = self.directory / "versions" / f"{self.size - 1:012x}_change.py"
        _, _, rest = newest.read_text().partition("\n")
        newest.write_text(f'"""Change at {time.time_ns()}.\n{rest}')

    def add(self) -> None:
        """Write one script more, at the end."""
        parent = max((self.directory / "versions").iterdir()).name.partition("_")[0]
        name = f"{int(parent, 16) + 1:012x}"
        text = _SCRIPT.format(number=name, name=name, parent=parent, columns="")
        (self.directory / "versions" / f"{name}_change.py").write_text(text)


def make_lockfile(path: Path) -> Path:
    """The part of the example's lockfile that alembic needs."""
    entries = re.split(r"\n(?=\S)", _LOCKFILE.read_text())
    kept = [entry for entry in entries if entry.partition("==")[0].partition("[")[0] in _NEEDED]
    path.write_text("\n".join(kept) + "\n")
    return path


def make_history(build_root: Path, size: int) -> History:
    """A line with a branch and a merge in every hundred revisions: like those that are kept for years."""
    directory = build_root / f"history_{size}"
    (directory / "versions").mkdir(parents=True)
    (directory / "env.py").write_text("raise SystemExit('not run')\n")
    (directory / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
    columns = "\n".join(
        f'        sa.Column("column_{n}", sa.String(length={n + 8}), nullable=True),' for n in range(12)
    )
    for number in range(size):
        name = f"{number:012x}"
        parents: object = None
        if number:
            parents = f"{number - 1:012x}"
        if number % 100 == 49:  # beside the one before
            parents = f"{number - 2:012x}"
        if number % 100 == 50:
            parents = (f"{number - 1:012x}", f"{number - 2:012x}")
        text = _SCRIPT.format(number=number, name=name, parent=parents, columns=columns)
        (directory / "versions" / f"{name}_change.py").write_text(text)
    return History(size, directory, f"history_{size}/alembic.ini")


def cases(repository: ScratchRepository, histories: Sequence[History], lockfile: Path, *, runs: int) -> Iterator[Row]:
    """Each side in turn."""
    few, many = histories
    python = install(lockfile, repository.build_root.parent / "alembic")
    (repository.build_root / "VERSION").write_text("1.0\n")
    for history in histories:
        for _ in range(_WARM_UPS):
            repository.run(*_FLOOR)
            repository.run(*history.goal)
        pairs = [(repository.run(*_FLOOR), repository.run(*history.goal)) for _ in range(runs)]
        floors, ours = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        yield compare(f"nothing changed, {history.size} revisions", ours, "the floor", floors, at_most=1.3)

    changed: dict[int, list[Run]] = {}
    for history in histories:
        documented(python, history)  # fills its own byte code
        samples = []
        for _ in range(runs):
            history.change()
            theirs = documented(python, history)
            samples.append((repository.run(*history.goal), theirs))
        changed[history.size] = [pair[0] for pair in samples]
        yield compare(
            f"one script changed, {history.size} revisions",
            changed[history.size],
            "alembic's own dump",
            [pair[1] for pair in samples],
            at_most=1.0 if history is few else None,
        )
    added = []
    for _ in range(runs):
        few.add()
        theirs = documented(python, few)
        added.append((repository.run(*few.goal), theirs))
    yield compare(
        f"one script added, {few.size} revisions",
        [pair[0] for pair in added],
        "alembic's own dump",
        [pair[1] for pair in added],
    )
    times = many.size // few.size
    yield Row(
        f"one script changed, {many.size} revisions",
        "s",
        [run.wall_s for run in changed[many.size]],
        f"{times} times {few.size}",
        [run.wall_s * times for run in changed[few.size]],
        at_most=1.0,
    )
    yield Row(
        f"memory of the reader, {many.size} revisions",
        "MiB",
        [_reader_memory_mib(python, many)],
        "nothing",
        [0.0],
        at_most=300,
    )


def install(lockfile: Path, directory: Path) -> Path:
    """A virtualenv of this lockfile, as a person would make it: its interpreter."""
    interpreter = shutil.which("python3.11")
    if interpreter is None:
        raise BenchmarkError("there is no python3.11 on PATH to install tools for")
    subprocess.run([interpreter, "-m", "venv", str(directory)], check=True)
    python = directory / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(lockfile)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"{lockfile.name} cannot be installed: {done.stderr}")
    return python


def documented(python: Path, history: History) -> Run:
    """The dump that alembic's own API gives."""
    start = time.perf_counter()
    command = [str(python), "-c", _DOCUMENTED, str(history.directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall_s = time.perf_counter() - start
    if done.returncode:
        raise BenchmarkError(f"alembic's own dump failed: {done.stderr}")
    print(f"{wall_s:8.2f} s  alembic's own dump, {history.size} revisions", file=sys.stderr, flush=True)
    return Run(wall_s, None, done.stdout)


def _reader_memory_mib(python: Path, history: History) -> float:
    """The peak of all that reads scripts and of alembic, here in one process; Pants has several, each with a part."""
    done = subprocess.run(
        [str(python), "-c", _ALL_IN_ONE, str(history.directory / "versions")],
        env={**os.environ, "PYTHONPATH": str(PROJECT / "pants-plugins")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchmarkError(f"the reader failed: {done.stderr}")
    return int(done.stdout) / (1024 if sys.platform == "linux" else 1024 * 1024)
