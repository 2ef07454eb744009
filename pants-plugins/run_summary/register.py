"""`./pants test` ends with the numbers of tests, and with the reasons of skipped ones. Not a part of devflow.

Pants shows the output of failed modules only, so nobody would see that a test was skipped. Needs `[test].report`.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from pants.base.build_root import BuildRoot
from pants.core.goals.test import TestSubsystem
from pants.core.util_rules.distdir import DistDir
from pants.engine.internals.scheduler import Workunit
from pants.engine.rules import collect_rules, rule
from pants.engine.streaming_workunit_handler import (
    StreamingWorkunitContext,
    WorkunitsCallback,
    WorkunitsCallbackFactory,
    WorkunitsCallbackFactoryRequest,
)
from pants.engine.unions import UnionRule

from run_summary.summary import summary


class RunSummaryCallback(WorkunitsCallback):
    """Made when a run of Pants begins, and told when it is over."""

    def __init__(self, reports: Path) -> None:
        self._reports = reports
        # File systems may keep whole seconds only.
        self._begin = float(int(time.time()))

    @property
    def can_finish_async(self) -> bool:
        """The summary belongs to the command's own output."""
        return False

    def __call__(
        self,
        *,
        started_workunits: tuple[Workunit, ...],
        completed_workunits: tuple[Workunit, ...],
        finished: bool,
        context: StreamingWorkunitContext,
    ) -> None:
        """Print the summary of a run of `test`; the goal has written its reports."""
        text = summary(self._reports, self._begin) if finished and "test" in context.run_tracker.goals else ""
        if text:
            print(f"\n{text}", file=sys.stderr)


@dataclass(frozen=True)
class RunSummaryRequest:
    """Asks for the callback."""


@rule
def run_summary(
    request: RunSummaryRequest, test: TestSubsystem, build_root: BuildRoot, distdir: DistDir
) -> WorkunitsCallbackFactory:
    """One for each run."""
    reports = build_root.pathlib_path / test.report_dir(distdir)
    return WorkunitsCallbackFactory(lambda: RunSummaryCallback(reports))


def rules() -> list[object]:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(WorkunitsCallbackFactoryRequest, RunSummaryRequest)]
