"""A repository with one requirement and one resolve, `main`, for the helpers that make lockfiles."""

from __future__ import annotations

from typing import Any

from pants.backend.python.goals import lockfile as stock
from pants.backend.python.target_types import PythonRequirementTarget
from pants.core.goals import generate_lockfiles
from pants.core.target_types import LockfilesGeneratorTarget, LockfileTarget
from pants.engine.rules import QueryRule
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.engine import python
from engine.answer import Answer

# Where pex and the packages come from.
_INHERITED = {
    "HOME",
    "PATH",
    "PANTS_CA_CERTS_PATH",
    "PANTS_PEX_CLI_KNOWN_VERSIONS",
    "PANTS_PEX_CLI_URL_TEMPLATE",
    "PANTS_PYTHON_REPOS_INDEXES",
    "PYENV_ROOT",
}


def lock_runner(see: Any, about: type[object], *settings: str) -> RuleRunner:
    """A runner of the rule `see`, which makes an `Answer` of `about`."""
    runner = RuleRunner(
        rules=[
            see,
            *engine.rules(),
            *python.rules(),
            *stock.rules(),
            *generate_lockfiles.rules(),
            QueryRule(Answer, [about]),
        ],
        target_types=[PythonRequirementTarget, LockfileTarget, LockfilesGeneratorTarget],
    )
    runner.write_files({"BUILD": "python_requirement(name='a', requirements=['lib-a'], resolve='main')\n"})
    resolves = ("--python-resolves={'main': 'main.lock'}", "--python-default-resolve=main", "--python-enable-resolves")
    runner.set_options([*resolves, *settings], env_inherit=_INHERITED)
    return runner
