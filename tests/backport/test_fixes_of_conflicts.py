"""What is printed where a backport conflicts, or names a commit that is not there: followed to the backport."""

from __future__ import annotations

from pathlib import Path

import pytest
from backport.conftest import World, text

from harness.git_world import fixes, refusal, success


@pytest.fixture()
def conflicting(world: World) -> World:
    world.on_series("chore: another (#9)", {"app.py": text(_12="another")})
    return world


def test_the_branch_has_the_markers(conflicting: World, fix: str, tmp_path: Path) -> None:
    world = conflicting
    made = world.run(fix, "--to=24.03", "--conflicts=commit", "--execute")
    assert "backport/12-to-24.03 gets conflict markers from " in made.stderr
    [printed] = fixes(made)
    command, _, comment = printed.partition("  # ")
    assert comment == "then correct them"
    world.shell(command)
    directory = world.root.parent / f"{world.root.name}-backport-12-to-24.03"
    assert "<<<<<<<" in (directory / "app.py").read_text()
    world.commit("Correct them", {"app.py": text(_12="both")}, cwd=directory)
    assert world.git("show", "backport/12-to-24.03:app.py") == text(_12="both").strip()
    world.git("worktree", "remove", "--force", str(directory))


def test_a_conflict_in_another_repository(world: World, fix: str, tmp_path: Path) -> None:
    client = tmp_path / "client"
    client.mkdir()
    world.git("init", "--quiet", "--initial-branch=main", cwd=client)
    world.commit("Begin", {"lib/app.py": text(_12="another")}, cwd=client)
    there = (fix, "--to=main", f"--to-repository={client}", "--repository-name=o/r", "--path-map=app.py=lib/app.py")
    said = refusal(world.run, world.state, "conflicts in lib/app.py (content", *there)
    option, _, then = said.partition(", which ")
    assert then == "makes the branch with conflict markers, and correct the files there"
    made = world.run(*there, option.removeprefix("add "), "--execute")
    [printed] = fixes(made)
    world.shell(printed.partition("  # ")[0])
    [directory] = [path for path in tmp_path.iterdir() if path != client]
    assert "<<<<<<<" in (directory / "lib/app.py").read_text()


def test_a_word_that_is_no_commit(world: World, fix: str) -> None:
    said = refusal(world.run, world.state, "There is no commit mian here. Did you mean 'main'?", "mian", "--to=24.03")
    assert said == "git fetch; or write the id of a commit, a branch, #NUMBER of a pull request, or a range OLD..NEW"
    for word in (fix, "main", "#12", "main~1..main"):
        success(world.run(word, "--to=24.03"))
