from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import pytest
from doctor.broken import Clone


def fake_proc(clone: Clone, used: int) -> None:
    """A /proc in which one process of this user has watches."""
    clone.write("proc/sys/fs/inotify/max_user_watches", "100\n")
    clone.write("proc/sys/fs/inotify/max_user_instances", "128\n")
    clone.write("proc/7/comm", "code\n")
    clone.write("proc/7/fdinfo/3", "pos:\t0\n" + "inotify wd:1 ino:2\n" * used)
    clone.write("proc/7/fdinfo/4", "pos:\t0\n")
    (clone.base / "proc/7/fd").mkdir(parents=True, exist_ok=True)
    for name, target in (("3", "anon_inode:inotify"), ("4", "/dev/null")):
        link = clone.base / "proc/7/fd" / name
        if not link.is_symlink():
            link.symlink_to(target)
    clone.options = {"proc": str(clone.base / "proc")}


def test_watches_are_counted_by_process(clone: Clone) -> None:
    fake_proc(clone, 96)
    [(severity, what, _)] = clone.found("watches")
    assert severity == "error"
    assert what.startswith(
        "100 watches of files are allowed, 96 are in use, most of them by code (process 7), 1 needed. Pants ends with "
    )
    fake_proc(clone, 95)
    assert clone.found("watches") == []


LOG_OF_NOTIFY = """\
12:00:00.01 [ERROR] 1 Exception encountered:

IntrinsicError: Failed to watch filesystem for `/repo/src`: Error { kind: MaxFilesWatch, paths: ["/repo/src"] }
"""
LOG = """\
12:00:00.00 [INFO] waiting for file handler
12:00:00.01 [ERROR] Failed to watch filesystem for `/repo/src`: Error { kind: Io(Os { code: 28, kind: StorageFull, \
message: "No space left on device" }), paths: ["/repo/src"] }

On Linux, this can be caused by a `max_user_watches` setting that is lower than the number of files and directories in \
your repository (yours is set to 100). Please see https://www.pantsbuild.org/docs/troubleshooting
"""


def test_a_watch_that_pants_could_not_make(clone: Clone) -> None:
    fake_proc(clone, 5)
    log = clone.write("repo/.pants.d/pants.log", LOG)
    [(severity, what, fix)] = clone.found("watches")
    assert severity == "error"
    assert "Pants ends with Failed to watch filesystem for " in what
    assert fix.startswith("echo fs.inotify.max_user_watches=524288 | sudo tee /etc/sysctl.d/60-pants.conf && ")
    os.utime(log, (time.time() - 2 * 86400,) * 2)
    assert clone.found("watches") == []
    os.utime(log)
    clone.write("proc/sys/fs/inotify/max_user_watches", "200\n")  # what the fix does
    assert clone.found("watches") == []


def test_a_failure_that_does_not_name_the_limit(clone: Clone) -> None:
    """It counts until the fix is made."""
    fake_proc(clone, 60)
    clone.write("repo/.pants.d/pants.log", LOG_OF_NOTIFY)
    [(severity, what, _)] = clone.found("watches")
    assert severity == "error"
    assert what.rpartition("Error ")[2].rstrip(".") in LOG_OF_NOTIFY
    clone.write("proc/sys/fs/inotify/max_user_watches", "200\n")  # what the fix does
    assert clone.found("watches") == []


def test_the_fix_raises_the_limit_for_good(clone: Clone) -> None:
    """With a `sudo`, a `tee` and a `sysctl` of the test's own."""
    fake_proc(clone, 99)
    limit = clone.base / "proc/sys/fs/inotify/max_user_watches"
    for name, script in (
        ("sudo", 'exec "$@"'),
        ("tee", f"sed s/.*=// > {limit}"),
        ("sysctl", "exit 0"),
    ):
        clone.write(f"bin/{name}", f"#!/bin/sh\n{script}\n", mode=0o755)
    environment = {**os.environ, "PATH": f"{clone.base}/bin:{os.environ['PATH']}"}
    subprocess.run(["sh", "-c", clone.fix("watches")], env=environment, check=True)
    assert limit.read_text() == "524288\n"
    assert clone.found("watches") == []


