"""Pins are given up as pip names them: never more than needed, and never without an end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.locking.facts import ReleasedPin
from devflow.locking.ladder import ROUNDS, Ladder, pins_to_release

# As pip 23.1 prints it, through pex 2.1.137.
OUTPUT = """\
pid 12 -> /pex_root/venvs/pip install exited with 1 and STDERR:
ERROR: Cannot install requests==2.28.2 because these package versions have conflicting dependencies.
ERROR: ResolutionImpossible: for help visit the documentation

The conflict is caused by:
    requests 2.28.2 depends on urllib3<1.27 and >=1.21.1
    The user requested click>=8.1
    The user requested (constraint) urllib3==2.0.1
    The user requested (constraint) Click==8.0.4
"""


def test_what_pip_names_is_released_with_its_reason() -> None:
    assert pins_to_release(OUTPUT, {"urllib3": "2.0.1", "click": "8.0.4", "idna": "3.4"}) == (
        ReleasedPin("click", "8.0.4", "The user requested click>=8.1"),
        ReleasedPin("urllib3", "2.0.1", "requests 2.28.2 depends on urllib3<1.27 and >=1.21.1"),
    )


@pytest.mark.parametrize(
    "output",
    [
        "ERROR: No matching distribution found for aiohtttp",
        "ERROR: Could not find a version that satisfies the requirement urllib3==2.0.1",
        "Network is unreachable",
    ],
)
def test_another_failure_is_final(output: str) -> None:
    assert Ladder({"urllib3": "2.0.1"}).after(output) is None


def test_a_failure_without_a_name_after_releases_gives_up_all() -> None:
    first = Ladder({"urllib3": "2.0.1", "idna": "3.4"}).after(OUTPUT)
    assert first == Ladder({"idna": "3.4"}, (ReleasedPin("urllib3", "2.0.1", first.released[0].because),), rounds=1)  # type: ignore[union-attr]
    last = first.after("ERROR: ResolutionImpossible") if first else None
    assert last
    assert (last.pins, last.free) == ({}, True)
    assert last.after(OUTPUT) is None


@given(st.dictionaries(st.sampled_from("abcdefghijkl"), st.just("1"), min_size=1))
def test_it_ends(pins: dict[str, str]) -> None:
    ladder: Ladder | None = Ladder(pins)
    tried: list[Ladder] = []
    while ladder:
        tried.append(ladder)
        blamed = min(ladder.pins, default="")
        ladder = ladder.after(f"The user requested (constraint) {blamed}==1\n")
    assert len(tried) <= ROUNDS + 2
    for one, following in zip(tried, tried[1:]):
        assert set(following.pins) < set(one.pins)
        assert {*following.pins, *(pin.name for pin in following.released)} == set(pins) or following.free


def test_newer_pex_puts_its_own_words_before_each_line_of_pip() -> None:
    output = "\n".join(f"pip: {line.strip()}" for line in OUTPUT.splitlines())
    pins = {"urllib3": "2.0.1", "click": "8.0.4"}
    assert pins_to_release(output, pins) == pins_to_release(OUTPUT, pins)


def test_what_uv_names_is_released() -> None:
    output = (
        "  x No solution found when resolving dependencies:\n"
        "  ╰─▶ Because your project depends on theirs>=2 and theirs==1.0, we can conclude that your\n"
        "      project's requirements are unsatisfiable.\n"
    )
    told = (
        "Because your project depends on theirs>=2 and theirs==1.0, we can conclude that your project's "
        "requirements are unsatisfiable."
    )
    released = pins_to_release(output, {"theirs": "1.0", "ours": "1.0", "not-theirs": "1.0"})
    assert released == (ReleasedPin("theirs", "1.0", told),)
    assert pins_to_release("error: Failed to fetch theirs==1.0", {"theirs": "1.0"}) == ()
