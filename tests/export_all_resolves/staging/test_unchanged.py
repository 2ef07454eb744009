"""A file of the old export is taken only if nobody has touched it."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import trees, unchanged
from devflow.export_all_resolves.staging.unchanged import Finished, OldExport

PART = "/cache/part"


@pytest.fixture()
def record(tmp_path: Path) -> Path:
    return tmp_path / "cache/exports/0123"


@pytest.fixture()
def export(tmp_path: Path, record: Path) -> Path:
    """An export with one recorded file."""
    path = tmp_path / "export"
    (path / "lib").mkdir(parents=True)
    (path / "lib/a.py").write_text("content")
    record.parent.mkdir(parents=True)
    write(path, record)
    return path


def write(export: Path, record: Path, *names: str) -> None:
    finished = Finished(str(export / "lib/a.py"))
    unchanged.write(str(export), str(record), {PART: ["lib/a.py", *names]}, finished)


def taken(export: Path, record: Path, name: str = "lib/a.py", part: str = PART) -> Path:
    source, target = record.parent / "a.py", export.parent / "new" / name
    source.write_text("content")
    target.parent.mkdir(parents=True, exist_ok=True)
    old = OldExport.read(str(export), str(record))
    with old.giving_to(str(export.parent / "new")):
        if not old.gives(name, old.of(part).get(name)):
            trees.clone(str(source), str(target))
    return target


def test_an_unchanged_file_is_linked(export: Path, record: Path) -> None:
    assert taken(export, record).samefile(export / "lib/a.py")


def _edit_in_place(file: Path) -> None:
    status = file.stat()
    file.write_text("edited!")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))  # as if nothing had happened


def _replace(file: Path) -> None:
    file.with_name("other").write_text("content")
    file.with_name("other").replace(file)


def _link(file: Path) -> None:
    os.link(file, file.with_name("other"))


def _link_and_unlink(file: Path) -> None:
    _link(file)
    file.with_name("other").unlink()


def _make_link(file: Path) -> None:
    file.rename(file.with_name("other"))
    file.symlink_to("other")


@pytest.mark.parametrize(
    "touch",
    [_edit_in_place, _replace, _link, _link_and_unlink, _make_link, Path.unlink, lambda file: file.chmod(0o755)],
)
def test_a_file_that_was_touched_is_copied_from_the_cache(
    export: Path, record: Path, touch: Callable[[Path], object]
) -> None:
    touch(export / "lib/a.py")
    target = taken(export, record)
    assert target.read_text() == "content"
    assert (target.stat().st_nlink, target.is_symlink()) == (1, False)


def test_only_a_file_of_the_same_part_and_name(export: Path, record: Path) -> None:
    assert taken(export, record, part="/cache/other").stat().st_nlink == 1
    assert taken(export, record, name="lib/b.py").stat().st_nlink == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"export": "/other", "parts": {}}', '{"parts": {}}'])
def test_without_a_record_of_this_export_all_is_copied(export: Path, record: Path, content: str) -> None:
    record.write_text(content)
    assert taken(export, record).stat().st_nlink == 1


def test_a_record_of_another_place(export: Path, record: Path) -> None:
    assert OldExport.read("/elsewhere", str(record)).recorded == {}


def test_what_exists_is_not_replaced(export: Path, record: Path) -> None:
    (export.parent / "new/lib").mkdir(parents=True)
    (export.parent / "new/lib/a.py").write_text("there")
    with pytest.raises(FileExistsError):
        taken(export, record)
    assert (export.parent / "new/lib/a.py").read_text() == "there"


def test_a_file_with_another_name_is_not_recorded(export: Path, record: Path) -> None:
    _link(export / "lib/a.py")
    write(export, record, "lib/gone.py")
    assert json.loads(record.read_text())["parts"] == {PART: {}}


@pytest.mark.parametrize(
    ("changed_ns", "age_ns", "is_recorded"),
    [(5_123_456_789, 10_000_000, False), (5_123_456_789, 50_000_000, True), (5_000_000_000, 900_000_000, False)],
    ids=["within a tick", "later", "a file system that counts in seconds"],
)
def test_a_change_that_may_hide_the_next_is_not_recorded(
    export: Path, record: Path, monkeypatch: pytest.MonkeyPatch, changed_ns: int, age_ns: int, is_recorded: bool
) -> None:
    monkeypatch.setattr(unchanged, "_times", lambda path: (1, changed_ns))
    monkeypatch.setattr(time, "time_ns", lambda: changed_ns + age_ns)
    write(export, record)
    assert bool(json.loads(record.read_text())["parts"][PART]) is is_recorded


def _edit(file: Path) -> None:
    file.write_text("edited")


@pytest.mark.parametrize("touch", [_edit, _edit_in_place, _replace, lambda file: file.chmod(0o755)])
def test_what_a_user_changes_before_the_old_export_is_removed_is_not_recorded(
    export: Path, record: Path, touch: Callable[[Path], object]
) -> None:
    """To remove a name changes the same time as an edit does."""
    file = export / "lib/a.py"
    (export / "lib/b.py").write_text("content")
    for name in ("a", "b"):
        os.link(export / f"lib/{name}.py", export / f"old-{name}.py")
    finished = Finished(str(export / "lib/b.py"))  # the last one that was changed
    (export / "marker").write_text("")
    finished.wait(str(export / "marker"))
    touch(file)
    for old in (export / "old-a.py", export / "old-b.py"):
        trees.remove(str(old), finished.note)
    unchanged.write(str(export), str(record), {PART: ["lib/a.py", "lib/b.py"]}, finished)
    assert list(json.loads(record.read_text())["parts"][PART]) == ["lib/b.py"]


def test_a_clock_that_stands_still_is_waited_for_no_longer_than_a_tick(
    export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = os.lstat(export / "lib/a.py")
    monkeypatch.setattr(os, "lstat", lambda path: status)
    now_s = itertools.count(0, 0.004)
    monkeypatch.setattr(time, "monotonic", lambda: next(now_s))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    probed: list[str] = []

    def probe(path: str, mode: int) -> None:
        probed.append(path)
        raise OSError

    monkeypatch.setattr(os, "chmod", probe)
    Finished("file").wait("marker")
    assert probed == ["marker"] * 4


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o444])
def test_the_probe_stays_as_it_was(export: Path, mode: int) -> None:
    finished = Finished(str(export / "lib/a.py"))
    probe = export / "marker"
    probe.write_text("of the export")
    probe.chmod(mode)
    changed_ns = probe.stat().st_mtime_ns
    finished.wait(str(probe))
    assert (probe.read_text(), probe.stat().st_mode & 0o777) == ("of the export", mode)
    assert probe.stat().st_mtime_ns == changed_ns


@pytest.mark.parametrize(("last_ns", "changed"), [(5_000_000_001, False), (5_000_000_000, True)])
def test_on_a_file_system_that_counts_in_seconds_a_change_may_be_of_the_same_second(
    export: Path, monkeypatch: pytest.MonkeyPatch, last_ns: int, changed: bool
) -> None:
    class Status:
        st_ctime_ns = last_ns

    monkeypatch.setattr(os, "lstat", lambda path: Status)
    assert Finished("file").is_changed(1, last_ns) is changed
