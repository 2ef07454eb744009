"""An export that a system call ends: the old one or the new one, and what is left is removed by the next run."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import marker, trash
from devflow.export_all_resolves.staging.build import Spec, build
from devflow.export_all_resolves.staging.trees import leftovers, remove
from harness import boundaries
from harness.world import wait_until


def spec(destination: Path, lockfile: str, trash: str = "") -> Spec:
    inputs = {"lockfile": (lockfile, None)}
    return Spec(str(destination), [], None, inputs, anchors=["pyvenv.cfg"], listings=["bin"], trash=trash)


def content(directory: str) -> list[str]:
    return sorted(map(str, Path(directory).iterdir())) if os.path.isdir(directory) else []


def make_sandbox(sandbox: Path, name: str) -> None:
    """What a backend gives: a virtualenv, with a file and a link that have names which the export uses itself."""
    (sandbox / "bin").mkdir(parents=True)
    (sandbox / "pyvenv.cfg").write_text(name)
    (sandbox / "bin/tool").write_text(f"{name}\n")
    (sandbox / "bin/tool.new").write_text("a script of that name")
    (sandbox / ".devflow-export.json").symlink_to("../../../victim")


@pytest.mark.parametrize("has_trash", [False, True])
def test_an_export_is_old_or_new(tmp_path: Path, has_trash: bool) -> None:
    top, victim = tmp_path / "top", tmp_path / "victim"
    directory = str(tmp_path / "workdir/trash") if has_trash else ""
    destination = top / "3.11.7"
    victim.write_text("precious")

    def make(name: str = "old") -> None:
        shutil.rmtree(top, ignore_errors=True)
        make_sandbox(top / "sandbox-of-old", name)
        build(spec(destination, name), str(top / "sandbox-of-old"))
        make_sandbox(top / "sandbox", "new")

    def export() -> None:
        build(spec(destination, "new", directory), str(top / "sandbox"))

    found = []
    for _ in boundaries.kills(export, before_each=make):
        record = marker.read(str(destination))
        assert record is not None
        assert marker.damage(str(destination), record) is None
        name = record.inputs["lockfile"][0]
        assert (destination / "pyvenv.cfg").read_text() == name
        assert (destination / "bin/tool.new").read_text() == "a script of that name"
        assert victim.read_text() == "precious"
        found.append(name)
        left = leftovers(str(top))
        assert len(left) <= 1
        for path in left:
            remove(path)
        if has_trash:
            wait_until(lambda: content(directory) == trash.left(directory, time.time()), what="the end of all removers")
            for path in content(directory):
                remove(path)
        assert {"3.11.7", "sandbox-of-old"} <= set(os.listdir(top)) <= {"3.11.7", "sandbox", "sandbox-of-old"}
    assert found == sorted(found, key=lambda name: name == "new")
    assert set(found) == {"old", "new"}
