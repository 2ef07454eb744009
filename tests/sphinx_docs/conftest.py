"""A `RuleRunner` with real Sphinx, of both generations, and a tiny site."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Callable

import pytest
from pants.backend.python.macros.python_artifact import PythonArtifact
from pants.backend.python.target_types import PythonDistribution, PythonSourcesGeneratorTarget
from pants.core.goals import check, package
from pants.core.target_types import FileTarget, GenericTarget, LockfilesGeneratorTarget, LockfileTarget
from pants.engine.goal import Goal
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.sphinx_docs import register
from harness.pythons import find_python
from harness.rule_runners import emptied

Run = Callable[..., GoalRuleResult]
SPHINX_7 = Path.cwd() / "tests/sphinx_docs/sphinx7.lock"
SPHINX_8 = Path.cwd() / "3rdparty/python/docs.lock"

CONF = """\
project = "acme"
copyright = "2015-2026, acme"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.intersphinx"]
"""
WITH_CODE = "sphinx_docs(dependencies=['src/acme'])\n"
SITE = {
    "docs/BUILD": WITH_CODE,
    "docs/conf.py": CONF,
    "docs/index.rst": "Acme\n====\n\n.. toctree::\n\n   guide/a\n\n.. automodule:: acme.jobs\n   :members:\n",
    "docs/guide/a.rst": "A page\n======\n\nBack to :doc:`/index`.\n",
    "src/acme/BUILD": "python_sources(resolve='sphinx8')\n",
    "src/acme/__init__.py": "",
    "src/acme/jobs.py": '"""Jobs."""\n\ndef start(name: str) -> None:\n    """Start a job."""\n',
}


@pytest.fixture(scope="session")
def shared_runner() -> RuleRunner:
    """One for all tests: each Sphinx is installed once."""
    return RuleRunner(
        rules=[*register.rules(), *package.rules(), *check.rules()],
        target_types=[
            *register.target_types(),
            FileTarget,
            GenericTarget,
            LockfilesGeneratorTarget,
            LockfileTarget,
            PythonDistribution,
            PythonSourcesGeneratorTarget,
        ],
        objects={"python_artifact": PythonArtifact},
    )


@pytest.fixture()
def runner(shared_runner: RuleRunner) -> RuleRunner:
    """With the site, and lockfiles of two resolves."""
    runner = emptied(shared_runner)
    runner.write_files({**SITE, "sphinx7.lock": SPHINX_7.read_bytes(), "sphinx8.lock": SPHINX_8.read_bytes()})
    return runner


@pytest.fixture()
def run(runner: RuleRunner) -> Run:
    """`run(Package, "docs")` runs a goal; `settings` are options of any scope, `environment` is that of Pants."""

    def run_goal(
        goal: type[Goal],
        *args: str,
        settings: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> GoalRuleResult:
        pythons = {os.path.dirname(os.path.realpath(python)) for python in map(find_python, ("3.9", "3.11")) if python}
        options: dict[str, Any] = {
            "python-enable-resolves": "true",
            "python-resolves": "{'sphinx7': 'sphinx7.lock', 'sphinx8': 'sphinx8.lock'}",
            "python-default-resolve": "sphinx8",
            "python-resolves-to-interpreter-constraints": "{'sphinx7': ['==3.9.*'], 'sphinx8': ['==3.11.*']}",
            "python-interpreter-constraints": "['==3.11.*']",
            "python-bootstrap-search-path": str(sorted(pythons)),
            "python-infer-use-rust-parser": "true",
            "source-root-patterns": "['/src']",
            **(settings or {}),
        }
        return runner.run_goal_rule(
            goal,
            global_args=[f"--{name}={value}" for name, value in options.items()],
            args=args,
            env=environment,
            env_inherit={"PATH", "HOME", "PANTS_PEX_CLI_URL_TEMPLATE", "PANTS_PEX_CLI_KNOWN_VERSIONS"},
        )

    return run_goal
