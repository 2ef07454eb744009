"""What the commits of pre-releases removed, in real histories."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from devflow.common.errors import UserError
from devflow.common.git import Git
from devflow.common.git_worktree import open_repository
from devflow.release.modes.merged.removed import removed_by_prereleases
from devflow.release.versions.version import parse
from devflow.release.versions.version_files import VersionFile
from release.conftest import World


def removed(world: World, version: str = "24.03.0", root: Path | None = None) -> dict[str, dict[str, bytes]]:
    repository = open_repository(Git(root or world.root, world.env))
    files = (VersionFile("VERSION"),)
    found = removed_by_prereleases(repository, "HEAD", parse(version), files, "release: {version}", ("news",))
    return {before: dict(texts) for before, texts in found.items()}


def released(world: World, version: str, gone: tuple[str, ...], *, message: str | None = None) -> None:
    """The commit of a release as a person or a host makes it."""
    for path in gone:
        (world.root / path).unlink()
    world.commit({"VERSION": version}, message=message or f"release: {version}")


@pytest.fixture()
def candidates(world: World) -> World:
    """rc1, a fragment that a person removed, rc2 in two commits, and another series."""
    world.commit({"VERSION": "24.03.0.dev0", "news/1": "one\n", "news/2": "two\n", "news/8": "", "other/1": ""})
    released(world, "24.03.0rc1", ("news/1", "other/1"))
    world.commit({"news/3": "three\n", "news/4": "four\n"}, message="More")
    (world.root / "news/8").unlink()
    world.commit(message="Not needed")
    released(world, "24.03.0rc2", ("news/3",), message="Release: 24.03.0rc2 (#7)")
    released(world, "24.03.0rc2", ("news/4",), message="release:24.03.0rc2 (#8)")
    return world


def test_each_pre_release(candidates: World) -> None:
    assert removed(candidates) == {
        "24.03.0rc1": {"news/1": b"one\n"},
        "24.03.0rc2": {"news/3": b"three\n", "news/4": b"four\n"},
    }
    assert removed(candidates, "24.03.1") == {}
    assert removed(candidates, "24.03.0rc3") == {}


def test_a_merge_is_compared_with_its_first_parent(candidates: World) -> None:
    world = candidates
    world.git("switch", "--quiet", "--create=release")
    world.commit({"news/5": "five\n"}, message="Late")
    released(world, "24.03.0rc3", ("news/2",))
    world.git("switch", "--quiet", "main")
    world.commit({"app.py": ""}, message="Meanwhile")
    world.git("merge", "--quiet", "--no-ff", "--message=Merge pull request #9", "release")
    assert removed(world)["24.03.0rc3"] == {"news/2": b"two\n"}


def test_a_build_root_below_the_top(candidates: World) -> None:
    world = candidates
    world.git("mv", "news", "inner")
    (world.root / "part").mkdir()
    for name in ("VERSION", "inner"):
        world.git("mv", name, f"part/{name if name == 'VERSION' else 'news'}")
    world.commit(message="Moved")
    (world.root / "part/BUILDROOT").touch()
    released_in = world.root / "part"
    (released_in / "news/2").unlink()
    world.commit({"part/VERSION": "24.03.0rc3"}, message="release: 24.03.0rc3")
    assert removed(world, root=released_in) == {"24.03.0rc3": {"news/2": b"two\n"}}


def test_a_shallow_clone_that_lacks_one(candidates: World, tmp_path: Path) -> None:
    for depth, is_enough in ((2, False), (20, True)):
        clone = tmp_path / str(depth)
        world = candidates
        world.git("clone", "--quiet", f"--depth={depth}", f"file://{world.root}", str(clone))
        if is_enough:
            assert set(removed(world, root=clone)) == {"24.03.0rc1", "24.03.0rc2"}
            continue
        with pytest.raises(UserError) as caught:
            removed(world, root=clone)
        assert str(caught.value).startswith("This is a shallow clone: it lacks the news fragments that the pre-")
        subprocess.run(["git", *caught.value.problem.fix.split()[1:]], cwd=clone, check=True)
        assert set(removed(world, root=clone)) == {"24.03.0rc1", "24.03.0rc2"}
        shutil.rmtree(clone)