HOLD = """
import ctypes, os, pathlib, sys, time
libc, directory = ctypes.CDLL(None), pathlib.Path(sys.argv[1])
directory.mkdir()
for number in range(1000):
    if "instances" in sys.argv[2] or not number:
        instance = libc.inotify_init1(0)
    (directory / str(number)).mkdir()
    if instance < 0 or libc.inotify_add_watch(instance, os.fsencode(directory / str(number)), 0x100) < 0:
        break
else:
    sys.exit("There is no limit.")
(directory / "ready").touch()
time.sleep(600)
"""
# $1 is a directory, $2 the name of a limit, $3 its value, $4 Python, $5 a program that holds all that the limit allows.
IN_A_NAMESPACE = """
mount -t tmpfs none /etc/sysctl.d
echo "$3" > "/proc/sys/user/$2"
"$4" -c "$5" "$1/held" "$2" & holder=$!
trap 'kill $holder' EXIT
until [ -e "$1/held/ready" ]; do kill -0 $holder; sleep 0.05; done
start() { "$4" -m doctor.start_engine --local-store-dir="$1/store" --local-execution-root-dir="$1/execution" || :; }
start "$@" > "$1/before" 2>&1
"$4" -m devflow.doctor --only=watches > "$1/found" || echo "exit code: $?" >> "$1/found"
sh -c "$(sed -n 's/^  Fix: //p' "$1/found")" > /dev/null 2>&1
"$4" -m devflow.doctor --only=watches > "$1/found-after"
start "$@" > "$1/after" 2>&1
"""


@pytest.mark.needs("mount-namespaces", "sysctl")
@pytest.mark.parametrize(("limit", "allowed"), [("max_inotify_watches", 200), ("max_inotify_instances", 3)])
def test_pants_fails_and_works_after_the_fix(clone: Clone, limit: str, allowed: int) -> None:
    """In a user namespace, which has limits of its own, and where this user is root."""
    clone.write("bin/sudo", '#!/bin/sh\nexec "$@"\n', mode=0o755)
    environment = {
        "PATH": f"{clone.base}/bin:{os.environ['PATH']}:/usr/sbin:/sbin",
        "HOME": str(clone.base / "home"),
        "PYTHONPATH": ":".join(map(os.path.abspath, sys.path)),
    }
    arguments = (str(clone.base), limit, str(allowed), sys.executable, HOLD)
    command = ["unshare", "--map-root-user", "--mount", "sh", "-euc", IN_A_NAMESPACE, "sh", *arguments]
    subprocess.run(command, cwd=clone.root, env=environment, check=True)
    before, found, found_after, after = (
        (clone.base / name).read_text() for name in ("before", "found", "found-after", "after")
    )
    what, fix, *_, exit_code = found.splitlines()
    assert what.startswith("watches: error: ")
    words = re.split("Pants ends with (?=Failed to )", what)[1].rstrip(".")
    begin, _, kind = words.replace("a directory", "`…/`").partition("`…/`")
    assert begin in before
    assert kind in before
    assert "It works." not in before
    assert fix.startswith(f"  Fix: echo user.{limit}=")
    assert exit_code == "exit code: 1"
    assert found_after == "1 check fine.\n"
    assert "It works." in after


@pytest.mark.parametrize(("directories", "severity"), [(20, []), (60, ["warning"])])
def test_directories_count_only_where_most_watches_are_used(
    clone: Clone, directories: int, severity: list[str]
) -> None:
    for number in range(directories):
        for parent in ("src", ".hidden", "dist"):
            (clone.root / parent / str(number)).mkdir(parents=True)
    fake_proc(clone, 40)
    assert clone.found("watches") == []
    assert clone.facts("watches")["needed"] is None
    fake_proc(clone, 60)
    assert [one[0] for one in clone.found("watches")] == severity
    assert clone.facts("watches")["needed"] == 1 + 1 + directories
