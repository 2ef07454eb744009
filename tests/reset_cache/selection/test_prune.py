from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from devflow.common.removal.facts import Usage
from devflow.common.removal.inode import Identity
from devflow.reset_cache.facts import EXECUTION, NAMED_CACHES, STORE, FoundLocation, Location, Target
from devflow.reset_cache.selection.prune import choose
from devflow.reset_cache.selection.request import ResetRequest

NOW_S = 1_000_000.0
ENTRIES = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), max_size=8, unique_by=lambda entry: entry[1])


def of(scope: str, *entries: tuple[float, float], leftover: bool = False) -> FoundLocation:
    """A location with an entry for each size and age."""
    targets = tuple(
        Target(f"/{scope}/{number}", Identity(1, number), leftover=leftover, usage=Usage(size, 1, NOW_S - age))
        for number, (size, age) in enumerate(entries)
    )
    return FoundLocation(Location(scope, f"/{scope}", "x", entries_age=scope != STORE), exists=True, targets=targets)


def request(**limits: float) -> ResetRequest:
    return ResetRequest((), now_s=NOW_S, older_than_s=limits.get("older"), max_size_bytes=limits.get("most"))  # type: ignore[arg-type]


def names(found: FoundLocation, asked: ResetRequest) -> list[str]:
    return [target.path for target in choose(found, asked, ())[0]]


def test_entries_go_by_their_age() -> None:
    assert names(of(EXECUTION, (1, 10), (1, 100)), request(older=50)) == ["/execution/1"]


def test_the_oldest_entries_go_until_the_rest_is_small_enough() -> None:
    found = of(NAMED_CACHES, (40, 1), (30, 3), (20, 2), (10, 4))
    assert names(found, request(most=60)) == ["/named-caches/1", "/named-caches/3"]


def test_both_limits_hold() -> None:
    found = of(NAMED_CACHES, (40, 1), (30, 3), (20, 100))
    assert names(found, request(most=50, older=50)) == ["/named-caches/1", "/named-caches/2"]


def test_a_store_goes_as_a_whole_or_not_at_all() -> None:
    assert names(of(STORE, (100, 10)), request(most=99)) == ["/store/0"]
    assert names(of(STORE, (100, 10)), request(most=100)) == []
    assert names(of(STORE, (100, 10)), request(older=9)) == ["/store/0"]
    kept = choose(of(STORE, (100, 10)), request(older=10), ())[1]
    assert [(one.path, one.reason) for one in kept] == [("/store/0", "100 B, changed 10 s ago")]


def test_leftovers_of_killed_resets_always_go() -> None:
    assert names(of(STORE, (1, 1), leftover=True), request(older=1000)) == ["/store/0"]


@given(ENTRIES, st.integers(0, 3000))
def test_what_stays_is_within_the_limit_and_newer_than_what_goes(entries: list[tuple[int, int]], most: int) -> None:
    found = of(NAMED_CACHES, *entries)
    goes, kept = choose(found, request(most=most), ())
    stays = [target for target in found.targets if target not in goes]
    assert {one.path for one in kept} == {target.path for target in stays}
    usages = [target.usage or Usage() for target in stays]
    assert sum(usage.size_bytes for usage in usages) <= most
    gone = [target.usage or Usage() for target in goes]
    assert max((usage.changed_s for usage in gone), default=0) <= min(
        (usage.changed_s for usage in usages), default=NOW_S
    )
    # Nothing goes needlessly: with the newest of what went, it would be too much.
    if gone:
        newest = max(gone, key=lambda usage: usage.changed_s)
        assert sum(usage.size_bytes for usage in usages) + newest.size_bytes > most
