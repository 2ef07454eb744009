from __future__ import annotations

import errno
import json
import os
import subprocess
from pathlib import Path

import pytest
from pants.testutil.rule_runner import RuleRunner

from devflow.common.files import exclusive_lock
from devflow.export_all_resolves import apply
from export_all_resolves.conftest import Run

A = "dist/export/fake/trees/a/1.0"
RETRY = "pants -ldebug export-all-resolves --include="


def test_one_that_fails_does_not_stop_the_others(run: Run, trees: Path) -> None:
    result = run({"a": "1.0 x", "b": "1.0 broken", "c": "raise", "d": "1.0 y"})
    assert result.stdout == (
        f"a: exported, not exported yet, {A}\n"
        "b: failed, see below\n"
        "c: failed, see below\n"
        "d: exported, not exported yet, dist/export/fake/trees/d/1.0\n"
    )
    assert result.stderr == (
        f"b: exporting b failed: sh exited with 7: the well is dry\n  Fix: {RETRY}b\n"
        "c: FakeExporter (harness.fake_backend): reading what resolve c is made from failed: cannot be read today\n"
        "  Fix: correct its code, or take the backend harness out of [GLOBAL].backend_packages; "
        f"to see more: {RETRY}c\n"
        "Exported 2, 2 failed, 0 up to date.\n"
    )
    assert result.exit_code == 1
    assert os.listdir(trees / "b") == []


def test_a_failure_leaves_the_old_export(run: Run, trees: Path) -> None:
    run({"b": "1.0 x"})
    assert run({"b": "1.0 broken"}).exit_code == 1
    assert (trees / "b/1.0/bin/run").read_text() == f"1.0 x in {trees}/b/1.0\n"


def test_a_failure_is_tried_again(run: Run) -> None:
    for _ in range(2):
        assert "the well is dry" in run({"b": "1.0 broken"}).stderr
    assert run({"b": "1.0 x"}).exit_code == 0


@pytest.mark.parametrize("args", [(), ("--check",), ("--dry-run",)])
def test_what_nobody_exports_is_reported_and_is_no_error(run: Run, args: tuple[str, ...]) -> None:
    run({"a": "1.0 x", "jvm-default": "foreign"})
    result = run({"a": "1.0 x", "jvm-default": "foreign"}, *args)
    assert result.stdout == f"a: up to date, {A}\njvm-default: not exportable, no active backend exports it\n"
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--check", "--force"], "--check and --force cannot be used together.\n  Fix: leave one of them out"),
        (["--list", "--force"], "--list and --force cannot be used together.\n  Fix: leave one of them out"),
        (["--list", "--prune"], "--list and --prune cannot be used together.\n  Fix: leave one of them out"),
        (
            ["--check", "--dry-run"],
            "--check and --dry-run cannot be used together.\n  Fix: leave all but one out",
        ),
        (["--include=aa"], "--include=aa: no resolve has that name. Did you mean 'a'?\n  Fix: choose from a, b"),
        (["--exclude=zzz"], "--exclude=zzz: no resolve has that name.\n  Fix: choose from a, b"),
        (["--exclude=*"], "--include=* --exclude=*: no resolve is left.\n  Fix: leave one of the two options out"),
    ],
)
def test_bad_options(run: Run, trees: Path, args: list[str], message: str) -> None:
    result = run({"a": "1.0 x", "b": "1.0 y"}, *args)
    assert (result.stdout, result.stderr, result.exit_code) == ("", f"export-all-resolves: {message}\n", 1)
    assert not trees.exists()


def test_targets_are_refused(run: Run) -> None:
    result = run({"a": "1.0 x"}, "::")
    assert result.stderr == (
        "export-all-resolves: This goal takes no targets.\n"
        "  Fix: leave them out, and choose resolves with --include=NAME\n"
    )
    assert result.exit_code == 1


def test_a_repository_without_resolves(run: Run) -> None:
    result = run({})
    # No backend of a language is enabled here, which a repository with Python's would be told otherwise.
    assert result.stderr == (
        "export-all-resolves: No enabled backend declares a resolve: pants.backend.python is not enabled.\n"
        '  Fix: put "pants.backend.python" into [GLOBAL].backend_packages of pants.toml\n'
    )
    assert result.exit_code == 1


