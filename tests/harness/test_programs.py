from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType

import pytest

from harness import programs
from harness.programs import PROGRAMS, REQUIRE_ALL, Program

PINS = Path.cwd() / "tests" / "harness" / "editors"
MISSING = "loom is missing: cloth is woven. To get it: apt-get install loom"


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRE_ALL, raising=False)
    made_up = {
        "loom": Program(lambda: False, "cloth is woven", "apt-get install loom"),
        "needle": Program(lambda: True, "it is sewn", "apt-get install needle"),
    }
    monkeypatch.setattr(programs, "PROGRAMS", MappingProxyType(made_up))


def item(request: pytest.FixtureRequest, *names: str) -> pytest.Item:
    """A test that wants these programs."""
    new: pytest.Item = pytest.Function.from_parent(  # type: ignore[no-untyped-call]
        request.node.parent, name="wanting", callobj=lambda: None
    )
    new.add_marker(pytest.mark.needs(*names))
    return new


def test_a_program_that_is_here(request: pytest.FixtureRequest) -> None:
    programs.require(item(request, "needle"))


def test_a_missing_program_skips(request: pytest.FixtureRequest) -> None:
    with pytest.raises(pytest.skip.Exception) as skipped:
        programs.require(item(request, "needle", "loom"))
    assert str(skipped.value) == MISSING


def test_a_missing_program_fails_where_all_are_required(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(REQUIRE_ALL, "1")
    programs.require(item(request, "needle"))
    with pytest.raises(pytest.fail.Exception) as failed:
        programs.require(item(request, "loom"))
    assert str(failed.value) == f"{MISSING}\n{REQUIRE_ALL} is set, so nothing may be missing."


def test_an_unknown_program_is_an_error(request: pytest.FixtureRequest) -> None:
    with pytest.raises(pytest.UsageError, match=r"no such program: \['lom'\]. There are: loom, needle"):
        programs.require(item(request, "lom"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_program_says_whether_it_is_here(name: str) -> None:
    assert PROGRAMS[name].is_here() in (True, False)


def test_pins_of_the_npm_registry_are_hashes_and_no_addresses() -> None:
    text = (PINS / "package-lock.json").read_text()
    assert "resolved" not in text
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert packages.pop("")["dependencies"] == json.loads((PINS / "package.json").read_text())["dependencies"]
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())


def test_pins_of_the_package_index_are_hashes_and_no_addresses() -> None:
    text = (PINS / "editors.lock").read_text()
    assert "://" not in text
    assert "--index" not in text
    assert text.count("==") <= text.count("--hash=sha256:")
