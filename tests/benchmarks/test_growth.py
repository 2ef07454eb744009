import math
import re
from xml.etree import ElementTree

import pytest
from growth import Measurement, exponent, growth_table, growth_text, ratio_text, rows_of, time_text
from plot import svg
from remote_cache import RemoteRow, counters, remote_table


def measurement(amount: int, *ours: float, state: str = "warm", goal: str = "release", **more: object) -> Measurement:
    fields = {"floor": [0.5], "unit": "fragments", **more}
    return Measurement(goal=goal, state=state, amount=amount, ours=ours, **fields)  # type: ignore[arg-type]


SMALL = measurement(10, 1.0, 0.9, 7.0, other_name="towncrier by hand", other=[0.25])
LARGE = measurement(1000, 10.0, 10.0, other_name="towncrier by hand", other=[200.0])


def test_medians_and_not_means_are_set_against_each_other() -> None:
    assert SMALL.seconds == 1.0
    assert SMALL.of_floor == 2.0
    assert SMALL.of_other == 4.0


def test_without_another_way_there_is_no_ratio() -> None:
    assert measurement(10, 1.0).of_other is None


@pytest.mark.parametrize(
    ("few_s", "many_s", "power"), [(1.0, 1.0, 0.0), (1.0, 100.0, 1.0), (1.0, 10.0, 0.5), (1.0, 10_000.0, 2.0)]
)
def test_the_exponent_says_how_time_grows_with_the_amount(few_s: float, many_s: float, power: float) -> None:
    found = exponent(measurement(10, few_s), measurement(1000, many_s))
    assert found is not None
    assert math.isclose(found, power, abs_tol=1e-9)


def test_one_amount_says_nothing_about_growth() -> None:
    assert exponent(SMALL, SMALL) is None
    assert growth_text(SMALL, SMALL) == "-"


def test_growth_is_said_in_figures_that_can_be_checked() -> None:
    assert growth_text(SMALL, LARGE) == "10.0x for 100x (n^0.50)"


def test_a_row_is_a_goal_in_a_state_from_the_smallest_amount_up() -> None:
    other = measurement(3, 1.0, goal="ide-config")
    cold = measurement(10, 2.0, state="cold")
    assert list(rows_of([other, LARGE, cold, SMALL])) == [[other], [cold], [SMALL, LARGE]]


def test_the_table_has_a_figure_for_each_amount() -> None:
    assert growth_table([LARGE, SMALL]).splitlines()[2:] == [
        "| `release` | warm | 10 / 1,000 fragments | 1.00 s / 10.0 s | 2.00 / 20 | towncrier by hand | 4.00 / 1/20 "
        "| 10.0x for 100x (n^0.50) |"
    ]


def test_the_table_says_where_a_comparison_is_missing() -> None:
    there_was_no_time = measurement(1000, 10.0, other_name="towncrier by hand")
    assert "| 4.00 / - |" in growth_table([SMALL, there_was_no_time])
    assert "| - | - | - |" in growth_table([measurement(10, 1.0)])


@pytest.mark.parametrize(("seconds", "text"), [(0.356, "0.36 s"), (12.34, "12.3 s"), (123.4, "123 s")])
def test_times(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


@pytest.mark.parametrize(
    ("ratio", "text"), [(None, "-"), (0.004, "1/250"), (0.5, "0.50"), (1.234, "1.23"), (37.5, "38")]
)
def test_ratios(ratio: float, text: str) -> None:
    assert ratio_text(ratio) == text


def points(picture: str) -> list[list[tuple[float, float]]]:
    lines = re.findall(r'<polyline points="([^"]*)"', picture)
    return [[(float(x), float(y)) for x, y in (point.split(",") for point in line.split())] for line in lines]


def test_the_picture_is_well_formed_and_has_a_panel_for_each_goal() -> None:
    picture = svg([SMALL, LARGE, measurement(5, 1.0, goal="a<b")], "Growth & size")
    root = ElementTree.fromstring(picture)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"release", "a<b", "1,000", "cold", "warm", "changed", "trivial goal"} <= set(texts)
    titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert {"Growth & size", "warm, 1,000 fragments: 10.0 s"} <= set(titles)


def test_more_is_further_right_and_slower_is_higher() -> None:
    warm, floor = points(svg([SMALL, LARGE], "Growth"))
    (few_x, few_y), (many_x, many_y) = warm
    assert few_x < many_x
    assert few_y > many_y  # the y of SVG grows downwards
    assert floor[0][1] == floor[1][1] > few_y


def test_points_stay_inside_the_picture() -> None:
    extremes = [measurement(1, 0.001), measurement(10**6, 5000.0)]
    picture = svg(extremes, "Growth")
    width, height = map(float, re.findall(r'viewBox="0 0 (\d+) (\d+)"', picture)[0])
    for line in points(picture):
        assert all(0 < x < width and 0 < y < height for x, y in line)


def test_equal_amounts_and_equal_times_can_be_drawn() -> None:
    assert points(svg([measurement(10, 1.0, floor=[1.0])], "Growth")) == [[(179.0, 206.0)], [(179.0, 206.0)]]


COUNTERS = """\
01:13:06.80 [INFO] Counters:
  local_cache_requests: 7
  remote_cache_requests: 3
  remote_cache_requests_cached: 2
  remote_cache_requests_uncached: 1
"""


def test_the_counters_of_pants_are_read() -> None:
    assert counters(COUNTERS) == (3, 2)
    assert counters("") == (0, 0)


@pytest.mark.parametrize(("asked", "served", "verdict"), [(3, 3, "PASS"), (3, 2, "MISS"), (2, 2, "MISS")])
def test_a_second_machine_must_be_served_all(asked: int, served: int, verdict: str) -> None:
    row = RemoteRow("release", "run it", 3, 0, asked, served, 20.0, 2.0)
    assert row.as_json()["verdict"] == verdict
    assert remote_table([row]).splitlines()[-1] == (
        f"| `release` | run it | 0 of 3 | {served} of {asked} | 20.0 s | 2.00 s | {verdict} |"
    )


def test_no_rows_no_table() -> None:
    assert remote_table([]) == ""
