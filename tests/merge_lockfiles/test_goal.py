"""What the goal does in the middle of each operation of git: the pins of both sides, and nothing else, move in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable

import pytest
from merge_lockfiles.conftest import OLD, World

from devflow.locking.reading import read_lockfile

BOTH = {**OLD, "aiohttp": "3.9.1", "attrs": "22.2.0", "redis": "4.0", "yarl": "1.9.4"}


def merge(world: World) -> None:
    """Main into the feature, whose side others have already."""
    world.git("checkout", "--quiet", "feature")
    world.git("merge", "main", check=False)


def rebase(world: World) -> None:
    world.git("checkout", "--quiet", "feature")
    world.git("rebase", "main", check=False)


def apply_rebase(world: World) -> None:
    world.git("checkout", "--quiet", "feature")
    world.git("rebase", "--apply", "main", check=False)


def cherry_pick(world: World) -> None:
    world.git("cherry-pick", "feature", check=False)


def stash_pop(world: World) -> None:
    world.git("checkout", "--quiet", "base")
    for path in ("main.txt", "main.lock"):
        world.write(path, world.git("show", f"feature:{path}") + "\n")
    world.git("stash")
    world.git("checkout", "--quiet", "main")
    world.git("stash", "pop", check=False)


OPERATIONS: list[tuple[Callable[[World], None], str]] = [
    (merge, "git commit"),
    (rebase, "git rebase --continue"),
    (apply_rebase, "git rebase --continue"),
    (cherry_pick, "git cherry-pick --continue"),
    (stash_pop, "git stash drop"),
]


def pins(world: World, resolve: str = "main") -> dict[str, str]:
    return dict(read_lockfile(world.read(f"{resolve}.lock")).pins)


def conflict(world: World, begin: Callable[[World], None] = merge) -> None:
    begin(world)
    assert "main.lock" in world.git("diff", "--name-only", "--diff-filter=U")
    world.resolve_requirements("aiohttp", "boto3", "click", "redis")


@pytest.mark.parametrize(("begin", "go_on"), OPERATIONS, ids=lambda one: getattr(one, "__name__", None))
def test_both_sides_are_kept_and_staged(world: World, begin: Callable[[World], None], go_on: str) -> None:
    conflict(world, begin)
    result = world.run()
    assert result.exit_code == 0, result.stderr
    assert pins(world) == BOTH
    assert "main.lock (main): merged, 6 pins of both sides kept, staged\n" in result.stdout
    assert f"To go on: {go_on}\n" in result.stderr
    assert world.git("ls-files", "--unmerged") == ""
    assert world.git("show", ":main.lock") + "\n" == world.read("main.lock")
    world.git(*go_on.split()[1:], *(["--no-edit"] if go_on == "git commit" else []))
    assert world.run("--check").exit_code == 0


@pytest.mark.parametrize("setting", ["attributes", "zdiff3", "diff3", "rerere"])
def test_what_git_has_put_into_the_work_tree_does_not_matter(world: World, setting: str) -> None:
    if setting == "attributes":
        for branch in ("main", "feature"):
            world.git("checkout", "--quiet", branch)
            world.write(".gitattributes", "*.lock -merge\n")
            world.commit("Attributes")
    elif setting == "rerere":
        world.git("config", "rerere.enabled", "true")
        merge(world)
        for path in ("main.lock", "main.txt"):
            world.write(path, "an old resolution\n")
        world.git("rerere")
        world.git("reset", "--hard", "--quiet")
    else:
        world.git("config", "merge.conflictStyle", setting)
    conflict(world)
    assert world.run().exit_code == 0
    assert pins(world) == BOTH


def test_a_git_directory_elsewhere_as_a_worktree_has_it(world: World, tmp_path: Path) -> None:
    world.git("init", "--quiet", f"--separate-git-dir={tmp_path / 'git'}")
    assert (world.root / ".git").is_file()
    conflict(world, rebase)
    result = world.run()
    assert result.exit_code == 0
    assert "To go on: git rebase --continue\n" in result.stderr
    assert pins(world) == BOTH


def test_the_report_says_where_each_version_comes_from(world: World) -> None:
    world.branch("feature", "boto3<2", {"boto3": "1.27.4", "click": "8.0.4"})
    world.branch("main", "boto3>=1", {"boto3": "1.28.0", "click": "8.1.7"})
    merge(world)
    world.resolve_requirements("boto3>=1,<2", "click")
    result = world.run()
    assert result.stdout == (
        "main.lock (main): merged, 2 pins of both sides kept, staged\n"
        "  click 8.1.7 from theirs\n"
        "  boto3 1.28.0 (ours 1.27.4, theirs 1.28.0), both had changed it\n"
    )
    assert result.stderr == (
        "main: locking, with 2 pins kept\nTo undo: git checkout -m -- main.lock\nTo go on: git commit\n"
    )


@pytest.mark.parametrize(("base", "expected"), [("ours", "1.27.4"), ("theirs", "1.28.0"), ("auto", "1.28.0")])
def test_who_wins_a_tie(world: World, base: str, expected: str) -> None:
    world.branch("feature", "boto3<2", {"boto3": "1.27.4", "click": "8.0.4"})
    world.branch("main", "boto3>=1", {"boto3": "1.28.0", "click": "8.0.4"})
    merge(world)
    world.resolve_requirements("boto3>=1,<2", "click")
    assert world.run(f"--base={base}").exit_code == 0
    assert pins(world)["boto3"] == expected


def test_a_pin_that_is_in_the_way_moves_with_its_reason(world: World) -> None:
    world.branch("main", "old", {**OLD, "attrs": "21.4.0"})
    world.branch("feature", "aiohttp<4", {**OLD, "aiohttp": "3.8.0", "attrs": "22.2.0", "yarl": "1.9.4"})
    merge(world)
    world.resolve_requirements("aiohttp<3.9", "boto3", "click", "old")
    result = world.run("--base=ours")
    assert result.exit_code == 0, result.stderr
    assert pins(world) == {**OLD, "aiohttp": "3.8.0", "attrs": "21.4.0", "old": "1.0", "yarl": "1.9.4"}
    assert "  attrs 22.2.0 → 21.4.0, aiohttp 3.8.0 depends on attrs>=20; old 1.0 depends on attrs<22\n" in result.stdout
    assert "main: locking again, without the pins of attrs\n" in result.stderr


def test_what_cannot_be_solved_is_said_and_nothing_is_staged(world: World) -> None:
    conflict(world)
    world.resolve_requirements("aiohttp>=3.9", "old", "nowhere")
    before = world.state()
    result = world.run()
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Resolve main cannot be locked: ERROR: No matching distribution found for nowhere" in result.stderr
    assert world.state() == before


def test_a_dry_run_changes_nothing_and_says_the_same(world: World) -> None:
    conflict(world)
    before = world.state()
    planned = world.run("--dry-run")
    assert world.state() == before
    assert planned.exit_code == 0
    assert "main.lock (main): would be merged, 6 pins of both sides kept\n" in planned.stdout
    assert "To do it: pants merge-lockfiles\n" in planned.stderr
    done = world.run()
    assert done.stdout.splitlines()[1:] == planned.stdout.splitlines()[1:]


def test_a_second_run_has_nothing_to_do(world: World) -> None:
    conflict(world)
    world.run()
    before = world.state()
    again = world.run()
    assert (again.exit_code, again.stdout) == (0, "")
    assert again.stderr == "No lockfile is in conflict.\n"
    assert world.state() == before


def test_not_staged_if_told_so(world: World) -> None:
    conflict(world)
    result = world.run("--no-add")
    assert pins(world) == BOTH
    assert world.git("diff", "--name-only", "--diff-filter=U") == "main.lock"
    assert "staged" not in result.stdout


def test_the_undo_that_is_printed_works(world: World) -> None:
    conflict(world)
    before = world.git("ls-files", "--stage")
    result = world.run()
    [undo] = [line for line in result.stderr.splitlines() if line.startswith("To undo: git ")]
    world.git(*undo.split()[3:])
    assert world.git("ls-files", "--stage") == before
    assert world.run().exit_code == 0
    assert pins(world) == BOTH


def test_a_textual_merge_that_is_wrong_is_found_and_corrected(world: World) -> None:
    conflict(world)
    theirs = world.git("show", "main:main.lock") + "\n"
    world.write("main.lock", theirs)
    world.git("add", "main.lock")
    checked = world.run("--check")
    assert checked.exit_code == 1
    assert "main.lock (main): its metadata lacks requirements: aiohttp\n" in checked.stdout
    assert "tools.lock (tools): matches its requirements\n" in checked.stdout
    assert checked.stderr == "To do it: pants merge-lockfiles --resolve=main\n"
    noted = world.run()
    assert noted.exit_code == 0
    assert "main.lock (main): its metadata lacks requirements: aiohttp\n" in noted.stderr
    assert world.run("--resolve=main").exit_code == 0
    assert pins(world) == BOTH
    assert world.run("--check").exit_code == 0


def test_a_check_names_what_is_in_conflict(world: World) -> None:
    conflict(world)
    before = world.state()
    checked = world.run("--check")
    assert checked.exit_code == 1
    assert "main.lock (main): is in conflict, in the middle of merge\n" in checked.stdout
    assert world.state() == before


def test_json(world: World) -> None:
    conflict(world)
    document = json.loads(world.run("--format=json").stdout)
    assert (document["goal"], document["mode"], document["operation"]) == ("merge-lockfiles", "merge", "merge")
    [result] = document["results"]
    assert result["from_ours"][0] == {"name": "aiohttp", "version": "3.9.1"}
    assert result["from_theirs"] == [{"name": "redis", "version": "4.0"}]
    assert (result["action"], result["kept"], result["staged"], result["error"]) == ("merged", 6, True, None)
    checked = json.loads(world.run("--check", "--format=json").stdout)
    assert [one["problems"] for one in checked["results"]] == [[], []]


def test_a_wrong_merge_that_is_committed(world: World) -> None:
    """The lockfile of theirs was taken, as wiki pages say: what ours had comes back in its version, nothing moves."""
    conflict(world)
    world.git("checkout", "--theirs", "main.lock")
    world.commit("Merge")
    world.lock("tools", {"redis": "5.0.1"})
    checked = world.run("--check")
    assert "main.lock (main): its metadata lacks requirements: aiohttp\n" in checked.stdout
    result = world.run("--resolve=main,tools")
    assert pins(world) == BOTH
    assert pins(world, "tools") == {"redis": "5.0.1"}
    assert result.stdout == (
        "main.lock (main): locked again, 6 pins kept, staged\n"
        "  aiohttp 3.9.1 from ours; attrs 22.2.0 from ours; yarl 1.9.4 from ours\n"
        "tools.lock (tools): locked again, 1 pin kept, staged\n"
    )
