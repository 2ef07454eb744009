"""What is in conflict beside the lockfile, and sides that have no lockfile or a broken one."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from merge_lockfiles.conftest import OLD, World
from merge_lockfiles.test_goal import BOTH, conflict, merge, pins

from devflow.common.git import Git
from devflow.merge_lockfiles import goal
from devflow.merge_lockfiles.facts import GitFacts
from devflow.merge_lockfiles.inspect import inspect_git


def test_requirements_in_conflict_are_merged_first(world: World) -> None:
    merge(world)
    before = world.state()
    result = world.run()
    assert (result.exit_code, result.stdout) == (1, "")
    assert "main.txt" in result.stderr
    assert "`git add`" in result.stderr
    assert world.state() == before


@pytest.mark.parametrize("path", ["BUILD", "pants.toml", "src/BUILD.tools"])
def test_other_inputs_in_conflict(world: World, path: str) -> None:
    for branch, text in (("feature", "# one\n"), ("main", "# other\n")):
        world.git("checkout", "--quiet", branch)
        world.write(path, text)
        world.commit("Change")
    merge(world)
    world.resolve_requirements("aiohttp", "boto3", "click", "redis")
    result = world.run()
    assert result.exit_code == 1
    assert f"What the lockfiles are made from is in conflict itself:\n    {path}\n  Fix: resolve" in result.stderr


def test_markers_that_are_staged(world: World) -> None:
    merge(world)
    world.git("add", "main.txt")
    before = world.state()
    result = world.run()
    assert result.exit_code == 1
    assert "main.txt" in result.stderr
    assert "conflict markers" in result.stderr
    assert world.state() == before


def test_code_in_conflict_stays(world: World) -> None:
    for branch in ("feature", "main"):
        world.git("checkout", "--quiet", branch)
        world.write("code.py", f"# {branch}\n")
        world.commit("Code")
    conflict(world)
    result = world.run()
    assert result.exit_code == 0
    assert world.git("diff", "--name-only", "--diff-filter=U") == "code.py"
    assert "To go on: resolve code.py, then git commit\n" in result.stderr


@pytest.mark.parametrize("gone", ["feature", "main"])
def test_deleted_on_one_side(world: World, gone: str) -> None:
    world.git("checkout", "--quiet", gone)
    (world.root / "main.lock").unlink()
    world.commit("Away with it")
    merge(world)
    world.resolve_requirements("aiohttp", "boto3", "click", "redis")
    result = world.run()
    assert result.exit_code == 0, result.stderr
    assert f"  {'ours' if gone == 'feature' else 'theirs'} has no such file\n" in result.stdout
    assert {name: pins(world)[name] for name in OLD} == OLD
    assert world.git("ls-files", "--unmerged") == ""


def test_added_on_both_sides(world: World) -> None:
    world.git("checkout", "--quiet", "base")
    (world.root / "main.lock").unlink()
    world.commit("None yet")
    for name, requirement in (("feature", "aiohttp"), ("main", "redis")):
        world.git("checkout", "--quiet", "-B", name, "base")
        world.write("main.txt", f"boto3\nclick\n{requirement}\n")
        world.lock("main", BOTH)
        world.commit("Lock")
    conflict(world)
    assert world.run().exit_code == 0
    assert pins(world) == BOTH


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\n", "version https://git-lfs.github.com/spec/v1\n"])
def test_a_side_that_is_no_lockfile_is_not_used(world: World, text: str) -> None:
    world.git("checkout", "--quiet", "feature")
    world.write("main.lock", text)
    world.commit("Broken")
    conflict(world)
    result = world.run()
    assert result.exit_code == 0, result.stderr
    assert "  the pins of ours are not used: it " in result.stdout
    assert {name: pins(world)[name] for name in (*OLD, "redis")} == {**OLD, "redis": "4.0"}


def test_a_lockfile_of_no_resolve(world: World) -> None:
    for branch, version in (("feature", "4.0"), ("main", "5.0.1")):
        world.git("checkout", "--quiet", branch)
        world.write("gone.lock", world.read("tools.lock").replace("4.0", version))
        world.commit("Change")
    conflict(world)
    result = world.run()
    what = "gone.lock is in conflict, and is the lockfile of no resolve"
    assert f"{what}; to drop it: git rm -- gone.lock\n" in result.stderr
    assert world.git("diff", "--name-only", "--diff-filter=U") == "gone.lock"


def test_a_git_that_is_at_work(world: World) -> None:
    conflict(world)
    (world.root / ".git" / "index.lock").touch()
    result = world.run()
    assert result.exit_code == 1
    assert "Another git process holds the index: " in result.stderr
    assert "  Fix: wait until it has ended; if no git runs, remove that file: rm " in result.stderr
    (world.root / ".git" / "index.lock").unlink()
    assert world.run().exit_code == 0


def test_a_conflict_that_changes_while_it_is_locked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    conflict(world)
    seen: list[GitFacts] = []

    def inspect_later(git: Git, lockfiles: Collection[str]) -> GitFacts:
        if seen:
            world.git("add", "main.lock")
        seen.append(inspect_git(git, lockfiles))
        return seen[-1]

    monkeypatch.setattr(goal, "inspect_git", inspect_later)
    before = world.read("main.lock")
    result = world.run()
    assert (result.exit_code, result.stdout) == (1, "")
    assert "The conflict has changed meanwhile; nothing was written.\n  Fix: pants merge-lockfiles\n" in result.stderr
    assert world.read("main.lock") == before


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (
            ("--resolve=mian",),
            "--resolve: no resolve has the name 'mian'. Did you mean 'main'?\n  Fix: choose among: main",
        ),
        (("--check", "--dry-run"), "--dry-run and --check cannot be used together.\n  Fix: leave all but one out"),
        (("main.txt",), "This goal takes no targets.\n  Fix: leave them out, and choose lockfiles with --resolve=NAME"),
    ],
)
def test_mistakes_in_the_call(world: World, arguments: tuple[str, ...], what: str) -> None:
    result = world.run(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert what in result.stderr


def test_resolves_are_off(world: World) -> None:
    result = world.run(global_args=["--no-python-enable-resolves"])
    assert result.exit_code == 1
    assert "Resolves are off: [python].enable_resolves is false.\n  Fix: set it to true in pants.toml" in result.stderr
