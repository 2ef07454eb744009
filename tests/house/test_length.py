"""A file has one idea, and at most 300 lines."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDERS = ("benchmarks", "build-support", "examples", "pants-plugins", "tests")


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_is_long(folder: str) -> None:
    files = [path for path in Path(folder).rglob("*.py") if "dist" not in path.parts]
    lines = {path: len(path.read_bytes().splitlines()) for path in files}
    assert lines
    assert {path: number for path, number in lines.items() if number > 300} == {}
