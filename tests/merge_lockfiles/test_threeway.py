"""The three-way merge of pins, against what each side did as a list of edits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from devflow.merge_lockfiles.facts import Side
from devflow.merge_lockfiles.threeway import Tie, merge_pins

PINS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123"))
SIDES = st.sampled_from(list(Side))


def edits(base: dict[str, str], side: dict[str, str]) -> dict[str, str | None]:
    """What a side did: project → new version, None if it was removed."""
    return {name: side.get(name) for name in {*base, *side} if base.get(name) != side.get(name)}


@given(PINS, PINS, PINS, SIDES)
def test_each_edit_is_applied(base: dict[str, str], ours: dict[str, str], theirs: dict[str, str], shared: Side) -> None:
    merged = merge_pins(base, ours, theirs, shared=shared)
    by_ours, by_theirs = edits(base, ours), edits(base, theirs)
    expected = dict(base)
    tied = set()
    for name in {*by_ours, *by_theirs}:
        versions = {edit[name] for edit in (by_ours, by_theirs) if name in edit}
        if len(versions) == 1:
            [version] = versions
            # What one side removes stays a pin as long as the other side has it.
            version = version or ours.get(name) or theirs.get(name)
        elif None in versions:
            [version] = versions - {None}
        else:
            tied.add(name)
            version = (ours if shared is Side.OURS else theirs)[name]
        expected.pop(name, None)
        if version:
            expected[name] = version
    assert merged.pins == expected
    assert {tie.name for tie in merged.ties} == tied
    assert not tied & set(merged.sides)


@given(PINS, PINS, PINS, SIDES)
def test_the_sides_are_mirrored(
    base: dict[str, str], ours: dict[str, str], theirs: dict[str, str], shared: Side
) -> None:
    one = merge_pins(base, ours, theirs, shared=shared)
    other = merge_pins(base, theirs, ours, shared=shared.other)
    assert one.pins == other.pins
    assert one.sides == {name: side.other for name, side in other.sides.items()}
    assert one.ties == tuple(Tie(tie.name, tie.theirs, tie.ours, tie.chosen) for tie in other.ties)


@given(PINS, PINS, SIDES)
def test_one_side_alone_wins(base: dict[str, str], side: dict[str, str], shared: Side) -> None:
    merged = merge_pins(base, base, side, shared=shared)
    assert {name: version for name, version in merged.pins.items() if name in side} == side
    assert not merged.ties
    assert merge_pins(base, side, side, shared=shared).pins == side


def test_the_pages_example() -> None:
    base = {"boto3": "1.26.0", "yarl": "1.9.4"}
    ours = {"aiohttp": "3.9.1", "boto3": "1.27.4", "yarl": "1.9.4"}
    theirs = {"boto3": "1.28.0", "redis": "5.0.1", "yarl": "1.9.4"}
    merged = merge_pins(base, ours, theirs, shared=Side.THEIRS)
    assert merged.pins == {"aiohttp": "3.9.1", "boto3": "1.28.0", "redis": "5.0.1", "yarl": "1.9.4"}
    assert merged.sides == {"aiohttp": Side.OURS, "redis": Side.THEIRS}
    assert merged.ties == (Tie("boto3", "1.27.4", "1.28.0", "1.28.0"),)
