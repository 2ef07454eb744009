"""`exec-files`: what it writes, what it finds, and what it says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from exec.conftest import Run
from exec.repositories import write
from pants.testutil.rule_runner import RuleRunner

from devflow.exec.subsystem import ExecFilesSubsystem
from devflow.export_all_resolves.goal import ExportAllResolves
from harness.to_do import options_of, printed_arguments

CURRENT = "dist/export/fake/trees/main/current"
PATHS = ["dist/exec/main", "dist/exec/main.sh", "dist/exec/main.env", CURRENT]
LOOKS = {"--check", "--dry-run", "--format"}
CASES = {"--resolve": ("--resolve=tools",), "--only": ("--only=script,link",)}


def state(root: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.lstat().st_ino, path.lstat().st_mtime_ns) for path in (root / "dist").rglob("*")}


def test_the_first_run_and_the_second(run: Run, root: Path) -> None:
    first = run()
    assert first.exit_code == 0
    assert first.stdout.splitlines() == [
        *(f"{path}: written" for path in PATHS[:3]),
        f"{CURRENT}: written, leads to 1.0",
    ]
    assert first.stderr.splitlines()[0] == "For ./py at the build root, executable:"
    assert first.stderr.splitlines()[-1] == "Wrote 4 files."
    assert os.access(root / PATHS[0], os.X_OK)
    assert os.readlink(root / CURRENT) == "1.0"
    before = state(root)
    second = run()
    assert (second.exit_code, second.stderr) == (0, "4 up to date.\n")
    assert second.stdout.splitlines() == [f"{path}: up to date" for path in PATHS]
    assert state(root) == before


def test_looks_change_nothing(run: Run, root: Path) -> None:
    for option, verb, exit_code in (("--check", "missing", 1), ("--dry-run", "would be written", 0)):
        result = run(option)
        assert result.exit_code == exit_code
        assert result.stdout.splitlines()[0] == f"{PATHS[0]}: {verb}"
        assert result.stderr.splitlines()[-1].startswith("To do it: ")
        assert not (root / "dist/exec").exists()
    run()
    assert run("--check").exit_code == 0


def test_roots_are_those_of_code_of_the_resolve(run: Run, root: Path) -> None:
    (root / "plugins/one").mkdir(parents=True)
    run("--resolve=main,tools")
    for resolve, roots in (("main", ["src", "plugins/one"]), ("tools", ["tools", "plugins/one"])):
        line = (root / f"dist/exec/{resolve}.env").read_text().splitlines()[1]
        assert line == "PYTHONPATH=" + ":".join(f"{root}/{one}" for one in roots)
    run("--exec-source-roots=tests,src")
    assert (root / "dist/exec/main.env").read_text().splitlines()[1] == f"PYTHONPATH={root}/tests:{root}/src"


def roots_of(root: Path, resolve: str = "main") -> list[str]:
    line = (root / f"dist/exec/{resolve}.env").read_text().splitlines()[1]
    return [os.path.relpath(path, root) for path in line.partition("=")[2].split(":")]


def test_what_a_daemon_remembers_of_targets(run: Run, root: Path) -> None:
    """A change of a BUILD file or of the files is seen; so is a variable that a BUILD file reads."""
    run()
    assert roots_of(root) == ["src"]
    (root / "tools/BUILD").write_text("python_sources(resolve='main')")
    run()
    assert roots_of(root) == ["src", "tools"]
    (root / "tools/BUILD").write_text("python_sources(resolve=env('OF_TOOLS', 'tools'))")
    run()
    assert roots_of(root) == ["src"]
    run(env={"OF_TOOLS": "main"})
    assert roots_of(root) == ["src", "tools"]
    (root / "tools/BUILD").write_text(
        "python_sources(name='own', resolve='tools', sources=['own.py'])\n"
        "python_sources(name='new', resolve='main', sources=['n*.py'])"
    )
    run()
    assert roots_of(root) == ["src"]
    (root / "tools/new.py").touch()
    run()
    assert roots_of(root) == ["src", "tools"]


def test_a_target_of_two_resolves(run: Run, root: Path) -> None:
    (root / "tools/BUILD").write_text("python_sources(resolve=parametrize('main', 'tools'))")
    run("--resolve=main,tools")
    assert roots_of(root) == ["src", "tools"]
    assert roots_of(root, "tools") == ["tools"]


def test_another_interpreter_moves_the_link_only(run: Run, root: Path) -> None:
    run()
    for version in ("1.1", "0.9"):  # newer, and then older
        result = run(version=version)
        assert result.stdout.splitlines()[-1] == f"{CURRENT}: written, leads to {version}"
        assert result.stderr == "Wrote 1 file, 3 up to date.\n"
        assert os.readlink(root / CURRENT) == version


def test_the_script_says_how_to_make_the_export(run: Run, root: Path) -> None:
    run()
    done = subprocess.run([root / "dist/exec/main"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the export of main is missing.\n  Fix: " in done.stderr
    assert done.stderr.endswith(" export-all-resolves --include=main && pants exec-files --resolve=main\n")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ("--resolve=mian",),
            "--resolve=mian: no resolve has that name. Did you mean 'main'?\n  Fix: choose from main, tools\n",
        ),
        (("--exec-resolve=mian",), "[exec].resolve=mian: no resolve has that name. Did you mean 'main'?"),
        (("--resolve=jvm",), "--resolve=jvm: it is not a Python resolve.\n  Fix: choose from main, tools\n"),
        (("--only=scirpt",), "--only=scirpt: there is no such file. Did you mean 'script'?"),
        (("--check", "--dry-run"), "--check and --dry-run cannot be used together."),
        (("src:src",), "This goal takes no targets.\n  Fix: leave them out, and choose resolves with --resolve=NAME\n"),
    ],
)
def test_what_is_refused(run: Run, root: Path, args: tuple[str, ...], message: str) -> None:
    result = run(*args, jvm=True)
    assert result.exit_code == 1
    assert f"exec-files: {message}" in result.stderr
    assert not (root / "dist").exists()


def test_what_is_in_the_way_stays(run: Run, root: Path) -> None:
    write(root / CURRENT, "mine")
    (root / PATHS[0]).mkdir(parents=True)
    os.symlink("/etc/hosts", root / PATHS[1])
    result = run()
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "Wrote 1 file, 3 failed."
    fixes = [line.partition("Fix: move it away: ")[2] for line in result.stderr.splitlines() if "Fix: " in line]
    assert len(fixes) == 3
    assert (root / CURRENT).read_text() == "mine"
    for fix in fixes:
        subprocess.run(["sh", "-c", fix], cwd=root, check=True)
    assert run().exit_code == 0
    assert Path("/etc/hosts").is_file()


def test_dist_exec_is_a_file(run: Run, root: Path) -> None:
    write(root / "dist/exec", "mine")
    result = run("--only=script")
    assert "dist/exec/main cannot be written: dist/exec is not a directory.\n" in result.stderr
    assert "  Fix: move it away: mv dist/exec dist/exec.old1\n" in result.stderr


def test_a_path_that_readers_of_variables_take_in_different_ways(run: Run, root: Path) -> None:
    (root / "plugins/a#b").mkdir(parents=True)
    result = run()
    assert result.exit_code == 1
    what = "dist/exec/main.env is left out: the readers of such files take a character of plugins/a#b in different ways"
    assert what in result.stderr
    [fix] = re.findall(r"or leave this file out with (--only=\S+)", result.stderr)
    without = run(fix)
    assert (without.exit_code, without.stderr) == (0, "3 up to date.\n")
    (root / "plugins/a#b").rename(root / "plugins/a-b")
    assert "move that to a path that has letters, digits, spaces, and - _ . only" in result.stderr
    assert run().exit_code == 0


def test_the_printed_commands_make_nothing_stale_any_more(run: Run, root: Path) -> None:
    """Neither when a lockfile is newer than the export that is of it, nor when all exports are gone with the link."""
    run()
    write(root / "main.lock", "more\n")
    run("--include=main", goal=ExportAllResolves)
    python = root / "dist/export/fake/trees/main/1.0/bin/python"
    python.symlink_to("/bin/echo")
    os.utime(root / "main.lock", (2_000_000_000, 2_000_000_000))  # a branch, and back: another time, the same content
    done = tell(root)
    assert " export-all-resolves --include=main && pants exec-files --resolve=main\n" in done.stderr
    run("--include=main", goal=ExportAllResolves)
    assert tell(root).stderr == done.stderr, "it is no fault of the export"
    run("--resolve=main")
    assert (tell(root).stdout, tell(root).stderr) == ("-c told\n", "")
    shutil.rmtree(root / "dist/export")
    assert "the export of main is missing.\n  Fix: pants export-all-resolves" in tell(root).stderr
    run("--include=main", goal=ExportAllResolves)
    run("--resolve=main")
    python.symlink_to("/bin/echo")
    assert tell(root).returncode == 0


def tell(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([root / "dist/exec/main", "-c", "told"], capture_output=True, text=True, check=False)


def test_the_report_as_json(run: Run) -> None:
    document = json.loads(run("--format=json", "--only=link,script").stdout)
    assert (document["goal"], document["mode"], document["problems"]) == ("exec-files", "write", [])
    assert document["results"] == [
        {"resolve": "main", "kind": "script", "path": PATHS[0], "status": "missing", "changed": True},
        {"resolve": "main", "kind": "link", "path": CURRENT, "status": "missing", "changed": True},
    ]


@pytest.mark.parametrize("option", sorted(CASES))
def test_the_printed_command_does_what_was_planned(run: Run, option: str) -> None:
    planned = run("--dry-run", *CASES[option])
    assert printed_arguments(planned) == CASES[option]


def test_every_option_has_a_case() -> None:
    assert options_of(ExecFilesSubsystem) - LOOKS == set(CASES)


def test_a_lockfile_that_is_gone(run: Run, root: Path, rule_runner: RuleRunner) -> None:
    (root / "main.lock").unlink()
    assert run().exit_code == 0
    assert "cksum" not in (root / "dist/exec/main").read_text()
