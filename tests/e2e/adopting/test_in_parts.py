"""One backend of devflow alone, without any other backend."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.adopting.repositories import MINIMAL, by_wheel
from harness.world import Repository

NO_PYTHON = (
    "No backend that is enabled declares a resolve: pants.backend.python is not among them.\n"
    '  Fix: put backend_packages.add = ["pants.backend.python"] into [GLOBAL] of pants.toml\n'
)

NO_RESOLVE = "merge-lockfiles: --resolve: no resolve has the name 'no-such'.\n  Fix: choose among: python-default\n"


@pytest.mark.parametrize(
    ("backend", "goal", "says"),
    [
        (
            "devflow.export_all_resolves",
            ["export-all-resolves", "--check"],
            f"export-all-resolves: {NO_PYTHON}",
        ),
        (
            "devflow.ide_config",
            ["ide-config", "--check", "--editors=vscode"],
            f"ide-config: {NO_PYTHON}",
        ),
        ("devflow.reset_cache", ["reset-cache", "--dry-run", "--only=workdir"], ""),
        ("devflow.merge_lockfiles", ["--python-enable-resolves", "merge-lockfiles", "--resolve=no-such"], NO_RESOLVE),
        (
            "devflow.schema_history",
            ["--python-interpreter-constraints=['==3.11.*']", "dump-schema-history", "--format=text", "web:migrations"],
            "",
        ),
        ("devflow.release", ["release", "--to=1.1", "--skip=changelog"], ""),
        (
            "devflow.release",
            ["release", "--to=1.1", "--schema-history"],
            "release: [release].schema_history is on, and the backend that writes the schema history is not enabled.\n"
            '  Fix: enable "devflow" in [GLOBAL].backend_packages in place of its parts, or turn the option off\n',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("devflow") else "",
)
def test_a_part_alone(repo: Repository, wheels: Path, backend: str, goal: list[str], says: str) -> None:
    """With no other backend: it does its work, or says in one line what it needs."""
    # Pants refuses sections of backends that are not enabled.
    repo.write("pants.toml", by_wheel(wheels, backend, settings=MINIMAL))
    repo.git("commit", "--quiet", "--all", "--allow-empty", "--message=A part")
    result = repo.run(*goal, pantsd=False, check=not says)
    if says:
        assert (result.exit_code, result.stdout, result.stderr) == (1, "", says)
