"""A git before 2.38, which merges with files: the same trees, and the same kinds of conflicts."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from backport.conftest import World, text

from devflow.backport.merge import MergedTree, TreeMerger
from devflow.common.git import Git
from harness.git import git

BRANCH = "backport/12-to-24.03"
_LINES = 30


@pytest.fixture(scope="session")
def old_git(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH whose git says that it is an old one, and has no `merge-tree --write-tree`."""
    directory = tmp_path_factory.mktemp("old-git")
    program = directory / "git"
    program.write_text(
        "#!/bin/sh\nfor word; do case $word in merge-tree) echo usage >&2; exit 129;; "
        f'version) echo "git version 2.37.1"; exit;; esac; done\nexec {shutil.which("git")} "$@"\n'
    )
    program.chmod(0o755)
    return f"{directory}:{os.environ['PATH']}"


def test_a_fix_and_what_is_left_of_the_run(world: World, fix: str, old_git: str) -> None:
    before = world.state()
    assert "24.03: clean" in world.run(fix, "--to=24.03", env={"PATH": old_git}).stdout
    assert world.state() == before
    assert world.run(fix, "--to=24.03", "--execute", env={"PATH": old_git}).exit_code == 0
    assert world.tree(BRANCH) == world.cherry_picked(fix)
    assert list((world.root / ".git/devflow/backport").iterdir()) == []
    assert world.git("worktree", "list").count("\n") == 0


def test_a_conflict_is_said_alike(world: World, old_git: str) -> None:
    world.commit("base", {"gone": "a\nb\nc\n", "bin": b"\0\1"})
    world.git("branch", "25.03")
    world.on_series("chore: theirs", {"gone": None, "bin": b"\0\3", "app.py": text(_0="x")}, series="25.03")
    fix = world.commit("fix: all", {"gone": "a\nB\nc\n", "bin": b"\0\2", "app.py": text(_0="y")})
    new, old = (world.run(fix, "--to=25.03", env=env) for env in ({}, {"PATH": old_git}))
    assert (old.exit_code, old.stdout, old.stderr) == (new.exit_code, new.stdout, new.stderr)
    assert old.exit_code == 1


def _tree_of(repository: Path, directory: Path, files: dict[str, bytes]) -> str:
    """The id of a tree with these files, which are written into a directory of their own."""
    for path, content in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content)
    own = {"GIT_DIR": f"{repository}/.git", "GIT_WORK_TREE": str(directory), "GIT_INDEX_FILE": f"{directory}.index"}
    found = Git(directory, os.environ)
    found.run("add", ".", env=own)
    return found.line("write-tree", env=own)


def _edited(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    """Files with edits, additions, removals and renames, as two people would make them."""
    edited = dict(files)
    for path in sorted(files):
        what = chance.choice(("edit", "edit", "edit", "rename", "remove", "nothing", "nothing"))
        lines = edited[path].splitlines(keepends=True)
        if what == "edit" and lines:
            number = chance.randrange(len(lines))
            lines[number] = b"edited %d\n" % chance.randrange(3)
            edited[path] = b"".join(lines)
        elif what == "rename" and not path.endswith(".crlf"):  # an old git takes it for changed, and reports a conflict
            edited[f"moved/{path}"] = edited.pop(path)
        elif what == "remove":
            del edited[path]
    if chance.random() < 0.5:
        edited["new.txt"] = b"new %d\n" % chance.randrange(2)
    return edited


@pytest.mark.parametrize("seed", range(40))
def test_the_same_trees(seed: int, old_git: str, tmp_path: Path) -> None:
    """A clean merge has the same tree; otherwise the same paths are in conflict."""
    chance = random.Random(seed)
    git(tmp_path, "init", "--quiet")
    names = [f"d{number % 2}/f{number}.txt" for number in range(3)]
    base = {name: b"".join(b"%s %d\n" % (name.encode(), line) for line in range(_LINES)) for name in names}
    base[".gitattributes"] = b"*.crlf text eol=crlf\n"
    base["w.crlf"] = b"one\ntwo\nthree\n"
    sides = (base, _edited(base, chance), _edited(base, chance))
    trees = [_tree_of(tmp_path, tmp_path / f"side{number}", files) for number, files in enumerate(sides)]
    merged: list[MergedTree] = []
    for name, path in (("new", os.environ["PATH"]), ("old", old_git)):
        scratch = tmp_path / name
        scratch.mkdir()
        merger = TreeMerger(Git(tmp_path, {**os.environ, "PATH": path}), scratch, {"GIT_DIR": f"{tmp_path}/.git"})
        merged.append(merger.merge(trees[0], trees[1], trees[2], merger.attributes_of(trees[1])))
    new, old = merged
    assert bool(old.conflicts) == bool(new.conflicts)
    if not new.conflicts:
        assert old.tree == new.tree
