from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pants.testutil.rule_runner import RuleRunner

from export_all_resolves.conftest import Run

TWO = {"a": "1.0 x", "b": "2.0 y"}
A, B = "dist/export/fake/trees/a/1.0", "dist/export/fake/trees/b/2.0"


def contents(directory: Path) -> dict[str, tuple[int, str]]:
    """Every file below, with its inode and its text: what a run that changes nothing must not change."""
    return {
        str(path): (path.stat().st_ino, path.read_text()) for path in sorted(directory.rglob("*")) if path.is_file()
    }


def test_the_first_run_exports_everything(run: Run, trees: Path) -> None:
    result = run(TWO)
    assert result.stdout == f"a: exported, not exported yet, {A}\nb: exported, not exported yet, {B}\n"
    assert result.stderr == "Exported 2, 0 up to date.\n"
    assert result.exit_code == 0
    assert (trees / "a/1.0/bin/run").read_text() == f"1.0 x in {trees}/a/1.0\n"


def test_the_second_run_changes_nothing(run: Run, trees: Path) -> None:
    run(TWO)
    before = contents(trees)
    result = run(TWO)
    assert result.stdout == f"a: up to date, {A}\nb: up to date, {B}\n"
    assert result.stderr == "2 up to date.\n"
    assert result.exit_code == 0
    assert contents(trees) == before


def test_only_what_changed_is_exported_again(run: Run, trees: Path) -> None:
    run(TWO)
    before = contents(trees / "a")
    result = run({**TWO, "b": "2.0 z"})
    assert result.stdout == f"a: up to date, {A}\nb: exported, content y → z, {B}\n"
    assert result.stderr == "Exported 1, 1 up to date.\n"
    assert contents(trees / "a") == before
    assert (trees / "b/2.0/bin/run").read_text() == f"2.0 z in {trees}/b/2.0\n"


def test_a_new_version_says_what_changed_and_leaves_the_old_one(run: Run, trees: Path) -> None:
    run({"a": "0.9 x"})
    run({"a": "0.8 x"})
    result = run({"a": "1.0 x"})
    assert result.stdout == f"a: exported, version 0.8 → 1.0, {A}\n"
    assert sorted(os.listdir(trees / "a")) == ["0.8", "0.9", "1.0"]


def test_what_is_damaged_is_exported_again(run: Run, trees: Path) -> None:
    run(TWO)
    shutil.rmtree(trees / "a/1.0/bin")
    assert run(TWO).stdout == f"a: exported, bin/run is gone, {A}\nb: up to date, {B}\n"
    assert (trees / "a/1.0/bin/run").exists()


def test_what_somebody_else_exported_is_exported_again(run: Run, trees: Path) -> None:
    run(TWO)
    shutil.rmtree(trees / "a/1.0")
    (trees / "a/1.0/bin").mkdir(parents=True)
    assert run(TWO).stdout == f"a: exported, not made by export-all-resolves, {A}\nb: up to date, {B}\n"


def test_force_exports_what_is_up_to_date(run: Run, trees: Path) -> None:
    run(TWO)
    before = contents(trees)
    result = run(TWO, "--force", "--include=a")
    assert result.stdout == f"a: exported, forced, {A}\n"
    assert contents(trees / "b") == {path: seen for path, seen in before.items() if path.startswith(f"{trees}/b/")}
    assert contents(trees / "a") != {path: seen for path, seen in before.items() if path.startswith(f"{trees}/a/")}


def test_include_and_exclude(run: Run) -> None:
    names = {name: "1.0 x" for name in ("python-default", "python-docs", "mypy", "ruff")}
    assert run(names, "--list", "--include=python-*,mypy").stdout == "mypy\npython-default\npython-docs\n"
    assert run(names, "--list", "--include=python-*", "--include=mypy").stdout == "mypy\npython-default\npython-docs\n"
    assert run(names, "--list", "--include=python-*", "--exclude=*-docs").stdout == "python-default\n"
    assert run(names, "--list", "--exclude=python-*,mypy").stdout == "ruff\n"


def test_list_prints_names_and_nothing_else(run: Run, rule_runner: RuleRunner) -> None:
    result = run({"b": "raise", "a": "1.0 x", "c": "foreign"}, "--list")
    assert (result.stdout, result.stderr, result.exit_code) == ("a\nb\nc\n", "", 0)
    assert not Path(rule_runner.build_root, "dist").exists()


