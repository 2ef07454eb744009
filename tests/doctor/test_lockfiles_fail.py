"""Pants itself refuses the lockfiles that the check refuses, in the words that it quotes, and takes new ones."""

from __future__ import annotations

import os
import subprocess
import sys
from inspect import signature
from typing import Any

import pytest
from doctor.broken import Clone
from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules import pex_requirements
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.lockfile_metadata import PythonLockfileMetadata
from pants.backend.python.util_rules.pex_requirements import (
    LoadedLockfile,
    LoadedLockfileRequest,
    Lockfile,
    Resolve,
    validate_metadata,
)
from pants.testutil.rule_runner import QueryRule, RuleRunner

from harness.rule_runners import emptied

try:
    from pants.backend.python.util_rules.pex_requirements import ResolvePexConfig, ResolvePexConfigRequest
except ImportError:
    pytest.skip("this Pants validates lockfiles with other types", allow_module_level=True)

RESOLVES = """
[python]
enable_resolves = true
interpreter_constraints = ["CPython==3.12.4"]
[python.resolves]
app = "app.lock"
"""
WANTED = "CPython==3.12.4"
CONFLICT = "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n"


def made_by_pants(constraint: str) -> str:
    """What `generate-lockfiles` writes for a resolve without requirements, without the resolve that pex makes."""
    taken = signature(PythonLockfileMetadata.new).parameters
    more: dict[str, Any] = {name: set() for name in ("excludes", "overrides") if name in taken}  # of newer Pants
    metadata = PythonLockfileMetadata.new(
        valid_for_interpreter_constraints=InterpreterConstraints([constraint]),
        requirements=set(),
        manylinux="manylinux2014",
        requirement_constraints=set(),
        only_binary=set(),
        no_binary=set(),
        **more,
    )
    return metadata.add_header_to_lockfile(b"{}\n", regenerate_command="x", delimeter="//").decode()


@pytest.fixture(scope="module")
def only_runner() -> RuleRunner:
    return RuleRunner(
        rules=[
            *pex_requirements.rules(),
            QueryRule(Lockfile, [Resolve]),
            QueryRule(LoadedLockfile, [LoadedLockfileRequest]),
            QueryRule(PythonSetup, []),
            QueryRule(ResolvePexConfig, [ResolvePexConfigRequest]),
        ]
    )


@pytest.fixture()
def rule_runner(only_runner: RuleRunner) -> RuleRunner:
    runner = emptied(only_runner)
    runner.set_options(
        ["--python-enable-resolves", "--python-resolves={'app': 'app.lock'}", "--python-default-resolve=app"],
        env_inherit={"PATH"},
    )
    return runner


def used(rule_runner: RuleRunner) -> None:
    """Load the lockfile of the resolve, and validate it, as for each goal that needs it. Raises: what Pants raises."""
    lockfile = rule_runner.request(Lockfile, [Resolve("app", False)])
    loaded = rule_runner.request(LoadedLockfile, [LoadedLockfileRequest(lockfile)])
    if loaded.metadata:
        setup = rule_runner.request(PythonSetup, [])
        config = rule_runner.request(ResolvePexConfig, [ResolvePexConfigRequest("app")])
        validate_metadata(loaded.metadata, InterpreterConstraints([WANTED]), lockfile, (), False, setup, config)


def written(clone: Clone, rule_runner: RuleRunner, text: str) -> None:
    clone.configure(RESOLVES)
    clone.write("repo/app.lock", text)
    rule_runner.write_files({"app.lock": text})


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("", "does not exist: "),
        (made_by_pants("CPython==3.12.3"), "wants CPython==3.12.4: "),
        (CONFLICT.format("a==1", "a==2"), "has conflict markers of git: "),
    ],
)
def test_pants_refuses_a_lockfile_until_it_is_made_again(
    clone: Clone, rule_runner: RuleRunner, text: str, before: str
) -> None:
    clone.configure(RESOLVES)
    if text:
        written(clone, rule_runner, text)
    [(severity, what, fix)] = clone.found("lockfiles")
    assert (severity, fix) == ("error", "./pants generate-lockfiles --resolve=app")
    with pytest.raises(Exception, match="lockfile|app[.]lock") as refusal:
        used(rule_runner)
    words = what.partition(before)[2].rstrip(".")
    assert words
    assert words in str(refusal.value)
    written(clone, rule_runner, made_by_pants(WANTED))  # what the fix does
    assert clone.found("lockfiles") == []
    used(rule_runner)


def test_pex_refuses_conflict_markers_in_the_lockfile_of_pants(clone: Clone) -> None:
    """Pants reads only the head of such a lockfile; pex, which Pants runs, reads all of it."""
    clone.configure(RESOLVES)
    clone.write("repo/app.lock", "{\n" + CONFLICT.format('"a": 1', '"a": 2') + "}\n")
    [(_, what, _)] = clone.found("lockfiles")
    command = [sys.executable, "-m", "pex", "--lock=app.lock", "--output-file=x.pex"]
    plugins = ":".join(map(os.path.abspath, sys.path))
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": plugins, "PEX_ROOT": str(clone.base / "pex")}
    done = subprocess.run(command, cwd=clone.root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert what.partition("has conflict markers of git: ")[2].rstrip(".") in done.stderr
