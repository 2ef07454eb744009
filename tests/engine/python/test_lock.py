"""The helpers that make lockfiles, with the real pex and an index of our own: as the builtin rule, but for the pins."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from pants.backend.python.goals.lockfile import RequestedPythonUserResolveNames
from pants.backend.python.subsystems.setup import PythonSetup
from pants.core.goals.generate_lockfiles import GenerateLockfilesSubsystem
from pants.engine.rules import rule
from pants.testutil.rule_runner import RuleRunner

from devflow.engine import digest_contents
from devflow.engine.python.lock import files_of_lock, is_made_by_pex, try_pex_lock
from devflow.engine.resolves import make_lockfile, planned_lockfiles
from devflow.locking.ladder import pins_to_release
from devflow.locking.pinned import without_pins
from devflow.locking.reading import read_lockfile
from engine.answer import Answer
from engine.lock_runner import lock_runner
from engine.recorder import executes
from harness.package_index import make_index
from harness.solver import Index

THIS_PYTHON = f"=={sys.version_info.major}.{sys.version_info.minor}.*"
INDEX: Index = {"Lib-A": {"1.0": ("lib.b>=1",), "2.0": ("lib.b>=2",)}, "lib.b": {"1.0": (), "2.0": (), "3.0": ()}}


@dataclass(frozen=True)
class AboutLock:
    pins: tuple[str, ...] = ()


@rule
async def see_lock(about: AboutLock, python_setup: PythonSetup, options: GenerateLockfilesSubsystem) -> Answer:
    [request] = await planned_lockfiles(RequestedPythonUserResolveNames(["main"]))
    if not about.pins:
        made = await make_lockfile(request)
        [file] = await digest_contents(made.digest)
        return Answer({"pex": is_made_by_pex(request), "text": file.content.decode()})
    result = await try_pex_lock(request, about.pins, python_setup)
    if result.exit_code:
        return Answer({"failed": result.stderr.decode()})
    [file] = await digest_contents(result.output_digest)
    pins = dict(pin.split("==") for pin in about.pins)
    body = without_pins(file.content.decode(), pins)
    files = await files_of_lock(request, body.encode(), python_setup, options)
    return Answer({"raw": file.content.decode(), "files": {path: text.decode() for path, text in files.items()}})


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> RuleRunner:
    index = make_index(tmp_path_factory.mktemp("index"), INDEX)
    return lock_runner(
        see_lock,
        AboutLock,
        f"--python-interpreter-constraints=['{THIS_PYTHON}']",
        f"--python-repos-find-links=['{index}']",
    )


def test_an_index_of_our_own_is_the_same_each_time(tmp_path: Path) -> None:
    for directory in ("one", "other"):
        make_index(tmp_path / directory, INDEX)
    one, other = ([path.read_bytes() for path in sorted((tmp_path / name).iterdir())] for name in ("one", "other"))
    assert one == other
    assert len(one) == 5


@executes("planned_lockfiles", "make_lockfile", "try_pex_lock", "files_of_lock")
def test_with_all_its_pins_a_lock_is_that_of_the_builtin_rule(runner: RuleRunner) -> None:
    stock_lock = runner.request(Answer, [AboutLock()])
    assert stock_lock.pex
    pins = read_lockfile(stock_lock.text).pins
    assert pins == {"lib-a": "2.0", "lib-b": "3.0"}
    ours = runner.request(Answer, [AboutLock(tuple(f"{name}=={version}" for name, version in pins.items()))])
    assert ours.files == {"main.lock": stock_lock.text}
    assert "lib-b==3.0" in ours.raw


def test_older_pins_are_kept(runner: RuleRunner) -> None:
    locked = runner.request(Answer, [AboutLock(("lib-b==2.0", "unneeded==7"))])
    assert read_lockfile(locked.files["main.lock"]).pins == {"lib-a": "2.0", "lib-b": "2.0"}
    assert '"constraints": []' in locked.files["main.lock"]


def test_pip_names_the_pins_that_are_in_the_way(runner: RuleRunner) -> None:
    failed = runner.request(Answer, [AboutLock(("lib-a==2.0", "lib-b==1.0"))]).failed
    named = pins_to_release(failed, {"lib-a": "2.0", "lib-b": "1.0"})
    assert {pin.name for pin in named} >= {"lib-b"}, failed
    [reason] = [pin.because for pin in named if pin.name == "lib-b"]
    assert "depends on lib" in reason


def test_a_pin_that_the_index_no_longer_has_is_named_too(runner: RuleRunner) -> None:
    failed = runner.request(Answer, [AboutLock(("lib-b==0.9",))]).failed
    assert [pin.name for pin in pins_to_release(failed, {"lib-b": "0.9"})] == ["lib-b"], failed
