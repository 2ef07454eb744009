"""Which third-party requirements a virtualenv lacks."""

from __future__ import annotations

import pytest

from devflow.link.facts import InstalledDistribution
from devflow.link.requirements import check_requirements, python_fits, python_for_all

MARKERS = {"python_version": "3.11", "python_full_version": "3.11.7", "sys_platform": "linux", "os_name": "posix"}
INSTALLED = {
    one.key: one
    for one in (
        InstalledDistribution("A.b", "1.5", ("below>=2", "extra-one; extra == 'fast'")),
        InstalledDistribution("below", "2.0rc1"),
        InstalledDistribution("loop", "1", ("loop[x]", "A_b")),
        InstalledDistribution("odd", "not a version"),
    )
}
OWN = {"own": ("below>=2; extra == 'low'", "own[high]; extra == 'low'", "high; extra == 'high'")}


@pytest.mark.parametrize(
    ("requires", "pins", "missing", "projects"),
    [
        ((), {}, (), 0),
        (("a-b>=1", "A_B<2"), {}, ("below>=2",), 2),
        (("a-b>2",), {}, ("a-b>2",), 1),
        (("A.B[fast]",), {"below": "2.0rc1"}, ("below==2.0rc1", "extra-one"), 3),
        (("below==2.0rc1",), {}, (), 1),
        (("below",), {"below": "2.0.0rc1"}, (), 1),
        (("below",), {"below": "2.1"}, ("below==2.1",), 1),
        (("win; sys_platform == 'win32'", "own==1"), {}, (), 0),
        (("new>1", "new<3", "new"), {}, ("new<3,>1",), 1),
        (("loop",), {}, ("below>=2",), 3),
        (("odd>=1", "odd"), {}, (), 1),
        (("own[low]", "own"), {}, ("below>=2", "high"), 2),
        (("not a (requirement",), {}, (), 0),
    ],
)
def test_missing(requires: tuple[str, ...], pins: dict[str, str], missing: tuple[str, ...], projects: int) -> None:
    found = check_requirements(requires, INSTALLED, MARKERS, own=OWN, pins=pins)
    assert (found.missing, found.projects, found.present) == (missing, projects, projects - len(missing))


@pytest.mark.parametrize(
    ("wanted", "fits"), [(None, True), (">=3.9", True), (">=3.12", False), ("==3.11.*", True), ("?", True)]
)
def test_python(wanted: str | None, fits: bool) -> None:
    assert python_fits(wanted, "3.11.7") is fits


@pytest.mark.parametrize(
    ("wanted", "python"),
    [
        ((), "python3.8"),
        ((None, ">=3.11"), "python3.11"),
        ((">=3.9", "<3.12,>=3.10.4"), "python3.10"),
        (("==3.12.50",), "python3.12"),
        ((">=3.12", "<3.12"), "python3"),
        ((">=4",), "python3"),
    ],
)
def test_a_python_for_all(wanted: tuple[str | None, ...], python: str) -> None:
    assert python_for_all(wanted) == python
