"""A `RuleRunner` for many tests: to make one costs as much as a test, and each leaves threads that slow the next."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any

from pants.base.build_root import BuildRoot
from pants.testutil.rule_runner import RuleRunner

# Remote execution on, and no server: what a process of the cluster would do fails.
WITH_A_DEAD_CLUSTER = (
    "--remote-execution",
    "--remote-execution-address=grpc://127.0.0.1:9",
    "--remote-store-address=grpc://127.0.0.1:9",
)


def emptied(runner: RuleRunner) -> RuleRunner:
    """The runner with nothing in its build root, whatever the test before has made there, and with its own options."""
    # The build root belongs to the process, and another module's runner may have moved it.
    BuildRoot().path = runner.build_root
    for path in Path(runner.build_root).iterdir():
        if path.is_dir() and not path.is_symlink():
            _remove(path)
        elif path.name != "BUILDROOT":
            path.unlink()
    runner.scheduler.invalidate_all_files()
    runner.set_options([])
    return runner


def _remove(directory: Path) -> None:
    """With what a process that outlives its goal removes there at the same time, such as a replaced export."""
    while directory.exists():
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(directory)


def name_of_rule(replaced: Any) -> str:
    """The `canonical_name` of a rule that stands for this one in a test: newer Pants finds a rule by its name."""
    name: str = replaced.rule.canonical_name
    return name
