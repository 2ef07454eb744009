"""The script, run by the shells that are here: what the command gets, and what it does not notice."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from exec.repositories import EXPORT, LOCK, MARKER, SCRIPT, command_facts, repository, run, write

from devflow.exec.run import argv
from devflow.exec.shell import command, dotenv, sourced, stubs

TELL = (
    "import json, os, sys; names = ['PATH', 'PYTHONPATH', 'PEX_EXTRA_SYS_PATH', 'VIRTUAL_ENV', 'PYTHONHOME'];"
    "print(json.dumps([sys.argv[1:], os.getcwd(), {name: os.environ.get(name) for name in names}]))"
)
MAKE_AGAIN = "pants export-all-resolves --include=main && pants exec-files --resolve=main"
SHELLS = [shell for shell in ("sh", "bash", "dash", "zsh", "ksh") if shutil.which(shell)]


@pytest.fixture(params=["plain", "a name with spaces, $HOME and 'quotes'"])
def root(tmp_path: Path, request: Any) -> Path:
    path = tmp_path / str(request.param)
    repository(path)
    return path


def test_the_command_gets_the_virtualenv_and_the_code(root: Path) -> None:
    awkward = ["", "a b", "line\nbreak", "{chroot}", "@file", "*", "--", "-x", "'", '"', "$HOME"]
    done = run(root, "-c", TELL, *awkward, env={"PYTHONPATH": "/mine", "PYTHONHOME": sys.base_prefix})
    arguments, cwd, variables = json.loads(done.stdout)
    assert arguments == awkward
    assert cwd == str(root)
    code = f"{root}/src:{root}/lib"
    venv = f"{root}/dist/export/python/virtualenvs/main/current"
    assert variables == {
        "PATH": f"{venv}/bin:{os.environ['PATH']}",
        "PYTHONPATH": f"{code}:/mine",
        "PEX_EXTRA_SYS_PATH": code,  # an empty part would stand for the working directory
        "VIRTUAL_ENV": venv,
        "PYTHONHOME": None,
    }
    assert done.stderr == ""


def test_each_variable_of_the_caller_is_kept(root: Path) -> None:
    """Also one whose name the script uses, in each of its parts."""
    (root / "main.lock").write_text(LOCK + "more==1.0\n")
    os.utime(root / EXPORT / MARKER, (1_000_000_000, 1_000_000_000))
    own = {"VIRTUAL_ENV", "PATH", "PYTHONPATH", "PEX_EXTRA_SYS_PATH", "IFS"}
    names = set(re.findall(r"[A-Za-z_]\w*", (root / SCRIPT).read_text())) - own
    names = {name for name in names if not name.startswith(("devflow_", "DEVFLOW_", "PYTHON"))}
    tell = "import json, os; print(json.dumps(dict(os.environ)))"
    write(root / EXPORT / "bin/tell", f"#!{root / EXPORT}/bin/python -sE\n{tell}\n", mode=0o755)
    mine = {name: f"my {name}" for name in {*names, "root", "code"}}
    for words in (["-c", tell], ["tell"]):
        done = run(root, *words, env=mine)
        assert json.loads(done.stdout).items() >= mine.items()


def test_the_goal_runs_a_console_script_as_the_script_does(root: Path) -> None:
    """In a directory with any name; and its shell is replaced by the command."""
    of = command_facts(root)
    venv = root / EXPORT
    write(
        venv / "bin/tool",
        f"#!{venv}/bin/python -sE\nimport acme, os, sys\nprint(os.getpid(), sys.argv[1:])\n",
        mode=0o755,
    )
    awkward = ["", "a b", "line\nbreak", "@file", "*", "--", "'", "$HOME"]
    process = subprocess.Popen(
        argv(command(of), str(root / "src"), ["tool", *awkward]),
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
    )
    printed, _ = process.communicate()
    assert printed == f"acme\n{process.pid} {awkward}\n"


def test_it_runs_where_it_is_called_and_ends_as_the_command_ends(root: Path) -> None:
    below = root / "src"
    assert json.loads(run(root, "-c", TELL, cwd=below).stdout)[1] == str(below)
    assert run(root, "-c", "raise SystemExit(7)").returncode == 7
    assert run(root, "-c", "import os; os.kill(os.getpid(), 15)").returncode == -15
    assert run(root, "-m", "acme").stdout == "acme\n"
    assert run(root, "src/acme.py").stdout == "acme\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_runs_it(root: Path, shell: str) -> None:
    done = subprocess.run([shell, SCRIPT, "-m", "acme"], cwd=root, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("acme\n", "", 0)
    beside = subprocess.run(
        [shell, "main", "-m", "acme"], cwd=root / "dist/exec", capture_output=True, text=True, check=False
    )
    assert (beside.stdout, beside.stderr) == ("acme\n", "")


@pytest.mark.parametrize(
    "shebang",
    [
        "#!{venv}/bin/python -sE",
        "#!/elsewhere/dist/export/python/virtualenvs/main/3.9.18/bin/python3.9 -sE",
        "#!/bin/sh\n'''exec' \"{venv}/bin/python\" \"$0\" \"$@\"\n' '''",
    ],
    ids=["here", "moved", "long"],
)
def test_a_console_script_finds_the_code(root: Path, shebang: str) -> None:
    venv = root / EXPORT
    write(venv / "bin/tool", f"{shebang.format(venv=venv)}\nimport acme, sys\nprint(sys.argv[1:])\n", mode=0o755)
    assert run(root, "tool", "one", "two words").stdout == "acme\n['one', 'two words']\n"


def test_other_programs_are_run_as_they_are(root: Path) -> None:
    write(root / EXPORT / "bin/other", "#!/bin/sh\necho other $#\n", mode=0o755)
    assert run(root, "other", "a b").stdout == "other 1\n"
    assert run(root, "sh", "-c", "echo $0 $VIRTUAL_ENV | wc -w").stdout.strip().isdigit()
    here = write(root / "src/here", "#!/bin/sh\necho here\n", mode=0o755)
    assert run(root, "./here", cwd=here.parent).stdout == "here\n"
    shutil.copy("/bin/echo", root / EXPORT / "bin/binary")
    assert run(root, "binary", "x").stdout == "x\n"


def test_a_command_that_is_nowhere(root: Path) -> None:
    done = run(root, "no-such-command")
    venv = f"{root}/dist/export/python/virtualenvs/main/current"
    assert done.returncode == 127
    assert done.stderr == f"{root}/{SCRIPT}: no-such-command is neither in {venv}/bin nor on PATH.\n"


def test_a_moved_repository_and_a_link_to_the_script(root: Path, tmp_path: Path) -> None:
    moved = root.rename(tmp_path / "moved")
    (tmp_path / "links").mkdir()
    os.symlink("../moved/dist/exec/main", tmp_path / "links/first")
    os.symlink("links/first", tmp_path / "py")
    done = run(tmp_path, "-c", TELL, program="py")
    assert json.loads(done.stdout)[2]["VIRTUAL_ENV"] == f"{moved}/dist/export/python/virtualenvs/main/current"


def test_without_an_export(root: Path) -> None:
    shutil.rmtree(root / EXPORT)
    done = run(root, "-m", "acme")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"{root}/{SCRIPT}: the export of main is missing.\n  Fix: {MAKE_AGAIN}\n")


@pytest.mark.parametrize("beside", [False, True], ids=["in the export", "beside a linked export"])
def test_a_lockfile_that_changed(root: Path, beside: bool) -> None:
    marker = root / EXPORT / MARKER
    if beside:
        marker = marker.rename(marker.parents[1] / f".3.9.18{MARKER}")
    os.utime(marker, (1_000_000_000, 1_000_000_000))
    assert run(root, "-m", "acme").stderr == "", "written again, with the same content"
    (root / "main.lock").write_text(LOCK + "more==1.0\n")
    warned = run(root, "-m", "acme")
    assert (warned.stdout, warned.returncode) == ("acme\n", 0)
    assert warned.stderr == (f"{root}/{SCRIPT}: the export of main may be stale: {MAKE_AGAIN}\n")
    assert run(root, "-m", "acme", env={"DEVFLOW_STALE": "ignore"}).stderr == ""
    refused = run(root, "-m", "acme", env={"DEVFLOW_STALE": "error"})
    assert (refused.stdout, refused.returncode, refused.stderr) == ("", 1, warned.stderr)
    marker.touch()
    assert run(root, "-m", "acme").stderr == "", "the export is newer"


def test_two_at_once(root: Path) -> None:
    wait = "import sys; print('in', flush=True); sys.stdin.read()"
    both = [
        subprocess.Popen([root / SCRIPT, "-c", wait], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [one.stdout.readline() for one in both if one.stdout] == ["in\n", "in\n"]
    for one in both:
        one.communicate("")
    assert [one.returncode for one in both] == [0, 0]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_sourced_file(root: Path, shell: str) -> None:
    (root / "main.sh").write_text(sourced(command_facts(root)))
    commands = '. ./main.sh; . ./main.sh; printf "%s\\n" "$PATH" "$PYTHONPATH" "$VIRTUAL_ENV"'
    done = subprocess.run(
        [shell, "-c", commands],
        cwd=root,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": "/mine"},
        capture_output=True,
        text=True,
        check=True,
    )
    venv = f"{root}/dist/export/python/virtualenvs/main/current"
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"{venv}/bin:{os.environ['PATH']}",
        f"{root}/src:{root}/lib:/mine",
        venv,
    ]


@pytest.mark.parametrize(
    ("root_path", "line"),
    [
        ("/repo", "PYTHONPATH=/repo/src:/repo/lib"),
        ("/my repo", 'PYTHONPATH="/my repo/src:/my repo/lib"'),
        ("/a$b", None),
        ('/a"b', None),
        ("/a#b", None),
        ("/a\nb", None),
    ],
)
def test_the_file_of_variables(root_path: str, line: str | None) -> None:
    text = dotenv(command_facts(Path(root_path)))
    assert (text.splitlines()[1] if text else None) == line


def test_the_stubs_work_as_they_are_printed(tmp_path: Path) -> None:
    repository(tmp_path)
    printed = stubs(command_facts(tmp_path), SCRIPT)
    lines = [line.strip() for line in printed[1 : printed.index("For .envrc, for direnv:")]]
    write(tmp_path / "py", "\n".join([*lines, ""]), mode=0o755)
    assert run(tmp_path, "-m", "acme", program="py").stdout == "acme\n"
    assert run(tmp_path, "-m", "acme", program="py", cwd=tmp_path / "src").stdout == "acme\n"


def test_the_build_root_itself_is_a_source_root(tmp_path: Path) -> None:
    of = command_facts(tmp_path, roots=("src", "."))
    assert f"PYTHONPATH={tmp_path}/src:{tmp_path}\n" in (dotenv(of) or "")
