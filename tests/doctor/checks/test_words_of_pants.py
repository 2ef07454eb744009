"""The words that checks quote are those of the engine that runs here."""

from __future__ import annotations

import mmap

import pytest
from pants.engine.internals import native_engine

from devflow.doctor.checks.limits import OpenFilesFacts, judge_open_files
from devflow.doctor.checks.watches import WatchFacts, judge_watches

FULL = next(judge_watches(WatchFacts(100, 99, 128, 9, None))).problem.what
NO_INSTANCE = next(judge_watches(WatchFacts(100, 9, 128, 128, None))).problem.what
FEW_FILES = next(judge_open_files(OpenFilesFacts(512))).problem.what


@pytest.mark.parametrize(
    ("what", "quoted"),
    [
        (FULL, "Failed to watch filesystem for "),
        (NO_INSTANCE, "Failed to begin watching the filesystem: "),
        (FEW_FILES, "File handle limit is capped to: "),
        ("", "Failed to watch filesystem for `"),
        ("", "yours is set to "),
        ("", "Failed to create base for immutable inputs: "),
        ("", "Failed to create temporary directory for immutable inputs: "),
    ],
)
def test_words_of_the_engine(what: str, quoted: str) -> None:
    assert quoted in what or not what
    with (
        open(str(native_engine.__file__), "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as engine,
    ):
        assert engine.find(quoted.encode()) >= 0
