"""`merge-lockfiles` and `add-requirement` with the real pex; the index is a directory."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from devflow.locking.reading import read_lockfile
from e2e.projects import settings
from harness.git import set_identity
from harness.package_index import make_index, make_wheel
from harness.solver import Index
from harness.world import Caches, Repository, repository

OLD: Index = {"base": {"1.0": ()}, "ours": {"1.0": ("shared>=1",)}, "theirs": {"1.0": ()}, "shared": {"1.0": ()}}
# Newer versions of everything: none of them is to come in, but for what the merged requirements exclude.
NEW: Index = {name: {"2.0": requires} for name, versions in OLD.items() for requires in versions.values()}


def begin(repo: Repository, branch: str, requirement: str) -> None:
    repo.git("checkout", "--quiet", "-b", branch, "base")
    repo.write("3rdparty/requirements.txt", f"base\n{requirement}\n")
    repo.run("generate-lockfiles", "--resolve=main")
    repo.git("add", "--all")
    repo.git("commit", "--quiet", f"--message=Add {requirement}")


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    """Two branches, each with a requirement more, locked when the index had only old versions."""
    root = tmp_path_factory.mktemp("merge")
    index = make_index(root / "index", OLD)
    files = {
        "pants.toml": settings({"main": "main.lock"}, backends=["devflow.merge_lockfiles", "devflow.add_requirement"])
        + f"[python-repos]\nfind_links = [{index!r}]\n",
        "3rdparty/BUILD": "python_requirements()\n",
        "3rdparty/requirements.txt": "base\n",
    }
    with repository(root / "repository", caches, files) as new:
        set_identity(new.root)
        new.git("branch", "base")
        begin(new, "feature", "ours")
        begin(new, "other", "theirs")
        make_index(root / "index", NEW)
        new.git("checkout", "--quiet", "feature")
        subprocess.run(["git", "merge", "other"], cwd=new.root, check=False, capture_output=True)
        yield new


def test_the_handbooks_merge_is_one_command(repo: Repository) -> None:
    refused = repo.run("merge-lockfiles", check=False)
    assert refused.exit_code == 1
    assert "3rdparty/requirements.txt" in refused.stderr
    repo.write("3rdparty/requirements.txt", "base\nours\ntheirs\n")
    repo.git("add", "3rdparty")
    merged = repo.run("merge-lockfiles")
    assert merged.stdout == (
        "main.lock (main): merged, 4 pins of both sides kept, staged\n"
        "  ours 1.0 from ours; shared 1.0 from ours; theirs 1.0 from theirs\n"
    )
    assert merged.stderr.endswith("To undo: git checkout -m -- main.lock\nTo go on: git commit\n")
    assert dict(read_lockfile((repo.root / "main.lock").read_text()).pins) == dict.fromkeys(OLD, "1.0")
    repo.git("commit", "--quiet", "--no-edit")
    checked = repo.run("merge-lockfiles", "--check")
    assert checked.stdout == "main.lock (main): matches its requirements\n"


def test_the_lockfile_is_one_for_pants_too(repo: Repository) -> None:
    repo.export("--include=main")
    assert repo.run("merge-lockfiles").stderr == "No lockfile is in conflict.\n"


def test_a_pin_that_is_in_the_way_is_given_up_alone(repo: Repository) -> None:
    repo.write("3rdparty/requirements.txt", "base\nours\ntheirs>=2\n")
    checked = repo.run("merge-lockfiles", "--check", check=False)
    assert checked.exit_code == 1
    assert "main.lock (main): its metadata lacks requirements: theirs>=2\n" in checked.stdout
    moved = repo.run("merge-lockfiles", "--resolve=main")
    assert moved.stdout == (
        "main.lock (main): locked again, 3 pins kept, staged\n  theirs 1.0 → 2.0, The user requested theirs>=2\n"
    )
    assert "main: locking again, without the pins of theirs\n" in moved.stderr


def test_a_requirement_is_added_with_one_command(repo: Repository) -> None:
    """The real pex locks it, its modules come from its wheel, the bound is that of the version, the export follows."""
    make_wheel(repo.root.parent / "index", "odd-name", "2.0", requires=["base"], files={"real.py": ""})
    before = dict(read_lockfile((repo.root / "main.lock").read_text()).pins)
    added = repo.run("add-requirement", "Odd.Name", "--bounds=exact")
    assert added.stdout == (
        "3rdparty/requirements.txt: Odd.Name==2.0 added at line 2\n"
        "3rdparty/BUILD: module_mapping of 3rdparty:3rdparty added, Odd.Name: real; Pants would infer odd.name\n"
        "main.lock (main): odd-name 2.0 added, wanted\n"
        "main.lock (main): 4 pins kept\n"
    )
    assert (repo.root / "3rdparty/requirements.txt").read_text() == "base\nOdd.Name==2.0\nours\ntheirs>=2\n"
    assert 'module_mapping={"Odd.Name": ["real"]}' in (repo.root / "3rdparty/BUILD").read_text()
    assert dict(read_lockfile((repo.root / "main.lock").read_text()).pins) == {**before, "odd-name": "2.0"}
    assert added.stderr.count("main: locking, ") == 1  # the engine begins the goal again before the export
    assert "main: exported, lockfile changed, dist/export/" in added.stderr
    assert next(repo.venv("main").glob("lib/python3*/site-packages/real.py")).exists()
    ours = (repo.root / "main.lock").read_text()
    repo.run("generate-lockfiles", "--resolve=main")
    assert (repo.root / "main.lock").read_text().partition("locked_resolves")[0] == ours.partition("locked_resolves")[0]
