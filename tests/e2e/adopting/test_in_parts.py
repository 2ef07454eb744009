"""One backend of devflow alone, and devflow without the Python backend.

All in one daemon: which backends are enabled is said on the command line, and only its rules are then made again.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.adopting.repositories import FILES, MINIMAL
from harness.git import set_identity
from harness.world import PLUGINS, Caches, Repository, Result, repository

NO_PYTHON = (
    "No enabled backend declares a resolve: pants.backend.python is not enabled.\n"
    '  Fix: put "pants.backend.python" into [GLOBAL].backend_packages of pants.toml\n'
)

NO_RESOLVE = "merge-lockfiles: --resolve: no resolve has the name 'no-such'.\n  Fix: choose among: python-default\n"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    files = {"pants.toml": MINIMAL.format(adopted=f"pythonpath = [{str(PLUGINS)!r}]"), **FILES}
    with repository(tmp_path_factory.mktemp("parts") / "repository", caches, files) as new:
        set_identity(new.root)
        yield new


def run(repo: Repository, backends: list[str], *args: str, check: bool = True) -> Result:
    """With these backends, and no other: Pants refuses options of backends that are not enabled."""
    return repo.run(f"--backend-packages={backends!r}", *args, check=check)


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
def test_a_part_alone(repo: Repository, backend: str, goal: list[str], says: str) -> None:
    """With no other backend: it does its work, or says in one line what it needs."""
    result = run(repo, [backend], *goal, check=not says)
    if says:
        assert (result.exit_code, result.stdout, result.stderr) == (1, "", says)


def test_all_of_it_without_any_language(repo: Repository) -> None:
    result = run(repo, ["devflow"], "export-all-resolves", check=False)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"export-all-resolves: {NO_PYTHON}")
    assert run(repo, ["devflow"], "list", "::").exit_code == 0, "the other goals work"


def test_with_a_language_whose_resolves_nobody_exports(repo: Repository) -> None:
    java = ["devflow.export_all_resolves", "pants.backend.experimental.java"]
    resolves = "--jvm-resolves={'jvm-default': 'jvm.lock'}"
    assert run(repo, java, resolves, "export-all-resolves", "--list").stdout == "jvm-default\n"
    result = run(repo, java, resolves, "export-all-resolves")
    assert result.stdout == "jvm-default: not exportable, no active backend exports it\n"
    assert result.exit_code == 0
