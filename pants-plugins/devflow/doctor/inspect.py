"""Makes all checks in threads that are abandoned when their time is over."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from devflow.common.errors import UserError
from devflow.common.git import GitError
from devflow.common.paths import as_text
from devflow.doctor.facts import CheckResult, HealthCheck, NotCheckedError, as_facts
from devflow.doctor.world import World

LIMIT_S = 1.0
NETWORK_LIMIT_S = 6.0  # a request has five of them
_LONG_S = 0.02  # longer than most checks


def inspect(checks: Sequence[HealthCheck], world: World, *, limit_s: float = LIMIT_S) -> tuple[CheckResult, ...]:
    """The result of each check, in their order."""
    return Inspection(checks, world).results(limit_s)


class Inspection:
    """Running checks, which start with the constructor.

    They run one after the other, because threads that all have something to do hold each other up (Python runs one at a
    time). If one takes long, as when a network file system hangs, another thread goes on with the rest.

    A check that fails is no finding: its result is "not checked", with the reason. The same holds for a check that does
    not answer in time. Its thread ends with the process, or when the file system answers.
    """

    def __init__(self, checks: Sequence[HealthCheck], world: World) -> None:
        self._all = [_Running(check, world) for check in checks]
        self._waiting = deque(self._all)
        self._begin = time.monotonic()
        self._start(self._run)
        self._start(self._watch)

    def results(self, limit_s: float = LIMIT_S) -> tuple[CheckResult, ...]:
        """Wait for the results, in the order of the checks; the time counts from the beginning."""
        return tuple(
            one.result(self._begin, NETWORK_LIMIT_S if _asks(one.check, one.world) else limit_s) for one in self._all
        )

    def _start(self, do: Callable[[], None]) -> None:
        threading.Thread(target=do, name="doctor", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                one = self._waiting.popleft()
            except IndexError:
                return
            one.run()

    def _watch(self) -> None:
        while left := len(self._waiting):
            time.sleep(_LONG_S)
            if len(self._waiting) == left:
                self._start(self._run)


def _asks(check: HealthCheck, world: World) -> bool:
    return check.network or (check.asks_if_allowed and world.network)


class _Running:
    def __init__(self, check: HealthCheck, world: World) -> None:
        self.check = check
        self.world = world
        self._result: CheckResult | None = None
        self._has_ended = threading.Event()

    def run(self) -> None:
        self._result = made(self.check, self.world)
        self._has_ended.set()

    def result(self, begin: float, limit_s: float) -> CheckResult:
        self._has_ended.wait(max(0.0, begin + limit_s - time.monotonic()))
        return self._result or CheckResult(self.check.name, not_checked=f"no answer in {limit_s:.0f} s")


def made(check: HealthCheck, world: World) -> CheckResult:
    """The result of one check, without a time limit."""
    try:
        read = check.read(world)
        return CheckResult(check.name, tuple(check.judge(read)), facts=as_facts(read))
    except NotCheckedError as reason:
        return CheckResult(check.name, not_checked=str(reason))
    except UserError as error:
        return CheckResult(check.name, not_checked=error.problem.what)
    except GitError as error:
        return CheckResult(check.name, not_checked=f"git failed: {error}")
    except OSError as error:
        where = f"{as_text(os.fsdecode(error.filename))}: " if isinstance(error.filename, (str, bytes)) else ""
        return CheckResult(check.name, not_checked=f"{where}{error.strerror or error}")
    except Exception as error:  # a failed check is no finding about the machine
        return CheckResult(check.name, not_checked=f"{type(error).__name__}: {error}")
