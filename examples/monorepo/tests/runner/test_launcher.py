import signal
import subprocess
import sys
import time

import psutil

from acme.runner.launcher import launcher_path, wrap


def test_only_this_platforms_launcher_is_here() -> None:
    """`pants test` chooses resources for the machine it runs on."""
    assert [path.name for path in launcher_path().parent.iterdir()] == [launcher_path().name]


def test_becomes_the_command() -> None:
    done = subprocess.run(
        wrap(["/bin/sh", "-c", 'echo "$0 $1 $GREETING"; exit 3', "a b", "c"]),
        env={"GREETING": "hi"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (3, "a b c hi\n")


def test_no_such_command() -> None:
    assert subprocess.run(wrap(["/no/such/command"])).returncode == 127


def test_dies_with_its_parent() -> None:
    start = (
        "import subprocess, sys, time;"
        "print(subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL).pid, flush=True);"
        "time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", start, *wrap(["/bin/sleep", "60"])], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(0.2)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not _is_running(child):
            return
        time.sleep(0.1)
    raise AssertionError("the job outlived the agent")


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
