"""Pants' Python backend without `test`, `run`, `repl` and PEX binaries, for repositories of tests with real Pants.

It has the options of their tools, which are exported. The rules of those goals are half of all, and Pants takes most of
its start for them. The comparison with stock `export`, the tutorial, `test_monorepo` and the tests of `adopting` have
the whole backend.
"""

from __future__ import annotations

from pants.backend.python import target_types_rules
from pants.backend.python.dependency_inference import rules as dependency_inference_rules
from pants.backend.python.goals import coverage_py, export, lockfile, package_dists, tailor
from pants.backend.python.macros import pipenv_requirements, poetry_requirements, python_requirements
from pants.backend.python.register import build_file_aliases, target_types
from pants.backend.python.subsystems import pytest
from pants.backend.python.util_rules import (
    ancestor_files,
    local_dists,
    local_dists_pep660,
    pex,
    pex_from_targets,
    python_sources,
)

from devflow.engine import Rules

__all__ = ["build_file_aliases", "rules", "target_types"]


def rules() -> Rules:
    """Those of `pants.backend.python.register`, but for these goals."""
    return [
        *target_types_rules.rules(),
        *coverage_py.rules(),
        *pytest.rules(),
        *ancestor_files.rules(),
        *dependency_inference_rules.rules(),
        *local_dists_pep660.rules(),
        *pex.rules(),
        *pex_from_targets.rules(),
        *python_sources.rules(),
        *package_dists.rules(),
        *tailor.rules(),
        *local_dists.rules(),
        *export.rules(),
        *lockfile.rules(),
        *pipenv_requirements.rules(),
        *poetry_requirements.rules(),
        *python_requirements.rules(),
    ]
