from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import marker
from devflow.export_all_resolves.staging.marker import Record

SITE_PACKAGES = "lib/python3.11/site-packages"
INPUTS = {"lockfile": ("0123", ""), "interpreter": ("3.11.7 /usr/bin/python3.11", "3.11.7")}


@pytest.fixture()
def export(tmp_path: Path) -> Path:
    """A small virtualenv with its record."""
    path = tmp_path / "3.11.7"
    interpreter = tmp_path / "python3.11"
    interpreter.write_text("binary")
    for directory in ("bin", f"{SITE_PACKAGES}/rich", f"{SITE_PACKAGES}/rich-13.0.dist-info"):
        (path / directory).mkdir(parents=True)
    (path / "bin" / "python").symlink_to(interpreter)
    (path / "pyvenv.cfg").touch()
    record(path, path)
    return path


def record(export: Path, marked: Path) -> None:
    marker.write(
        marker.marker_path(str(marked)),
        str(export),
        inputs=INPUTS,
        anchors=["bin/python"],
        listings=["bin", "lib/*/site-packages"],
    )


def damage(export: Path) -> str | None:
    found = marker.read(str(export))
    assert found is not None
    return marker.damage(str(export), found)


def test_what_is_written_is_read(export: Path) -> None:
    found = marker.read(str(export))
    assert found is not None
    assert found.inputs == INPUTS
    assert found.entries == {
        ".": ["bin", "lib", "pyvenv.cfg"],
        "bin": ["python"],
        SITE_PACKAGES: ["rich", "rich-13.0.dist-info"],
    }
    assert damage(export) is None


def test_what_a_user_adds_is_not_damage(export: Path) -> None:
    (export / SITE_PACKAGES / "ipython").mkdir()
    (export / SITE_PACKAGES / "__pycache__").mkdir()
    (export / "notes.txt").touch()
    assert damage(export) is None


@pytest.mark.parametrize(
    ("removed", "phrase"),
    [
        ("bin/python", "bin/python is gone"),
        ("bin", "bin/python is gone"),
        ("lib", "lib is gone"),
        ("pyvenv.cfg", "pyvenv.cfg is gone"),
        (f"{SITE_PACKAGES}/rich", f"{SITE_PACKAGES}/rich is gone"),
        (f"{SITE_PACKAGES}/rich-13.0.dist-info", f"{SITE_PACKAGES}/rich-13.0.dist-info is gone"),
    ],
)
def test_what_is_removed_is_missed(export: Path, removed: str, phrase: str) -> None:
    path = export / removed
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    assert damage(export) == phrase


def test_many_missing_are_counted(export: Path) -> None:
    for path in (export / SITE_PACKAGES).iterdir():
        shutil.rmtree(path)
    assert damage(export) == f"{SITE_PACKAGES}/rich and 1 more are gone"


def test_an_interpreter_that_was_replaced_in_place(export: Path) -> None:
    (export.parent / "python3.11").write_text("another")
    assert damage(export) == "bin/python is another file"


def test_an_interpreter_of_the_same_size_but_another_time(export: Path) -> None:
    os.utime(export.parent / "python3.11", ns=(1, 1))
    assert damage(export) == "bin/python is another file"


def test_the_record_of_a_link_stands_beside_it(export: Path, tmp_path: Path) -> None:
    shutil.rmtree(export.parent / "cached", ignore_errors=True)
    export.rename(tmp_path / "cached")
    (tmp_path / "cached" / marker.MARKER).unlink()
    export.symlink_to("cached")
    record(export, export)
    assert (tmp_path / ".3.11.7.devflow-export.json").is_file()
    assert not (tmp_path / "cached" / marker.MARKER).exists()
    assert damage(export) is None

    (tmp_path / "other").mkdir()
    export.unlink()
    export.symlink_to("other")
    assert damage(export) == "the link points elsewhere"


def test_a_directory_in_the_place_of_a_link(export: Path) -> None:
    found = marker.read(str(export))
    assert found is not None
    was_link = Record(found.inputs, found.anchors, found.entries, link="elsewhere")
    assert marker.damage(str(export), was_link) == "the link points elsewhere"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"schema_version": 99}',
        '{"schema_version": 1}',
        '{"schema_version": 1, "inputs": {"a": 1}, "anchors": {}, "entries": {}, "link": null}',
        '{"schema_version": 1, "inputs": {}, "anchors": {"a": "x"}, "entries": {}, "link": null}',
        '{"schema_version": 1, "inputs": {}, "anchors": {}, "entries": 7, "link": null}',
    ],
)
def test_a_record_that_cannot_be_read_is_none(export: Path, content: str) -> None:
    (export / marker.MARKER).write_text(content)
    assert marker.read(str(export)) is None


def test_no_record_is_none(tmp_path: Path) -> None:
    assert marker.read(str(tmp_path / "missing")) is None


def test_the_record_is_json_for_people(export: Path) -> None:
    content = json.loads((export / marker.MARKER).read_text())
    assert content["inputs"]["interpreter"] == ["3.11.7 /usr/bin/python3.11", "3.11.7"]