@pytest.mark.parametrize("above", ["", "1.0/..", "1.0/../..", "1.0/../../../.."])
@pytest.mark.parametrize("args", [(), ("--dry-run",), ("--check",)])
def test_a_file_in_the_way_is_never_removed(
    run: Run, trees: Path, rule_runner: RuleRunner, above: str, args: tuple[str, ...]
) -> None:
    file = Path(os.path.normpath(trees / "a/1.0" / os.path.relpath(above or ".", "1.0" if above else ".")))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("precious")
    result = run({"a": "1.0 x"}, *args)
    [fix] = {line.partition("Fix: ")[2] for line in result.stderr.splitlines() if "Fix: " in line}
    assert result.exit_code == 1
    assert file.read_text() == "precious"
    subprocess.run(fix, shell=True, check=True, cwd=rule_runner.build_root)
    assert Path(f"{file}.old1").read_text() == "precious"
    assert run({"a": "1.0 x"}).exit_code == 0


def test_an_unwritable_place(run: Run, rule_runner: RuleRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    # The superuser may write anywhere, so the permission bits alone would prove nothing here.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    result = run({"a": "1.0 x"})
    assert f". is not writable.\n  Fix: sudo chown {os.getuid()} .\n" in result.stderr
    assert result.exit_code == 1
    assert not Path(rule_runner.build_root, "dist").exists()


def test_a_run_that_goes_on_is_waited_for_and_named(run: Run, rule_runner: RuleRunner) -> None:
    workdir = Path(rule_runner.build_root, "workdir")
    options = [f"--pants-workdir={workdir}", "--pantsd-timeout-when-multiple-invocations=0.2"]
    with exclusive_lock(workdir / "export-all-resolves.lock", timeout_s=0):
        result = run({"a": "1.0 x"}, global_args=options)
        assert result.stderr == (
            f"Waiting for process {os.getpid()}, which exports here, too.\n"
            f"export-all-resolves: Process {os.getpid()} still holds the export lock of this repository.\n"
            "  Fix: wait for it to end; to wait longer, raise [GLOBAL].pantsd_timeout_when_multiple_invocations\n"
        )
        assert result.exit_code == 1
        assert run({"a": "1.0 x"}, "--check").exit_code == 1, "a check waits for nobody"


def test_a_leftover_that_its_builder_still_fills_is_no_error(
    run: Run, trees: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = trees / "a/.+x7z"
    left.mkdir(parents=True)

    def discard_too_early(path: str) -> None:
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), path)

    monkeypatch.setattr(apply, "discard", discard_too_early)
    result = run({"a": "1.0 x"})
    assert (result.stderr, result.exit_code) == ("Exported 1, 0 up to date.\n", 0)
    assert left.exists(), "the next run finds it again"


def test_a_leftover_that_cannot_be_removed_is_named(run: Run, trees: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (trees / "a/.+x7z").mkdir(parents=True)

    def discard_in_vain(path: str) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(apply, "discard", discard_in_vain)
    result = run({"a": "1.0 x"})
    path = "dist/export/fake/trees/a/.+x7z"
    assert result.stderr.startswith(
        f"{path}: {path} cannot be removed: Permission denied.\n"
        "  Fix: run the same command again, which removes the rest or says what keeps it\n"
    )
    assert result.exit_code == 1


def test_json(run: Run) -> None:
    run({"a": "1.0 x"})
    result = run({"a": "1.0 y", "b": "1.0 broken", "tools": "2.0 z", "jvm": "foreign"}, "--format=json")
    assert json.loads(result.stdout) == {
        "schema_version": 1,
        "goal": "export-all-resolves",
        "mode": "export",
        "results": [
            {
                "resolve": "a",
                "tools": [],
                "status": "stale",
                "action": "exported",
                "reasons": ["content x → y"],
                "path": A,
                "error": None,
            },
            {
                "resolve": "b",
                "tools": [],
                "status": "missing",
                "action": "failed",
                "reasons": ["not exported yet"],
                "path": "dist/export/fake/trees/b/1.0",
                "error": {"what": "exporting b failed: sh exited with 7: the well is dry", "fix": f"{RETRY}b"},
            },
            {
                "resolve": "jvm",
                "tools": [],
                "status": "not-exportable",
                "action": "none",
                "reasons": ["no active backend exports it"],
                "path": None,
                "error": None,
            },
            {
                "resolve": "tools",
                "tools": ["hammer", "saw"],
                "status": "missing",
                "action": "exported",
                "reasons": ["not exported yet"],
                "path": "dist/export/fake/trees/tools/2.0",
                "error": None,
            },
        ],
        "pruned": [],
        "left_alone": [],
        "links": [],
    }
    assert result.exit_code == 1


def test_json_of_check_and_list(run: Run) -> None:
    checked = json.loads(run({"a": "1.0 x"}, "--check", "--format=json").stdout)
    assert (checked["mode"], checked["results"][0]["action"]) == ("check", "would-export")
    listed = json.loads(run({"a": "1.0 x"}, "--list", "--format=json").stdout)
    assert listed == {
        "schema_version": 1,
        "goal": "export-all-resolves",
        "mode": "list",
        "results": [{"resolve": "a"}],
    }
