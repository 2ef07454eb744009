from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.errors import UserError
from devflow.common.units import duration, parse_duration, parse_size, size


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [("0", 0), ("10", 10), ("1k", 1024), ("1.5 MiB", 1572864), ("10GiB", 10 * 1024**3), ("2tb", 2 * 1024**4)],
)
def test_sizes(text: str, size_bytes: int) -> None:
    assert parse_size(text, option="--max-size") == size_bytes


@pytest.mark.parametrize(
    ("text", "duration_s"),
    [("90s", 90), ("5 min", 300), ("5m", 300), ("12h", 43200), ("14d", 1209600), ("1.5w", 907200)],
)
def test_durations(text: str, duration_s: float) -> None:
    assert parse_duration(text, option="--older-than") == duration_s


@pytest.mark.parametrize("text", ["", "ten", "10 parsecs", "-1GiB", "1GiB2", "GiB"])
def test_what_is_no_size_is_an_error_with_an_example(text: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_size(text, option="--max-size")
    assert caught.value.problem.what == f"--max-size={text} is not a size."
    assert caught.value.problem.fix.endswith("--max-size=10GiB")


@pytest.mark.parametrize("text", ["14", "d", "14x", "14 d ago"])
def test_a_duration_without_a_unit_is_not_guessed_at(text: str) -> None:
    with pytest.raises(UserError, match="is not a duration"):
        parse_duration(text, option="--older-than")


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KiB"),
        (123456, "121 KiB"),
        (5 * 1024**3, "5.0 GiB"),
        (1024**5, "1024.0 TiB"),
    ],
)
def test_sizes_are_shown_in_the_unit_that_fits(size_bytes: int, text: str) -> None:
    assert size(size_bytes) == text


@given(st.floats(min_value=0, max_value=1e15))
def test_a_size_that_is_shown_can_be_read_again(size_bytes: float) -> None:
    assert parse_size(size(size_bytes), option="--max-size") == pytest.approx(size_bytes, rel=0.06, abs=1)


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [(0, "0 s"), (-1, "0 s"), (61, "1 min 1 s"), (3600, "1 h"), (90061, "1 d 1 h"), (86401, "1 d")],
)
def test_durations_are_shown_in_two_units(duration_s: float, text: str) -> None:
    assert duration(duration_s) == text
