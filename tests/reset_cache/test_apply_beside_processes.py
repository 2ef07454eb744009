"""A reset beside processes of Pants: it refuses, waits for them, or ends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

from pants.pantsd.lock import OwnerPrintingInterProcessFileLock

from devflow.plain.facts import Process
from devflow.plain.processes.table import PsutilSource
from reset_cache.fakes import FakeSource, daemon, databases, run
from reset_cache.scene import Scene, unchanged

SLEEPER = "import signal; print('up', flush=True); signal.pause()"


def test_it_refuses_while_somebody_works_and_changes_nothing(scene: Scene) -> None:
    source = FakeSource([daemon(11, "/other")], files={11: databases(scene.settings.local_store_dir)}, busy={11: 1})
    with unchanged(scene):
        for dry_run in (True, False):
            outcome = scene.reset(source=source, dry_run=dry_run)
            assert outcome.exit_code == 1
    assert OwnerPrintingInterProcessFileLock(str(scene.repo / ".pids" / ".lock.pantsd")).acquire(blocking=False)


def test_somebody_who_comes_in_between_is_seen(scene: Scene) -> None:
    store = scene.settings.local_store_dir

    class Arriving(FakeSource):
        looks = 0

        def processes(self) -> Any:
            self.looks += 1
            # The named caches are looked at, too: the second look at who is there is the third time.
            return iter([run(11, "/other")] if self.looks > 2 else [])

    with unchanged(scene):
        outcome = scene.reset(source=Arriving(files={11: databases(store)}))
    assert [problem.what for problem in outcome.plan.refusals] == [
        "process 11 in /other (python -m pants test ::) is at work."
    ]
    assert not outcome.done


def test_an_idle_daemon_on_the_same_store_really_ends(scene: Scene) -> None:
    child = subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE)
    try:
        assert child.stdout
        child.stdout.readline()
        real = PsutilSource().process(child.pid)
        assert real

        class Mixed(FakeSource):
            def process(self, pid: int) -> Process | None:
                return PsutilSource().process(pid)

        listed = daemon(child.pid, "/other", started_s=real.started_s)
        outcome = scene.reset(source=Mixed([listed], files={child.pid: databases(scene.settings.local_store_dir)}))
        # It is still listed, but not concerned any more: the fake one does not know that it has ended.
        assert [one.process.pid for one in outcome.stopped] == [child.pid]
        assert child.wait(timeout=60) == -signal.SIGTERM
    finally:
        child.kill()
        child.communicate()


def test_a_daemon_that_ends_itself_keeps_the_lock(scene: Scene) -> None:
    script = f"""
import os, sys
from pathlib import Path
from reset_cache.fakes import FakeSource, daemon
from reset_cache.scene import Scene
scene = Scene(Path({str(scene.base)!r}))
outcome = scene.reset("store", source=FakeSource([daemon(os.getpid(), str(scene.repo))]), in_daemon=True)
print(outcome.exit_code, outcome.plan.ends_daemon, flush=True)
input()
"""
    child = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout
    assert child.stdout.readline() == "0 True\n"
    lock = OwnerPrintingInterProcessFileLock(str(scene.repo / ".pids" / ".lock.pantsd"))
    assert not lock.acquire(blocking=False)
    child.communicate("\n", timeout=60)
    assert lock.acquire(blocking=False)
    lock.release()
