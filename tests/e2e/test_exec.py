"""`exec` and `exec-files`, with a real virtualenv and a terminal."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.projects import ANSICOLORS, settings
from harness.transcripts import printed_by
from harness.world import PATIENCE_S, Caches, Repository, repository

ACME = """\
import os, signal, sys, time
try:
    open("/dev/tty").close()
    print("a controlling terminal")
except OSError:
    print("no controlling terminal")
try:
    print("in", os.getcwd(), os.isatty(0), flush=True)
    while True:  # a signal that comes just before one sleep is noticed before the next one
        time.sleep(0.1)
finally:
    time.sleep(0.5)
    print("cleaned up", flush=True)
"""

GRACE = "process_execution_graceful_shutdown_timeout"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    pants_toml = settings({"pinned": "pinned.lock"}, backends=["devflow.exec"])
    files = {
        ".gitignore": "/.pants.d/\n/.pids/\n/dist/\n/plugins/*/\n",
        # After Ctrl-C, Pants gives a program three seconds, which may be too few on a busy machine.
        "pants.toml": pants_toml.replace("[GLOBAL]\n", f"[GLOBAL]\n{GRACE} = {PATIENCE_S}\n"),
        "pinned.lock": ANSICOLORS,
        "src/BUILD": "python_sources()\n",
        "src/acme.py": ACME,
        "src/below/file.txt": "",
    }
    with repository(tmp_path_factory.mktemp("exec") / "repository", caches, files) as new:
        yield new


def test_it_exports_first_and_once(repo: Repository) -> None:
    refused = repo.run("exec", "--no-export", "--", "-c", "print(1)", check=False)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert (
        "exec: The export of pinned is missing.\n  Fix: pants export-all-resolves --include=pinned\n" in refused.stderr
    )
    done = repo.run("exec", "--", "-c", "import colors; print('x'); raise SystemExit(7)", check=False)
    assert (done.exit_code, done.stdout) == (7, "x\n")
    assert done.stderr.endswith("Exported 1, 0 up to date.\n")
    again = repo.run("exec", "--check")
    assert (again.stdout, again.stderr) == ("", f"pinned: up to date, {repo.venv('pinned').relative_to(repo.root)}\n")
    assert repo.run("exec", "--", "-c", "print(2)").stderr == ""
    assert os.readlink(repo.venv("pinned").parent / "current") == repo.venv("pinned").name


@pytest.mark.parametrize("pantsd", [True, False])
def test_it_runs_where_it_is_called_with_the_callers_variables(repo: Repository, pantsd: bool) -> None:
    tell = "import os; print(os.getcwd(), os.environ['MINE'], *(n for n in os.environ if n.startswith('NAILGUN')))"
    path = "import os; print(os.environ['PYTHONPATH'], 'DEVFLOW_CALLERS_PYTHONPATH' in os.environ)"
    below = repo.root / "src" / "below"
    mine = {"MINE": "a b", "PWD": str(below), "PYTHONPATH": "/mine"}
    done = repo.run("exec", "--", "-c", f"{tell}; {path}", cwd=below, env=mine, pantsd=pantsd)
    assert done.stdout == f"{below} a b\n{repo.root}/src:/mine False\n"
    moved = repo.run("exec", "--cwd=..", "--", "-c", tell, cwd=below, env={"MINE": "x", "PWD": str(below)})
    assert moved.stdout == f"{below.parent} x\n"


def test_what_is_refused(repo: Repository) -> None:
    for arguments, message in (
        (["-m", "acme.cli"], "This goal takes its command behind --.\n  Fix: pants exec -- -m acme.cli\n"),
        ([], "This goal takes its command behind --.\n"),
        (["--", "no-such-command"], "no-such-command is neither in "),
        (["--", "pip4"], " It has pip"),
        (["--", "{chroot}"], "An argument holds {chroot}"),
        (["--cwd=nowhere", "--", "-V"], "--cwd=nowhere: "),
        (["--resolve=pined", "--", "-V"], "--resolve=pined: no resolve has that name. Did you mean 'pinned'?"),
    ):
        refused = repo.run("exec", *arguments, check=False)
        assert (refused.exit_code, refused.stdout) == (1, ""), arguments
        assert message in refused.stderr
    # The options of stock export, which begin with the name of a goal, still work.
    assert repo.run("--export-py-resolve-format=mutable_virtualenv", "exec", "--", "-V").stdout.startswith("Python 3.")
    _, stderr = repo.start("export", "--py-resolve-format=mutable_virtualenv", "--resolve=nope").communicate()
    assert "nope" in stderr
    assert "Unknown flag" not in stderr


def in_terminal(command: list[str], repo: Repository, awaited: str, key: bytes) -> tuple[str, int]:
    """Run a command in a terminal, and type when it has printed a text; what it printed, and its exit status."""
    pid, descriptor = pty.fork()
    if not pid:
        os.chdir(repo.root)
        os.execve(command[0], command, {**os.environ, **repo.caches.environment()})
    text = ""
    typed = False
    while True:
        ready, _, _ = select.select([descriptor], [], [], PATIENCE_S)
        assert ready, f"waited in vain after {text!r}"
        try:
            read = os.read(descriptor, 1024)
        except OSError:  # the terminal is closed
            read = b""
        if not read:
            break
        text += read.decode()
        if not typed and awaited in text:
            os.write(descriptor, key)
            typed = True
    return text, os.waitpid(pid, 0)[1]


def ctrl_c(command: list[str], repo: Repository) -> tuple[str, int]:
    """Type Ctrl-C when the program is in."""
    return in_terminal([*command, "-m", "acme"], repo, f"in {repo.root} True", b"\x03")


def test_ctrl_c(repo: Repository) -> None:
    text, status = ctrl_c([str(repo.launcher), "--pantsd", "exec", "--"], repo)
    assert "no controlling terminal" in text
    assert "cleaned up" in text
    assert os.WEXITSTATUS(status) == 1


def test_a_python_that_asks(repo: Repository) -> None:
    """Without a command, in a terminal."""
    command = [str(repo.launcher), "--pantsd", "exec"]
    text, status = in_terminal(command, repo, ">>> ", b"print(6 * 7)\nraise SystemExit(5)\n")
    assert "42\r\n" in text
    assert os.WEXITSTATUS(status) == 5


def test_the_files(repo: Repository) -> None:
    [transcript] = printed_by("exec-files")
    shutil.rmtree(repo.root / "dist/exec", ignore_errors=True)
    (repo.venv("pinned").parent / "current").unlink()
    written = repo.run(*transcript.command)
    assert transcript.differences(written.stdout + written.stderr) == []
    assert repo.run("exec-files", "--check").stderr == "4 up to date.\n"
    script = repo.root / "dist/exec/pinned"
    done = subprocess.run(
        [script, "-c", "import colors, sys; print(sys.prefix)"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{repo.venv('pinned').parent}/current\n"
    pip = subprocess.run([script, "pip", "--version"], capture_output=True, text=True, check=True)
    assert str(repo.venv("pinned").parent) in pip.stdout
    # Pants is not kept waiting, and does not keep it waiting.
    running = subprocess.Popen([script, "-m", "acme"], cwd=repo.root, stdout=subprocess.PIPE, text=True)
    assert running.stdout
    assert any(line.startswith("in ") for line in running.stdout)
    assert repo.run("list", "::").exit_code == 0
    running.kill()
    running.communicate()
    text, status = ctrl_c([str(script)], repo)
    assert text.startswith("a controlling terminal")
    assert "cleaned up" in text
    assert "KeyboardInterrupt" in text
    assert (os.WIFSIGNALED(status), os.WEXITSTATUS(status)) in {(True, 0), (False, 130)}


def test_plugins_that_git_ignores(repo: Repository) -> None:
    """They are on the path behind the repository's own code, and their entry points are found."""
    repo.write("plugins/mail/BUILD", "no_such_target()\n")
    repo.write(
        "plugins/mail/pyproject.toml",
        '[project]\nname = "mail"\nversion = "1"\nentry-points.kiln.mail = "mail_plugin:Mail"\n',
    )
    repo.write("plugins/mail/src/mail_plugin.py", "Mail = 'the plugin'\n")
    tell = (
        "import sys; from importlib.metadata import entry_points; "
        "print([one.load() for one in entry_points(group='kiln')], *(p for p in sys.path if 'virtualenvs' not in p))"
    )
    done = repo.run("exec", "--", "-c", tell)
    roots = [f"{repo.root}/{one}" for one in ("src", "plugins/mail/src", "dist/plugins")]
    assert done.stdout.startswith(f"['the plugin']  {' '.join(roots)} ")
    assert "plugins" not in repo.run("list", "::").stdout
    assert "plugins" not in repo.run("tailor", "--check", "::", check=False).stdout
    shutil.rmtree(repo.root / "plugins")


def test_a_moved_repository(repo: Repository, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(repo.root, moved, symlinks=True, ignore=shutil.ignore_patterns(".pids", ".pants.d"))
    done = subprocess.run(
        [moved / "dist/exec/pinned", "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(str(moved))
