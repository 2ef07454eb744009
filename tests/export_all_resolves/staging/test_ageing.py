"""Parts that no export has, and that none has used for long, are removed; the others stay."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.export_all_resolves.staging import unchanged
from devflow.export_all_resolves.staging.ageing import DAY_S, UNUSED_S, in_use, remove_unused, unused
from devflow.export_all_resolves.staging.part_cache import read_record

NOW_S = 2_000_000_000.0
LONG_S = UNUSED_S + DAY_S


class Cache:
    """A cache that was looked at a week ago, as of NOW_S."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "cache"
        self.directory.mkdir()
        self.lock = self.directory / ".lock"
        self.lock.touch()
        self.age(self.lock, 7 * DAY_S)

    def age(self, path: Path, age_s: float) -> None:
        os.utime(path, (NOW_S - age_s, NOW_S - age_s))

    def part(self, number: int, age_s: float = LONG_S, project: str = "a") -> Path:
        path = self.directory / project / f"{number:032x}"
        (path / "files").mkdir(parents=True)
        (path / "part.json").write_text('{"root": "/x"}')
        self.age(path / "part.json", age_s)
        self.age(path, LONG_S)
        return path

    def export(self, path: Path, parts: Iterable[Path], *, number: int = 0, age_s: float = LONG_S) -> Path:
        path.mkdir(parents=True, exist_ok=True)
        record = self.directory / "exports" / f"{number:032x}"
        record.parent.mkdir(parents=True, exist_ok=True)
        finished = unchanged.Finished(str(path))
        unchanged.write(str(path), str(record), {str(part): [] for part in parts}, finished)
        self.age(record, age_s)
        return record

    def look(self) -> None:
        remove_unused(str(self.directory), NOW_S)


@pytest.fixture()
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path)


NAMES = st.sampled_from("abcdef")
PARTS = st.dictionaries(NAMES, st.integers(0, int(NOW_S)))


@given(PARTS, st.sets(NAMES), st.integers(0, int(NOW_S)))
def test_what_is_needed_or_was_used_stays(last_uses: dict[str, float], needed: set[str], now_s: int) -> None:
    gone = set(unused(last_uses, needed, now_s))
    assert not gone & needed
    for part, used_s in last_uses.items():
        assert (part in gone) == (part not in needed and now_s - used_s > UNUSED_S)


def test_what_nobody_has_used_for_long_goes(cache: Cache) -> None:
    old, recent, old_base = cache.part(1), cache.part(2, DAY_S), cache.part(3, project="base")
    cache.look()
    assert [path.exists() for path in (old, recent, old_base)] == [False, True, False]
    assert sorted(path.name for path in cache.directory.rglob("*") if path.name.startswith(".")) == [".lock"]


def test_what_an_export_was_made_from_stays_as_long_as_that(cache: Cache, tmp_path: Path) -> None:
    part = cache.part(1)
    record = cache.export(tmp_path / "dist/3.11.7", [part])
    cache.look()
    assert part.exists()
    (tmp_path / "dist/3.11.7").rmdir()
    cache.age(cache.lock, 7 * DAY_S)
    cache.look()
    assert not part.exists()
    assert not record.exists()


def test_links_go_with_what_they_lead_to(cache: Cache, tmp_path: Path) -> None:
    old, recent = cache.part(1), cache.part(2, DAY_S)
    links = [old.with_name(f"{number:032x}") for number in (3, 4)]
    for link, part in zip(links, (old, recent)):
        link.symlink_to(part.name)
    of_the_user = old.with_name("a link of the user")
    of_the_user.symlink_to("nowhere")
    cache.look()
    assert [path.is_symlink() for path in (*links, of_the_user)] == [False, True, True]
    assert recent.exists()


def test_a_cache_that_was_moved(cache: Cache, tmp_path: Path) -> None:
    part = cache.part(1)
    cache.export(tmp_path / "dist/3.11.7", [Path("/elsewhere/named", *part.parts[-2:])])
    cache.look()
    assert part.exists()


def test_of_two_records_of_an_export_the_newer_counts(cache: Cache, tmp_path: Path) -> None:
    before, after = cache.part(1), cache.part(2)
    older = cache.export(tmp_path / "dist/3.11.7", [before], number=1, age_s=LONG_S)
    newer = cache.export(tmp_path / "dist/3.11.7", [after], number=2, age_s=DAY_S)
    cache.look()
    assert [path.exists() for path in (before, older, after, newer)] == [False, False, True, True]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"export": 1, "parts": 2}', "null"])
def test_a_record_that_is_not_understood_keeps_nothing(cache: Cache, content: str) -> None:
    part = cache.part(1)
    record = cache.directory / "exports" / f"{0:032x}"
    record.parent.mkdir()
    record.write_text(content)
    cache.look()
    assert not part.exists()
    assert not record.exists()


def test_it_looks_once_a_day(cache: Cache) -> None:
    cache.look()
    part = cache.part(1)
    cache.look()
    assert part.exists()
    cache.age(cache.lock, DAY_S + 1)
    cache.look()
    assert not part.exists()


def test_a_new_cache_is_left_alone(tmp_path: Path) -> None:
    remove_unused(str(tmp_path / "cache"), time.time())
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_nothing_goes_while_an_export_is_made(cache: Cache) -> None:
    part = cache.part(1)
    with in_use(str(cache.directory)), in_use(str(cache.directory)):
        cache.look()
    assert part.exists()
    cache.look()
    assert not part.exists()


def test_a_cache_that_cannot_be_locked_is_used(cache: Cache) -> None:
    cache.lock.unlink()
    cache.lock.mkdir()
    with in_use(str(cache.directory)):
        pass
    with pytest.raises(IsADirectoryError):
        cache.look()


def test_what_killed_runs_left_goes_after_a_day(cache: Cache) -> None:
    cache.part(1, DAY_S)
    old, growing = (cache.directory / "a" / name for name in (".+old", ".+new"))
    for path, age_s in ((old, 2 * DAY_S), (growing, 60)):
        path.mkdir()
        cache.age(path, age_s)
    cache.look()
    assert [path.exists() for path in (old, growing)] == [False, True]


def test_files_of_others_and_links_stay(cache: Cache, tmp_path: Path) -> None:
    outside = tmp_path / "outside" / f"{1:032x}"
    outside.mkdir(parents=True)
    cache.age(outside, LONG_S)
    (cache.directory / "a").mkdir()
    (cache.directory / "a" / "README").write_text("")
    (cache.directory / "a" / f"{1:032x}").symlink_to(outside)
    (cache.directory / "linked").symlink_to(outside.parent)
    cache.look()
    assert outside.is_dir()
    assert (cache.directory / "a" / "README").exists()


@pytest.mark.parametrize(("age_s", "is_recorded"), [(60, False), (2 * DAY_S, True)])
def test_a_use_is_recorded_once_a_day(cache: Cache, age_s: float, is_recorded: bool) -> None:
    part = cache.part(1)
    then = time.time() - age_s
    os.utime(part / "part.json", (then, then))
    assert read_record(str(part), "gone") == {"root": "/x"}
    assert ((part / "part.json").stat().st_mtime > then + 1) is is_recorded
