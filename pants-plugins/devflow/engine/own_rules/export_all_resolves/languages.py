"""Which languages a repository has enabled."""

from __future__ import annotations

from pants.core.goals.generate_lockfiles import KnownUserResolveNames
from pants.engine.target import RegisteredTargetTypes


def is_enabled(names: KnownUserResolveNames, target_types: RegisteredTargetTypes) -> bool:
    """Whether the language of these resolves is.

    `devflow.engine.python` brings rules of the Python backend, and with them a default resolve, into repositories that
    do not enable that backend. Its target types come with the backend only.
    """
    return names.option_name != "[python].resolves" or "python_sources" in target_types.aliases