def test_check_says_what_is_wrong_and_changes_nothing(run: Run, trees: Path) -> None:
    three = {**TWO, "c": "3.0 z"}
    run(three)
    shutil.rmtree(trees / "a/1.0")
    (trees / "b/2.0/bin/run").unlink()
    before = contents(trees)
    result = run({**three, "c": "3.0 new"}, "--check")
    assert result.stdout == (
        f"a: missing, not exported yet, {A}\n"
        f"b: damaged, bin/run is gone, {B}\n"
        "c: stale, content z → new, dist/export/fake/trees/c/3.0\n"
    )
    assert result.stderr == "3 to export, 0 up to date.\nTo do it: pants export-all-resolves\n"
    assert result.exit_code == 1
    assert contents(trees) == before


def test_check_succeeds_when_everything_is_up_to_date(run: Run) -> None:
    run(TWO)
    result = run(TWO, "--check")
    assert (result.stderr, result.exit_code) == ("2 up to date.\n", 0)


def test_a_dry_run_says_what_would_happen_and_changes_nothing(run: Run, trees: Path) -> None:
    run({"a": "1.0 x"})
    before = contents(trees)
    result = run(TWO, "--dry-run", "--force", "--exclude=none-of-*", "--include=*")
    assert result.exit_code == 1, "an exclude that matches nothing is an error"
    result = run(TWO, "--dry-run", "--force", "--include=a,b")
    assert result.stdout == f"a: would export, forced, {A}\nb: would export, not exported yet, {B}\n"
    assert result.stderr == ("2 to export, 0 up to date.\nTo do it: pants export-all-resolves --include=a,b --force\n")
    assert result.exit_code == 0
    assert contents(trees) == before


def test_tools_are_named(run: Run) -> None:
    result = run({"tools": "1.0 x"}, "--dry-run")
    assert result.stdout.startswith("tools (tools: hammer, saw): would export")


def test_what_killed_runs_left_is_removed(run: Run, trees: Path) -> None:
    run(TWO)
    left = trees / "a/.+x7"
    left.mkdir()
    (left / ".+x7z").mkdir()
    aside = trees / "a/.+x7z"
    (aside / "bin").mkdir(parents=True)
    run(TWO, "--check")
    assert aside.exists(), "a check changes nothing"
    assert run(TWO).exit_code == 0
    assert sorted(os.listdir(trees / "a")) == [".+x7", "1.0"], "what is not a staging name is somebody else's"


def test_what_cannot_be_assembled_is_installed_as_a_whole(
    run: Run, trees: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        result = run({"a": "1.0 in parts"})
    assert result.stdout == f"a: exported, not exported yet, {A}\n"
    assert result.exit_code == 0
    assert (trees / "a/1.0/bin/run").read_text() == f"1.0 in parts in {trees}/a/1.0\n"
    assert "a was installed as a whole, because its base is no longer in the cache." in caplog.messages


def test_wheels_that_cannot_be_fetched_meanwhile_come_first(
    run: Run, trees: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        result = run({"a": f"1.0 fetched {tmp_path}"})
    assert (result.exit_code, result.stdout) == (0, f"a: exported, not exported yet, {A}\n")
    assert (trees / "a/1.0/bin/run").read_text() == f"1.0 fetched {tmp_path} in {trees}/a/1.0\n"
    assert "a is assembled with all wheels at hand, because there are no wheels of a" in caplog.messages


def test_what_killed_removers_left_is_removed(run: Run, rule_runner: RuleRunner, trees: Path) -> None:
    workdir = Path(rule_runner.build_root, "workdir")
    options = [f"--pants-workdir={workdir}"]
    run(TWO, global_args=options)
    trash = workdir / "export-all-resolves.trash"
    left, removed_now, victim = trash / "1.0.+x7z", trash / "2.0.+x7z", trees / "precious"
    for path in (left / "export/bin", removed_now / "export/bin", victim):
        path.mkdir(parents=True)
    (trash / "link").symlink_to(victim)
    with open_directory(removed_now) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        run(TWO, "--check", global_args=options)
        assert left.exists(), "a check changes nothing"
        assert run(TWO, global_args=options).exit_code == 0
        assert list(trash.iterdir()) == [removed_now], "its remover lives"
    assert run(TWO, global_args=options).exit_code == 0
    assert (list(trash.iterdir()), victim.exists()) == ([], True)


def test_a_trash_that_is_a_link_is_not_used(run: Run, rule_runner: RuleRunner, tmp_path: Path) -> None:
    workdir = Path(rule_runner.build_root, "workdir")
    (tmp_path / "victim").mkdir()
    workdir.mkdir()
    (workdir / "export-all-resolves.trash").symlink_to(tmp_path)
    for arguments in ((), ("--force",)):
        assert run(TWO, *arguments, global_args=[f"--pants-workdir={workdir}"]).exit_code == 0
        assert os.listdir(tmp_path) == ["victim"]


@contextlib.contextmanager
def open_directory(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
