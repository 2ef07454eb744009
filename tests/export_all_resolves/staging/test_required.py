"""What pex refuses of distributions that it has resolved is found without pex."""

from __future__ import annotations

import sys

import pytest

from devflow.export_all_resolves.staging.required import unmet

MARKERS = {"python_version": "3.11", "sys_platform": "linux", "python_full_version": "3.11.7"}


def metadata(name: str, version: str, *requires: str) -> bytes:
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {text}" for text in requires)]
    return "\n".join(["Metadata-Version: 2.1", *lines, "", "Requires-Dist: not-a-header"]).encode()


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        ("b", None),
        ("B_b.b>=1", None),
        ("b>=1; python_version >= '3.9'", None),
        ("b (>=1,<3)", None),
        ("c; python_version < '3.9'", None),
        ("c; extra == 'more'", None),
        ("c; extra == 'more' and sys_platform == 'linux'", None),
        ("b[more]>=1", None),
        ("b>=1.0", None),
        ("c", "a 1.0 requires c, and its lockfile does not pin c"),
        (
            "c>=2; sys_platform == 'linux'",
            'a 1.0 requires c>=2; sys_platform == "linux", and its lockfile does not pin c',
        ),
        ("b<2", "a 1.0 requires b<2, and its lockfile pins 2.0.dev1"),
        ("b==2.0", "a 1.0 requires b==2.0, and its lockfile pins 2.0.dev1"),
    ],
)
def test_a_requirement(requires: str, expected: str | None) -> None:
    """A version that is no final release counts, as for pex."""
    found = unmet([metadata("a", "1.0", requires), metadata("b", "2.0.dev1"), metadata("b-B-b", "2.0")], MARKERS)
    assert found == expected


def test_nothing_is_unmet_of_nothing() -> None:
    assert unmet([], MARKERS) is None


def test_a_requirement_that_is_none() -> None:
    found = unmet([metadata("a", "1.0", "!")], MARKERS)
    assert found is not None
    assert found.startswith("a requirement of a 1.0 is not understood: ")


def test_an_interpreter_without_packaging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "packaging.requirements", None)  # type: ignore[misc]
    found = unmet([metadata("a", "1.0", "b")], MARKERS)
    assert found == "what its distributions require is not known, because the interpreter of Pants has no `packaging`"
