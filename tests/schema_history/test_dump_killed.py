"""The file of a history, written by a run that a system call ends."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from devflow.schema_history.apply import write_file
from harness import boundaries


def test_the_file_is_old_or_new_and_the_next_run_ends_it(tmp_path: Path) -> None:
    root = tmp_path / "root"

    def make() -> None:
        shutil.rmtree(root, ignore_errors=True)
        (root / "db").mkdir(parents=True)
        (root / "db/history.json").write_text("old")

    def write() -> None:
        write_file("db/history.json", "new", str(root))

    texts = set()
    for _ in boundaries.kills(write, before_each=make):
        texts.add((root / "db/history.json").read_text())
        write()
        assert (root / "db/history.json").read_text() == "new"
        assert os.listdir(root / "db") == ["history.json"]
    assert texts == {"old", "new"}
