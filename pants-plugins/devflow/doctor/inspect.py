"""Makes all checks in parallel, each in a thread that is abandoned when its time is over."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence

from devflow.common.errors import UserError
from devflow.common.git import GitError
from devflow.common.paths import as_text
from devflow.doctor.facts import CheckResult, HealthCheck, NotCheckedError, as_facts
from devflow.doctor.world import World

LIMIT_S = 1.0
NETWORK_LIMIT_S = 6.0  # a request has five of them


def inspect(checks: Sequence[HealthCheck], world: World, *, limit_s: float = LIMIT_S) -> tuple[CheckResult, ...]:
    """The result of each check, in their order."""
    return Inspection(checks, world).results(limit_s)


class Inspection:
    """Running checks, which start with the constructor.

    A check that fails is no finding: its result is "not checked", with the reason. The same holds for a check that does
    not answer in time, as when a network file system hangs. Its thread ends with the process, or when the file system
    answers.
    """

    def __init__(self, checks: Sequence[HealthCheck], world: World) -> None:
        self._running = [_Running(check, world) for check in checks]
        self._begin = time.monotonic()
        for one in self._running:
            one.start()

    def results(self, limit_s: float = LIMIT_S) -> tuple[CheckResult, ...]:
        """Wait for the results, in the order of the checks; the time counts from the beginning."""
        return tuple(
            one.result(self._begin, NETWORK_LIMIT_S if _asks(one.check, one.world) else limit_s)
            for one in self._running
        )


def _asks(check: HealthCheck, world: World) -> bool:
    return check.network or (check.asks_if_allowed and world.network)


class _Running(threading.Thread):
    def __init__(self, check: HealthCheck, world: World) -> None:
        super().__init__(name=f"doctor-{check.name}", daemon=True)
        self.check = check
        self.world = world
        self._result: CheckResult | None = None

    def run(self) -> None:
        self._result = made(self.check, self.world)

    def result(self, begin: float, limit_s: float) -> CheckResult:
        self.join(max(0.0, begin + limit_s - time.monotonic()))
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
