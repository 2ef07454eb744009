"""A daemon reads the repository again after each change, and only then."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from link.conftest import Run
from link.worlds import build_file
from pants.base.specs import FileLiteralSpec, RawSpecs, Specs
from pants.engine.internals.session import SessionValues
from pants.engine.unions import UnionMembership
from pants.testutil.rule_runner import RuleRunner

from devflow.common.remembered import Remembered
from devflow.link import sources

AGENT = ("src/acme/agent:dist", "--print=paths")


@pytest.fixture(autouse=True)
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one whenever the repository is read. Its files have changed long ago, by the clock of these tests."""
    clock = SimpleNamespace(time_ns=lambda: time.time_ns() + 10_000_000_000)
    monkeypatch.setattr("devflow.common.file_states.time", clock)
    monkeypatch.setattr(sources, "_SOURCES", Remembered())
    found: list[str] = []
    read = sources._read_sources

    async def counted(*args: Any, **options: Any) -> sources.LinkedSources:
        found.append("read")
        return await read(*args, **options)

    monkeypatch.setattr(sources, "_read_sources", counted)
    return found


def write(path: str, text: str) -> Callable[[RuleRunner], object]:
    return lambda runner: runner.write_files({path: text})


def _rename(runner: RuleRunner) -> None:
    os.rename(Path(runner.build_root, "src/acme/client/deep"), Path(runner.build_root, "src/acme/client/renamed"))


def _remove(runner: RuleRunner) -> None:
    Path(runner.build_root, "src/acme/agent/py.typed").unlink()


CHANGES: dict[str, Callable[[RuleRunner], object]] = {
    "an import": write("src/acme/agent/__init__.py", "import acme.client\n"),
    "an entry point": write("src/acme/agent/BUILD", build_file("agent").replace("points=''", "points='[x]\\ny = z'")),
    "a dependency": write("src/acme/agent/BUILD", build_file("agent").replace("'src/acme/common:src', ", "")),
    "a new module": write("src/acme/agent/new.py", ""),
    "a new module of others": write("src/acme/testutils/new.py", ""),
    "a renamed module": _rename,
    "a removed file": _remove,
    "a file of no target": write("README.md", "more"),
    "a file behind a link": write("VERSION", "24.9.0\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_seen(run: Run, rule_runner: RuleRunner, reads: list[str], change: str) -> None:
    rule_runner.write_files({"README.md": ""})
    for _ in range(3):
        assert run(*AGENT).exit_code == 0
    assert len(reads) == 1
    time.sleep(0.02)  # some ticks of the system's clock
    CHANGES[change](rule_runner)
    run(*AGENT)
    assert len(reads) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"env": {"ACME": "1"}},
        {"settings": ("--python-default-resolve=main",)},
        {"args": ("src/acme/cli:dist", "--print=paths")},
    ],
    ids=["variable", "option", "target"],
)
def test_another_run(run: Run, reads: list[str], other: dict[str, Any]) -> None:
    def again(args: tuple[str, ...] = AGENT, **more: Any) -> None:
        assert run(*args, **more).exit_code == 0

    again()
    again()
    assert len(reads) == 1
    again(**other)
    assert len(reads) == 2


def test_the_same_command_may_be_about_other_targets(monkeypatch: pytest.MonkeyPatch, reads: list[str]) -> None:
    """As with `--changed-since` after a commit, which changes no file."""

    async def the_same(*_: Any) -> str:
        return "state"

    async def read(specs: Specs, *_: Any, **__: Any) -> sources.LinkedSources:
        reads.append("read")
        return sources.LinkedSources(words=tuple(one.file for one in specs.includes.file_literals))

    monkeypatch.setattr(sources, "repository_state", the_same)
    monkeypatch.setattr(sources, "_read_sources", read)

    def words(path: str) -> tuple[str, ...]:
        includes = RawSpecs(file_literals=(FileLiteralSpec(path),), description_of_origin="test")
        specs = Specs(includes, RawSpecs(description_of_origin="test"))
        arguments: tuple[Any, ...] = (specs, "/", SessionValues({}), UnionMembership({}))
        return asyncio.run(sources.find_sources(*arguments, with_metadata=False)).words

    assert [words("a"), words("a"), words("b")] == [("a",), ("a",), ("b",)]
    assert len(reads) == 2


def test_what_has_changed_is_in_the_next_plan(run: Run, rule_runner: RuleRunner, quick_venv: Path) -> None:
    """Of files, of metadata, and of distributions; the same command each time."""

    def checked() -> tuple[int, str]:
        result = run("src/acme/agent:dist", f"--into={quick_venv}", "--check")
        return result.exit_code, result.stdout.splitlines()[0]

    linked = "acme-agent 24.3.0rc1: linked src/acme/agent"
    assert run("src/acme/agent:dist", f"--into={quick_venv}").exit_code == 0
    assert checked() == checked() == (0, linked)
    for old, new, line in (
        ("points=''", "points='[x]\\ny = z'", "acme-agent 24.3.0rc1: stale, src/acme/agent"),
        ("24.3.0rc1", "24.4.0", "acme-agent 24.4.0: stale, src/acme/agent"),
    ):
        rule_runner.write_files({"src/acme/agent/BUILD": build_file("agent").replace(old, new)})
        assert checked() == (1, line)
    rule_runner.write_files({"src/acme/agent/BUILD": build_file("agent")})
    assert checked() == (0, linked)
    rule_runner.write_files({"src/acme/agent/__init__.py": "import acme.client\n"})
    assert run("src/acme/agent:dist", f"--into={quick_venv}", "--check").stdout.count(": missing, src/acme/client") == 1


def test_problems_and_generated_code_are_read_again(run: Run, rule_runner: RuleRunner, reads: list[str]) -> None:
    """The reason for a problem may be gone, and what generates code may read more than files."""
    second = "python_distribution(name='dist2', dependencies=[':src'], provides=python_artifact(name='x', version='1'))"
    rule_runner.write_files({"src/acme/common/BUILD": f"{build_file('common')}{second}"})
    assert [run(*AGENT).exit_code for _ in range(2)] == [1, 1]
    assert len(reads) == 2
    build = build_file("common").replace("dependencies=[':data']", "dependencies=[':data', ':wire']", 1)
    rule_runner.write_files({"src/acme/common/BUILD": f"{build}wire(name='wire', source='x.wire')\n"})
    rule_runner.write_files({"src/acme/common/x.wire": ""})
    assert [run(*AGENT).exit_code for _ in range(2)] == [0, 0]
    assert len(reads) == 4


def test_another_backend_that_knows_about_distributions(
    run: Run, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may ask git for a version."""
    monkeypatch.setattr(sources, "_KNOWN_BACKENDS", ("devflow.",))
    assert [run(*AGENT).exit_code for _ in range(2)] == [0, 0]
    assert len(reads) == 2
