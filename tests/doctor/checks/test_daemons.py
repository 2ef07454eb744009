from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
from doctor.broken import Clone

from devflow.plain.processes.table import process_source
from harness.world import wait_until
from reset_cache.fakes import FakeSource, daemon, run


def test_a_daemon_that_is_not_recorded(clone: Clone) -> None:
    """As Pants up to 2.18 leaves it in `.pids` when the repository goes over to a newer one."""
    clone.configure('[DEFAULT]\nx = "y"\n')
    clone.write("repo/pants.toml", (clone.root / "pants.toml").read_text().replace("2.17.1", "2.32.0"))
    clone.write("repo/.pids/0123456789ab/pantsd/pid", "11")
    clone.source = FakeSource([daemon(11, str(clone.root)), daemon(12, "/other"), run(13, str(clone.root))])
    [(severity, what, fix)] = clone.found("daemon")
    assert (severity, fix) == ("warning", "kill 11")
    assert "(process 11, 1.0 KiB, up " in what
    clone.write("repo/.pants.d/pids/0123456789ab/pantsd/pid", "11")
    assert clone.found("daemon") == []


def test_one_that_starts_or_is_of_another_user(clone: Clone) -> None:
    starting = daemon(11, str(clone.root), started_s=time.time())
    clone.source = FakeSource([starting, daemon(12, str(clone.root), user_id=os.getuid() + 1)])
    assert clone.found("daemon") == []


def ended(pid: int) -> bool:
    """Whether a process has ended, perhaps without its parent having noticed."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_the_fix_ends_it(clone: Clone) -> None:
    """A process with the title of a daemon, which is what tells one; as a daemon, it is no child of this process."""
    script = "import setproctitle, sys, time; setproctitle.setproctitle(sys.argv[1]); print('up', flush=True)"
    command = [sys.executable, "-c", f"{script}; time.sleep(600)", f"pantsd [{clone.root}]"]
    in_background = ["sh", "-c", '"$@" & echo $!', "sh", *command]
    env = {"PYTHONPATH": ":".join(map(os.path.abspath, sys.path))}
    with subprocess.Popen(in_background, cwd=clone.root, env=env, stdout=subprocess.PIPE, text=True) as shell:
        assert shell.stdout
        pid = next(int(line) for line in iter(shell.stdout.readline, "") if line.strip().isdigit())
        try:
            shell.wait()
            source = process_source()
            assert source
            # While a process starts its program, the system tells no words of it.
            wait_until(lambda: " ".join(psutil.Process(pid).cmdline()).startswith("pantsd"), what="the title")
            clone.source = source
            clone.options = {"now_s": time.time() + 60}
            assert clone.fix("daemon") == f"kill {pid}"
            clone.shell(clone.fix("daemon"))
            wait_until(lambda: ended(pid), what="its end")
            assert clone.found("daemon") == []
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_without_a_way_to_read_processes(clone: Clone) -> None:
    clone.options = {"processes": lambda: None}
    assert clone.not_checked("daemon").startswith("this Python cannot read processes")


def make_old(path: str) -> None:
    os.utime(path, (time.time() - 2 * 86400,) * 2)


def test_sandboxes_of_killed_runs(clone: Clone) -> None:
    for name in ("pants-sandbox-a", "pants-sandbox-new", "immutable_inputsX", "mine"):
        (clone.base / "execution" / name).mkdir()
        if not name.endswith("new"):
            make_old(str(clone.base / "execution" / name))
    assert clone.found("leftovers") == [
        ("note", "…/execution has 2 sandboxes of killed runs.", "./pants reset-cache --only=execution")
    ]
    clone.options = {"reset": f"{sys.executable} -m devflow.reset_cache"}
    clone.environment["PYTHONPATH"] = ":".join(map(os.path.abspath, sys.path))
    clone.shell(clone.fix("leftovers"))
    assert clone.found("leftovers") == []
    assert (clone.base / "execution" / "mine").exists()


def test_sandboxes_that_are_kept_on_purpose(clone: Clone) -> None:
    (clone.base / "execution" / "pants-sandbox-a").mkdir()
    make_old(str(clone.base / "execution" / "pants-sandbox-a"))
    clone.environment["PANTS_KEEP_SANDBOXES"] = "on_failure"
    assert clone.found("leftovers") == []


def test_what_an_interrupted_reset_left(clone: Clone) -> None:
    (clone.base / ".devflow-reset-abc").mkdir()
    make_old(str(clone.base / ".devflow-reset-abc"))
    [(severity, what, fix)] = clone.found("leftovers")
    assert (severity, what) == ("note", "…/.devflow-reset-abc is what an interrupted reset left.")
    assert fix.startswith("./pants reset-cache --only=")
