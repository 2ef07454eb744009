"""Which languages a repository has enabled."""

from __future__ import annotations

from pants.core.goals.generate_lockfiles import KnownUserResolveNames
from pants.engine.target import RegisteredTargetTypes


def is_enabled(names: KnownUserResolveNames, target_types: RegisteredTargetTypes) -> bool:
    """Whether the language of these resolves is."""
    return names.option_name != "[python].resolves" or python_is_enabled(target_types)


def python_is_enabled(target_types: RegisteredTargetTypes) -> bool:
    """Whether the repository enables the Python backend.

    `devflow.engine.python` brings rules of that backend, and with them a default resolve, into repositories that do not
    enable it. Its target types come with the backend only.
    """
    return "python_sources" in target_types.aliases
