"""The example repository, with all of its backends."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator

import pytest

from harness.example import copy_of_example
from harness.world import EXPORTS, Caches, Repository


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    repo = copy_of_example(tmp_path_factory.mktemp("example") / "monorepo", caches)
    repo.write(".gitignore", "/.pants.d/\n/.pids/\n/dist/\n__pycache__/\n")
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.git("config", "user.name", "Somebody")
    repo.git("config", "user.email", "somebody@example.com")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Begin")
    try:
        yield repo
    finally:
        repo.stop()


def test_the_example_exports_a_tool(repo: Repository) -> None:
    configuration = (repo.root / "pants.toml").read_text()
    names = repo.export("--list").stdout.split()
    declared = re.search(r"^\[python.resolves\]\n((?:.+\n)+)", configuration, re.MULTILINE)
    assert declared
    assert names == sorted(line.split()[0] for line in declared[1].splitlines())
    result = repo.export("--include=ruff")
    venv = repo.venv("ruff")
    assert result.stdout == f"ruff (tool): exported, not exported yet, {EXPORTS}/ruff/{venv.name}\n"
    version = subprocess.run([venv / "bin" / "ruff", "--version"], capture_output=True, text=True, check=True).stdout
    [pinned] = re.findall(r"^ruff==(\S+)", (repo.root / "3rdparty" / "ruff.lock").read_text(), re.MULTILINE)
    assert version == f"ruff {pinned}\n"


def test_the_example_is_released(repo: Repository) -> None:
    fragments = sorted(path.name for path in (repo.root / "changes").iterdir())
    repo.run("release", "--to=24.03.0", "--date=2024-03-29", "--execute")
    assert (repo.root / "VERSION").read_bytes() == b"24.03.0"
    assert len(fragments) > 1
    assert [path.name for path in (repo.root / "changes").iterdir()] == ["template.md.jinja"]
    changelog = (repo.root / "CHANGELOG.md").read_text()
    assert "<!-- towncrier release notes start -->\n\n## 24.03.0 (2024-03-29)\n\n### Breaking changes\n" in changelog
    for fragment in set(fragments) - {"template.md.jinja", "+launcher.misc.md"}:
        assert f"(#{fragment.split('.')[0]})" in changelog
    repo.run("dump-schema-history", "--for-version=24.03.0", "--check")
    assert (repo.root / "src/acme/manager/models/alembic/revision_history/24.03.0.json").exists()
    repo.run("release-branch", "--next=24.09", "--execute")
    assert (repo.root / "VERSION").read_bytes() == b"24.09.0dev0"
    link = repo.root / "docker-compose.halfstack-main.yml"
    assert os.readlink(link) == "docker-compose.halfstack-2409.yml"
    assert link.read_bytes() == (repo.root / "docker-compose.halfstack-2403.yml").read_bytes()
    status = subprocess.run(["git", "status", "--porcelain"], cwd=repo.root, capture_output=True, text=True, check=True)
    assert status.stdout == ""
