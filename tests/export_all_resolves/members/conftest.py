"""Resolves of Python in a repository of the test."""

from __future__ import annotations

import pytest
from pants.backend.python import target_types_rules
from pants.backend.python.lint.black import rules as black_rules
from pants.backend.python.lint.black import subsystem as black
from pants.backend.python.lint.isort import rules as isort_rules
from pants.backend.python.lint.isort import subsystem as isort
from pants.backend.python.macros.python_artifact import PythonArtifact
from pants.backend.python.target_types import PythonDistribution, PythonSourcesGeneratorTarget
from pants.core.target_types import LockfilesGeneratorTarget, LockfileTarget
from pants.engine.platform import Platform
from pants.testutil.rule_runner import QueryRule, RuleRunner

from devflow.export_all_resolves import register
from devflow.export_all_resolves.contract import MaybeResolveFingerprint, ResolveFingerprint
from devflow.export_all_resolves.members.python import PythonResolveExporter
from devflow.export_all_resolves.plan import changed_inputs

PLATFORM = Platform.create_for_localhost().value
REQUIREMENTS = "ansicolors==1.1.8 --hash=sha256:00d2dde5a675579325902536738dd27e4fac1fd68f773fe36c21044eb559e187\n"
PEX_LOCK = '{"locked_resolves": [], "pex_version": "2.1.137"}\n'
RESOLVES = {"a": "a.lock", "b": "b.lock"}


@pytest.fixture(scope="session")
def shared_runner() -> RuleRunner:
    """One for all tests: what one of them has found out about interpreters, the next need not find out again."""
    return RuleRunner(
        rules=[
            *register.rules(),
            *target_types_rules.rules(),
            *black.rules(),
            *black_rules.rules(),
            *isort.rules(),
            *isort_rules.rules(),
            QueryRule(MaybeResolveFingerprint, [PythonResolveExporter]),
        ],
        target_types=[LockfilesGeneratorTarget, LockfileTarget, PythonDistribution, PythonSourcesGeneratorTarget],
        objects={"python_artifact": PythonArtifact},
    )


@pytest.fixture()
def rule_runner(shared_runner: RuleRunner) -> RuleRunner:
    shared_runner.write_files({"a.lock": REQUIREMENTS, "b.lock": PEX_LOCK})
    configure(shared_runner)
    return shared_runner


def configure(runner: RuleRunner, *args: str) -> None:
    runner.set_options(
        [
            "--python-enable-resolves",
            f"--python-resolves={RESOLVES}",
            "--python-interpreter-constraints=['==3.9.*']",
            *args,
        ],
        env_inherit={"PATH", "PYENV_ROOT", "HOME", "PANTS_PEX_CLI_URL_TEMPLATE", "PANTS_PEX_CLI_KNOWN_VERSIONS"},
    )


def fingerprint(runner: RuleRunner, resolve: str) -> ResolveFingerprint:
    maybe = runner.request(MaybeResolveFingerprint, [PythonResolveExporter(resolve)])
    assert maybe.fingerprint is not None
    return maybe.fingerprint


def changes(old: ResolveFingerprint, new: ResolveFingerprint) -> tuple[str, ...]:
    return changed_inputs(new.inputs, {part.name: (part.value, part.shown) for part in old.inputs})


def problem(runner: RuleRunner, resolve: str) -> tuple[str, str]:
    found = fingerprint(runner, resolve)
    assert found.problem is not None
    return found.problem.what, found.problem.fix
