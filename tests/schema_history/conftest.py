from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Callable

import pytest
from pants.backend.python import target_types_rules
from pants.core.goals import tailor
from pants.core.goals.tailor import AllOwnedSources, PutativeTargets
from pants.core.target_types import GenericTarget, LockfilesGeneratorTarget, LockfileTarget
from pants.engine.rules import QueryRule
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.schema_history import register
from devflow.schema_history.goal import DumpSchemaHistory
from devflow.schema_history.tailor import PutativeMigrationsRequest

Run = Callable[..., GoalRuleResult]
THIS_PYTHON = f"=={sys.version_info.major}.{sys.version_info.minor}.*"
# A requirement file without hashes; those with them are in tests/e2e.
LOCKFILE = """\
alembic==1.16.5
greenlet==3.2.4
mako==1.3.10
markupsafe==3.0.2
sqlalchemy==2.0.43
tomli==2.2.1
typing-extensions==4.15.0
"""


@pytest.fixture(scope="session")
def shared_runner() -> RuleRunner:
    """One for all tests: alembic is installed once."""
    return RuleRunner(
        rules=[
            *register.rules(),
            *tailor.rules(),
            *target_types_rules.rules(),
            QueryRule(PutativeTargets, [PutativeMigrationsRequest, AllOwnedSources]),
        ],
        target_types=[*register.target_types(), GenericTarget, LockfilesGeneratorTarget, LockfileTarget],
    )


@pytest.fixture()
def runner(shared_runner: RuleRunner) -> Iterator[RuleRunner]:
    """With an empty build root but for lockfiles and a version."""
    _empty(Path(shared_runner.build_root))
    shared_runner.write_files({"app.lock": LOCKFILE, "tools.lock": "ansicolors==1.1.8\n", "VERSION": "24.03.1"})
    yield shared_runner
    _empty(Path(shared_runner.build_root))


def _empty(build_root: Path) -> None:
    for entry in os.listdir(build_root):
        if entry.startswith(".pants") or entry in (".pids", "BUILDROOT"):
            continue
        path = build_root / entry
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


@pytest.fixture()
def run(runner: RuleRunner) -> Run:
    """`run("--check")` runs the goal; `settings` are Pants' own."""

    def run_goal(*args: str, settings: Mapping[str, str] | None = None) -> GoalRuleResult:
        options = {
            "python-enable-resolves": "true",
            "python-resolves": "{'app': 'app.lock', 'tools': 'tools.lock'}",
            "python-default-resolve": "tools",
            "python-interpreter-constraints": f"['{THIS_PYTHON}']",
            "python-bootstrap-search-path": f"['{Path(sys.executable).resolve().parent}']",
            "source-root-patterns": "['/src']",
            **(settings or {}),
        }
        return runner.run_goal_rule(
            DumpSchemaHistory,
            global_args=[f"--{name}={value}" for name, value in options.items()],
            args=args,
            env_inherit={"PATH", "PANTS_PEX_CLI_URL_TEMPLATE", "PANTS_PEX_CLI_KNOWN_VERSIONS"},
        )

    return run_goal


def revision(name: str, down: str | tuple[str, ...] | None, doc: str = "", more: str = "") -> str:
    """The text of a migration script."""
    return f'"""{doc}"""\nrevision = {name!r}\ndown_revision = {down!r}\n{more}\n'
