"""`release --branch`: the commit is on a new branch; HEAD's branch, the index and the work tree are as before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pants.testutil.rule_runner import GoalRuleResult

from release.conftest import Origin, World
from release.pushing import fix_of, follow

BRANCH = "--branch=release/{version}"
ARGS = ("--to=24.03.0", BRANCH, "--date=2024-03-29")
NAME = "release/24.03.0"
PROTECTED = '#!/bin/sh\n[ "$1" != refs/heads/main ] || { echo "main is protected" >&2; exit 1; }\n'


@pytest.fixture()
def origin(world: World, tmp_path: Path) -> Origin:
    return Origin(world, tmp_path)


def propose(world: World, *more: str) -> GoalRuleResult:
    return world.run(*ARGS, *more)


def test_a_plan(world: World) -> None:
    before = world.state()
    objects = sorted((world.root / ".git/objects").rglob("*"))
    result = propose(world)
    assert result.exit_code == 0
    assert result.stdout == (
        "Checked work tree: clean\n"
        "Checked version: 24.03.0rc1 → 24.03.0\n"
        "Checked new branch: release/24.03.0 is free\n"
        "Checked branch: main\n"
        "Checked identity: Somebody <somebody@example.com>\n"
        "Checked signing: not configured\n"
        "Not checked: remote: nothing is pushed without --push\n"
        "Not checked: idle: not configured\n"
        "Checked news: read all about it\n"
        "Checked version: VERSION\n"
        "Note: Extra, extra!\n"
        "Would change NEWS: 1 line more\n"
        "Would change VERSION: 24.03.0rc1 → 24.03.0\n"
        "Would remove news/1\n"
        "Would remove news/2\n"
        'Would commit onto release/24.03.0: "release: 24.03.0" by Somebody <somebody@example.com>\n'
    )
    assert result.stderr == (
        "To do it: pants release --to=24.03.0 '--branch=release/{version}' --date=2024-03-29 --execute\n"
    )
    assert world.state() == before
    assert sorted((world.root / ".git/objects").rglob("*")) == objects


def test_nothing_of_the_user_moves(world: World) -> None:
    world.runner.write_files({"mine": "new", ".gitignore": "/.pants.d/\n/.pids/\n/dist/\nBUILDROOT\nedited\n"})
    world.git("add", "mine")
    refs, status = world.state()
    head = world.git("rev-parse", "HEAD")
    result = propose(world, "--execute")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == "Done: release 24.03.0 on release/24.03.0.\n"
    made = world.git("rev-parse", NAME)
    assert world.state() == (
        f"{refs[: refs.rindex(chr(9))]}\trefs/heads/main\n{made} commit\trefs/heads/{NAME}",
        status,
    )
    assert world.git("rev-parse", f"{NAME}^") == head
    assert world.git("show", f"{NAME}:VERSION") == "24.03.0"
    assert world.git("diff", "--name-status", "HEAD", NAME).split() == ["M", "NEWS", "M", "VERSION"] + [
        word for path in ("news/1", "news/2") for word in ("D", path)
    ]
    assert (world.root / "VERSION").read_text() == "24.03.0rc1"
    assert world.git("tag") == ""
    assert list((world.root / ".git/devflow").iterdir()) == [world.root / ".git/devflow/lock"]


def test_the_same_again(world: World, origin: Origin) -> None:
    propose(world, "--execute")
    made = world.git("rev-parse", NAME)
    again = propose(world, "--execute")
    assert (again.exit_code, again.stdout) == (0, "")
    assert again.stderr == "Nothing to do: release/24.03.0 is this release.\n"
    pushed = propose(world, "--push", "--execute")
    assert pushed.stdout.endswith("Pushed release/24.03.0 to origin\n")
    assert origin.refs()[f"refs/heads/{NAME}"] == made
    assert propose(world, "--push", "--execute").stderr == "Nothing to do: release/24.03.0 is this release.\n"
    assert world.git("rev-parse", NAME) == made


@pytest.mark.parametrize("change", ["another date", "another head", "another message"])
def test_a_branch_that_is_another_release(world: World, change: str) -> None:
    propose(world, "--execute")
    if change == "another head":
        world.commit(message="More")
    date = f"--date=2024-03-{30 if change == 'another date' else 29}"
    message = "--commit-message=Out: {version}" if change == "another message" else "--allow-dirty"
    args = ("--to=24.03.0", BRANCH, date, message, "--execute")
    before = world.state()
    refused = world.run(*args)
    assert "The branch release/24.03.0 is there already, at " in refused.stderr
    assert "git branch -D release/24.03.0  # if its commits are not needed" in fix_of(refused)
    assert world.state() == before
    follow(world, refused)
    assert world.run(*args).exit_code == 0


def test_a_branch_that_another_worktree_has(world: World, tmp_path: Path) -> None:
    propose(world, "--execute")
    world.git("worktree", "add", "--quiet", str(tmp_path / "other"), NAME)
    world.commit(message="More")
    refused = propose(world)
    assert f"It is checked out in {tmp_path / 'other'}." in refused.stderr
    assert fix_of(refused) == "give another name, such as --branch=release/24.03.0-2"
    assert world.run("--to=24.03.0", "--branch=release/24.03.0-2", "--execute").exit_code == 0


def test_head_on_the_branch_itself(world: World) -> None:
    propose(world, "--execute")
    world.git("switch", "--quiet", NAME)
    refused = world.run("--to=24.03.1", "--branch=release/24.03.0", "--allow-branch=release/*")
    assert "HEAD is on release/24.03.0, the branch that is to be made." in refused.stderr
    follow(world, refused)
    assert world.git("branch", "--show-current") == "main"


def test_a_base_that_is_no_branch_for_a_release(world: World) -> None:
    world.git("switch", "--quiet", "--create", "topic")
    refused = propose(world)
    assert "topic is not one of the allowed branches: main" in refused.stderr
    assert propose(world, "--allow-branch=topic").exit_code == 0


def test_a_commit_that_a_job_has_checked_out(world: World, origin: Origin) -> None:
    world.git("switch", "--quiet", "--detach")
    result = propose(world, "--push", "--execute")
    assert result.exit_code == 0, result.stderr
    assert "Checked branch: none: HEAD is detached at " in result.stdout
    assert origin.refs()[f"refs/heads/{NAME}"] == world.git("rev-parse", NAME)


def test_what_the_release_reads_must_be_committed(world: World) -> None:
    world.runner.write_files({"news/3": "mine"})
    refused = propose(world, "--execute")
    assert "Not committed, and a part of the release: news/3." in refused.stderr
    assert NAME not in world.state()[0]


def test_an_edit_that_git_hides_is_none_of_its_business(world: World) -> None:
    world.git("update-index", "--skip-worktree", "VERSION")
    (world.root / "VERSION").write_text("mine")
    assert propose(world, "--execute").exit_code == 0
    assert (world.root / "VERSION").read_text() == "mine"
    assert world.git("show", f"{NAME}:VERSION") == "24.03.0"


def test_a_merge_under_way_goes_on(world: World) -> None:
    (world.root / ".git/MERGE_HEAD").write_text(world.git("rev-parse", "HEAD"))
    assert propose(world, "--execute").exit_code == 0
    assert (world.root / ".git/MERGE_HEAD").exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a b", "git does not accept 'a b' as the name of a branch.\n  Fix: change [release].branch in pants.toml"),
        ("main/x", "git cannot make the branch main/x beside main: one name is below the other.\n"),
        ("{name}", "[release].branch = '{name}' has an unknown placeholder, {name}."),
    ],
)
def test_names_that_git_does_not_take(world: World, name: str, message: str) -> None:
    assert f"release: {message}" in world.run("--to=24.03.0", f"--branch={name}").stderr


def test_a_setting_and_an_empty_option(world: World) -> None:
    env = {"PANTS_RELEASE_BRANCH": "release/{version}"}
    planned = world.run("--to=24.03.0", env=env)
    assert "Would commit onto release/24.03.0: " in planned.stdout
    assert planned.stderr == "To do it: pants release --to=24.03.0 --execute\n"
    assert "Would tag 24.03.0" in world.run("--to=24.03.0", "--branch=", env=env).stdout


def test_a_push_that_the_remote_refuses(world: World, origin: Origin) -> None:
    origin.hook("#!/bin/sh\necho not today >&2\nexit 1\n")
    refused = propose(world, "--push", "--execute")
    assert (
        "The push to origin failed. Everything is done in this repository, and origin has none of it: "
        in refused.stderr
    )
    assert "git branch --delete --force release/24.03.0" in fix_of(refused)
    assert "git reset" not in refused.stderr
    origin.hook(None)
    follow(world, refused)
    assert origin.refs()[f"refs/heads/{NAME}"] == world.git("rev-parse", NAME)


def test_a_remote_that_has_another_branch_of_the_name(world: World, origin: Origin) -> None:
    world.git("push", "--quiet", "origin", f"HEAD:refs/heads/{NAME}")
    refused = propose(world, "--push")
    assert f"origin has a branch release/24.03.0 already, at {world.git('rev-parse', 'HEAD')[:12]}." in refused.stderr
    follow(world, refused)
    assert propose(world, "--push", "--execute").exit_code == 0


def test_a_base_that_lacks_commits_of_the_remote(world: World, origin: Origin) -> None:
    origin.moves_on()
    behind = propose(world, "--push")
    assert "origin/main has commits that main lacks." in behind.stderr
    follow(world, behind)
    assert propose(world, "--push", "--execute").exit_code == 0


def test_the_page_that_opens_a_pull_request(world: World, tmp_path: Path) -> None:
    origin = Origin(world, tmp_path)
    world.git("remote", "set-url", "origin", "git@github.com:acme/orbit.git")
    world.git("remote", "set-url", "--push", "origin", str(origin.path))
    result = propose(world, "--push", "--execute")
    assert result.stderr == (
        "Done: release 24.03.0 on release/24.03.0.\n"
        "To open a pull request: https://github.com/acme/orbit/compare/main...release%2F24.03.0?expand=1\n"
    )


def test_json(world: World) -> None:
    document = json.loads(propose(world, "--execute", "--format=json").stdout)
    assert document["apart"] is True
    assert document["new_branch"] == NAME
    assert document["commit"]["id"] == world.git("rev-parse", NAME)
    assert document["tag"] is None


def test_a_protected_branch_from_the_proposal_to_the_tag(world: World, origin: Origin) -> None:
    origin.hook(PROTECTED, "update")
    main = origin.refs()["refs/heads/main"]
    assert propose(world, "--push", "--execute").exit_code == 0
    assert origin.refs()["refs/heads/main"] == main
    # The host squashes it onto what has been merged meanwhile, and more is merged then.
    origin.hook(None, "update")
    origin.moves_on()
    merge = ("merge", "--quiet", "--squash", f"origin/{NAME}")
    world.git("fetch", "--quiet", "origin", cwd=origin.other)
    world.git(*merge, cwd=origin.other)
    world.git("commit", "--quiet", "--message=release: 24.03.0 (#12)", cwd=origin.other)
    squashed = world.git("rev-parse", "HEAD", cwd=origin.other)
    world.git("push", "--quiet", "origin", "HEAD:main", cwd=origin.other)
    origin.moves_on()
    origin.hook(PROTECTED, "update")
    tagged = world.run("--tag-merged=24.03.0", "--fetch", "--push", "--execute", "--also-branch={series}")
    assert tagged.exit_code == 0, tagged.stderr
    refs = origin.refs()
    assert world.git("rev-parse", "24.03.0^{commit}") == squashed == refs["refs/heads/24.03"]
    assert refs["refs/tags/24.03.0"] == world.git("rev-parse", "24.03.0")
    assert world.git("rev-parse", "main") == main
