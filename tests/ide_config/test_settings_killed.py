"""Settings files that are written one after the other, by a run that a system call ends."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from devflow.ide_config.apply import write_files
from devflow.ide_config.documents import OwnFile
from devflow.ide_config.facts import ExportPaths
from devflow.ide_config.files import inspect_files
from devflow.ide_config.plan import DesiredDocument, FilePlan, plan_files
from harness import boundaries

DESIRED = [
    DesiredDocument("one", OwnFile(".vscode/settings.json", "new\n")),
    DesiredDocument("two", OwnFile("ty.toml", "new\n")),
]


def plan(root: Path) -> tuple[FilePlan, ...]:
    files = inspect_files(str(root), [one.document.path for one in DESIRED])
    return plan_files(DESIRED, files, ExportPaths(str(root), "dist/export/", {}, {}))


def test_each_file_is_old_or_new_and_the_next_run_ends_it(tmp_path: Path) -> None:
    root, workdir = tmp_path / "root", tmp_path / "workdir"

    planned: tuple[FilePlan, ...] = ()

    def make() -> None:
        nonlocal planned
        shutil.rmtree(root, ignore_errors=True)
        (root / ".vscode").mkdir(parents=True)
        (root / "ty.toml").write_text("old\n")
        planned = plan(root)  # reading is not what is to be killed

    def write() -> None:
        _, failures = write_files(lambda: planned, str(root), str(workdir))
        assert failures == {}

    states = set()
    for _ in boundaries.kills(write, before_each=make):
        files = plan(root)
        assert all(file.before in (None, "old\n", "new\n") for file in files)
        states.add(tuple(file.changed for file in files))
        write()
        assert not any(file.changed for file in plan(root))
        assert sorted(os.listdir(root)) == [".vscode", "ty.toml"]
        assert os.listdir(root / ".vscode") == ["settings.json"]
    assert states == {(True, True), (False, True), (False, False)}
