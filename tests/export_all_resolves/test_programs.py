"""Exports that are single programs: without a version in the path, and with a link beside those of others."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from export_all_resolves.conftest import Run

A = {"a": "program hammer one"}
A_PATH = "dist/export/fake/programs/a"
B = {"b": "program saw two"}


@pytest.fixture()
def exports(trees: Path) -> Path:
    return trees.parents[1]


def linked(exports: Path, name: str) -> str:
    return (exports / "bin" / name).read_text()


def test_a_program_is_exported_and_linked(run: Run, exports: Path) -> None:
    result = run(A)
    assert result.stdout == "a: exported, not exported yet, dist/export/fake/programs/a\n"
    assert result.exit_code == 0
    program = exports / "fake/programs/a/tool/run"
    assert os.readlink(exports / "bin/hammer") == str(program)
    assert os.access(program, os.X_OK)
    assert sorted(os.listdir(exports / "bin")) == ["hammer"]
    again = run(A, "--check")
    assert (again.stdout, again.exit_code) == ("a: up to date, dist/export/fake/programs/a\n", 0)


def test_a_new_content_leaves_the_others(run: Run, exports: Path) -> None:
    run({**A, **B})
    result = run({"a": "program hammer new", **B}, "--prune")
    assert result.stdout.splitlines() == [
        "a: exported, content one → new, dist/export/fake/programs/a",
        "b: up to date, dist/export/fake/programs/b",
    ]
    assert (linked(exports, "hammer"), linked(exports, "saw")) == ("new", "two")


@pytest.mark.parametrize("damage", ["is gone", "points elsewhere"])
def test_a_link_that_was_changed_is_repaired(run: Run, exports: Path, damage: str) -> None:
    run(A)
    link = exports / "bin/hammer"
    link.unlink()
    if damage == "points elsewhere":
        link.symlink_to("/nowhere")
    assert run(A, "--check").stdout == f"a: damaged, the link dist/export/bin/hammer {damage}, {A_PATH}\n"
    assert run(A).exit_code == 0
    assert linked(exports, "hammer") == "one"


def test_pruning_takes_the_link_and_leaves_what_nobody_exported(run: Run, exports: Path) -> None:
    run({**A, **B})
    programs = exports / "fake/programs"
    for name in ("stock", "mine"):
        (programs / name).mkdir()
        (programs / name / "run").touch()
    (exports / "bin/by-stock").symlink_to(programs / "stock/run")
    (exports / "bin/own").symlink_to("/somewhere/else")
    result = run(B, "--prune")
    assert result.stdout.splitlines() == [
        "b: up to date, dist/export/fake/programs/b",
        f"Pruned {A_PATH}",
        "Pruned dist/export/fake/programs/stock",
    ]
    assert result.exit_code == 0
    assert sorted(os.listdir(programs)) == ["b", "mine"]
    assert sorted(os.listdir(exports / "bin")) == ["own", "saw"]


def test_a_failed_one_keeps_its_export_and_lets_others_go(run: Run, exports: Path) -> None:
    run({**A, **B})
    result = run({"a": "program hammer broken"}, "--prune")
    assert result.exit_code == 1
    assert linked(exports, "hammer") == "one"
    assert sorted(os.listdir(exports / "fake/programs")) == ["a"]


def test_a_file_in_the_place_of_the_link_stays(run: Run, exports: Path) -> None:
    own = exports / "bin/hammer"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    for mode in ("--dry-run", "--force"):
        result = run(A, mode)
        assert "dist/export/bin/hammer is not a link, and the export has one there." in result.stderr
        assert result.exit_code == 1
    assert own.read_text() == "mine"
    fix = result.stderr.partition("Fix: ")[2].splitlines()[0]
    assert fix == "mv dist/export/bin/hammer dist/export/bin/hammer.old1"
    subprocess.run(fix, shell=True, check=True, cwd=exports.parents[1])
    assert run(A).exit_code == 0


def test_a_directory_of_links_that_leads_elsewhere(run: Run, exports: Path, tmp_path: Path) -> None:
    exports.mkdir(parents=True)
    (exports / "bin").symlink_to(tmp_path)
    result = run(A)
    assert "dist/export/bin/hammer is behind the link dist/export/bin" in result.stderr
    assert result.exit_code == 1
    assert os.listdir(tmp_path) == []


def test_of_two_programs_with_one_name_the_first_is_linked(run: Run, exports: Path) -> None:
    both = {**A, "c": "program hammer three"}
    run(both)
    assert linked(exports, "hammer") == "one"
    assert run(both, "--check").exit_code == 0


def test_what_a_killed_run_left_beside_the_links_is_removed(run: Run, exports: Path) -> None:
    run(A)
    left = exports / "bin/.+abcdef"
    left.symlink_to("/nowhere")
    assert run(A).exit_code == 0
    assert not os.path.lexists(left)
