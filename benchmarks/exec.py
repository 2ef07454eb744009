#!/usr/bin/env python3
"""Measure what runs commands, plugins and links, in a repository of 2,000 files on this machine: docs/performance.md.

python3 benchmarks/exec.py

It makes a scratch repository with caches and a daemon of its own, runs this project's Pants in it, and removes it. It
judges and never fails because of a number.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from frame import options_of, run_in_repository
from git_repository import git, make_git_repository
from results import Row, compare
from scratch_repository import BenchmarkError, Resolve, Run, ScratchRepository

COMPONENTS = 20
FILES = 2_000
CHECKOUTS = 8
TOWNCRIER = Resolve("towncrier", "3rdparty/python/towncrier.lock", "3.11")
MOST_OF_SCRIPT_S = 0.02

BUILD = """\
python_sources(name="src", dependencies=[{needs}])
python_distribution(
    name="dist", dependencies=[":src"], provides=python_artifact(name="acme-c{number}", version="1.0"), sdist=False
)
"""
PROJECT_OF_PLUGIN = """\
[project]
name = "plugin-{number}"
version = "1.0"
dependencies = ["acme-c0>=1", "click>=8", "jinja2"]
[project.entry-points."acme.plugins"]
p{number} = "plugin_{number}:Plugin"
"""


def prepare(scratch: ScratchRepository) -> Path:
    """Components in layers, checkouts of plugins, an export, and the virtualenv of another project, linked."""
    root = scratch.build_root
    (root / "BUILD").write_text(
        '__defaults__({(python_sources, python_distribution): dict(interpreter_constraints=[">=3.9"])})\n'
        'files(name="configuration", sources=["pants.toml"])\n'
    )
    for number in range(COMPONENTS):
        component = root / f"src/acme/c{number}"
        component.mkdir(parents=True)
        needs = f'"src/acme/c{number - 1}:src"' if number % 4 else ""
        (component / "BUILD").write_text(BUILD.format(number=number, needs=needs))
        for module in range(FILES // COMPONENTS):
            (component / f"m{module}.py").write_text(f"import json\n\nfrom acme.c{number} import m0\n\nN = {module}\n")
    (root / ".gitignore").write_text("/.pants.d/\n/.pids/\n/dist/\n/plugins/*/\n")
    make_git_repository(root)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=Begin")
    for number in range(CHECKOUTS):
        checkout = root / f"plugins/plugin{number}"
        package = checkout / f"src/plugin_{number}"
        package.mkdir(parents=True)
        (checkout / "pyproject.toml").write_text(PROJECT_OF_PLUGIN.format(number=number))
        (package / "__init__.py").write_text("class Plugin: pass\n")
        make_git_repository(checkout)
        git(checkout, "add", ".")
        git(checkout, "commit", "--quiet", "--message=Begin")
    scratch.run("exec", "--", "true")
    scratch.run("exec-files")
    venv = root.parent / "other" / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
    linked = scratch.run(*link(venv))
    if "Linked 4 distributions" not in linked.stderr:
        raise BenchmarkError(f"not linked:\n{linked.stdout}{linked.stderr}")
    return venv


def link(venv: Path) -> tuple[str, ...]:
    """Four distributions, of which each needs the one before it."""
    return "link", "src/acme/c3:dist", f"--into={venv}"


def timed(*command: str | Path) -> Run:
    """A program, without Pants."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return Run(time.perf_counter() - start, None, "")


def checked(run: Run, expected: str) -> Run:
    """The run. Raises: BenchmarkError if it did something else than it should."""
    if expected not in run.stdout + run.stderr:
        raise BenchmarkError(f"not what is to be measured:\n{run.stdout}{run.stderr}")
    return run


def measure(scratch: ScratchRepository, venv: Path, runs: int, only: str | None) -> list[Row]:
    """Each goal when there is nothing to do, and the script; or `only` one of them, by its first word.

    One case after the other, because the daemon of Pants grows with each run, and `exec` forks it.
    """
    cases = [
        ("exec, nothing stale", 1.2, ("exec", "--", "true"), ""),
        ("exec-files --check", 1.3, ("exec-files", "--check"), " up to date."),
        (f"plugin-checkouts, {CHECKOUTS} checkouts", 1.3, ("plugin-checkouts",), f"{CHECKOUTS} of {CHECKOUTS} ready."),
        ("link, second run", 1.3, link(venv), "up to date."),
        ("exec again, after all of these", 1.2, ("exec", "--", "true"), ""),
    ]
    rows = []
    for case, most, command, expected in cases:
        if only not in (None, command[0]):
            continue
        ours, floors = [], []
        for number in range(runs + 1):
            floor = scratch.run("list", "//:configuration")
            run = checked(scratch.run(*command), expected)
            if number:  # the first ones fill what the daemon remembers
                floors.append(floor)
                ours.append(run)
        memory = scratch.daemon.memory() if command[0] == "exec" else None
        named = f"{case}, in a daemon of {memory.now_mib:.0f} MiB" if memory else case
        rows.append(compare(named, ours, "the floor", floors, at_most=most))
    if only not in (None, "script"):
        return rows
    script, [python] = (
        scratch.build_root / "dist/exec/towncrier",
        scratch.build_root.glob("dist/export/python/virtualenvs/towncrier/3*/bin/python"),
    )
    by_script, alone = [], []
    for _ in range(runs * 3):
        alone.append(Run(timed(python, "-c", "").wall_s + MOST_OF_SCRIPT_S, None, ""))
        by_script.append(timed(script, "-c", ""))
    return [*rows, compare("the script", by_script, "its Python and 20 ms", alone, at_most=1.0)]


def main() -> int:
    """The exit code."""
    about = "Measure exec, exec-files, plugin-checkouts, link and the script."
    parser = options_of(about, runs=15, keep=True)
    parser.add_argument("--only", choices=("exec", "exec-files", "plugin-checkouts", "link", "script"), help="one case")
    options = parser.parse_args()

    def measured(scratch: ScratchRepository) -> list[Row]:
        return measure(scratch, prepare(scratch), options.runs, options.only)

    return run_in_repository(options, [TOWNCRIER], measured)


if __name__ == "__main__":
    sys.exit(main())
