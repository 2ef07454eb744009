"""Names and states that attack: both goals end with a report of whole lines, and lose nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pants.testutil.rule_runner import GoalRuleResult

from harness.registered import HAS_PYTHON_PARSER
from release.conftest import World

FORGED = "news/x\nChecked tag: forged\n\x1b[2J\x1b]0;pwn\x07\x9b31m\u202e.md"
AS_SHOWN = "news/x\\nChecked tag: forged\\n\\x1b[2J\\x1b]0;pwn\\x07\\u009b31m\\u202e.md"


def written(root: Path, name: str, text: str) -> None:
    with open(os.path.join(root, name), "w") as file:
        file.write(text)


def refused(world: World, *args: str, goal: str = "release") -> GoalRuleResult:
    """The plan fails as the execution does, and both change nothing."""
    before = world.state()
    run = world.run if goal == "release" else world.branch
    plan, execution = run(*args), run(*args, "--execute")
    assert (plan.exit_code, execution.exit_code) == (1, 1)
    assert plan.stderr == execution.stderr
    assert world.state() == before
    return plan


def test_names_that_forge_lines(world: World) -> None:
    written(world.root, FORGED, "")
    world.git("add", "--all")
    world.git("commit", "--quiet", "--message=Forge")
    document = json.loads(world.run("--to=24.03.0", "--format=json").stdout)
    assert FORGED in [result["path"] for result in document["results"]]
    result = world.run("--to=24.03.0", "--execute")
    assert result.exit_code == 0, result.stderr
    assert f"\nRemoved {AS_SHOWN}\n" in result.stdout
    assert "Checked tag: forged" not in result.stdout.splitlines()
    assert not set(result.stdout) & set("\x1b\x07\x9b\u202e")


def test_a_name_that_is_not_committed(world: World) -> None:
    written(world.root, FORGED, "")
    written(world.root, os.fsdecode(b"news/\xff"), "")
    stderr = refused(world, "--to=24.03.0").stderr
    assert f"Not committed, and a part of the release: {AS_SHOWN} and news/\\xff." in stderr


def test_a_name_that_is_not_utf8(world: World) -> None:
    written(world.root, os.fsdecode(b"news/9.fix.\xff.md"), "")
    world.git("add", "--all")
    world.git("commit", "--quiet", "--message=Latin")
    result = refused(world, "--to=24.03.0")
    assert "release: The name news/9.fix.\\xff.md is not UTF-8, and Pants cannot read such a file.\n" in result.stderr
    fix = next(line for line in result.stderr.splitlines() if "git mv" in line).partition("Fix: ")[2]
    assert fix == "git mv -- $'news/9.fix.\\xff.md' news/9.fix._.md, and commit that"
    assert json.loads(world.run("--to=24.03.0", "--format=json").stdout)["problems"][0]["fix"] == fix


def test_an_identity_that_is_not_utf8(world: World) -> None:
    for name in [name for name in world.env if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))]:
        del world.env[name]
    world.git("config", "user.name", os.fsdecode(b"J\xf6rg"))
    world.git("config", "user.email", "j@example.com")
    assert json.loads(world.run("--to=24.03.0", "--format=json").stdout)["commit"]["author"] == (
        "J\\xf6rg <j@example.com>"
    )
    result = world.run("--to=24.03.0", "--execute")
    assert (result.exit_code, result.stderr) == (0, "Done: release 24.03.0.\n")
    assert 'release: 24.03.0" by J\\xf6rg <j@example.com>\n' in result.stdout


@pytest.mark.parametrize("bit", ["skip-worktree", "assume-unchanged"])
def test_an_edit_that_git_hides(world: World, bit: str) -> None:
    world.git("update-index", f"--{bit}", "NEWS")
    written(world.root, "NEWS", "mine\n")
    result = refused(world, "--to=24.03.0", "--allow-dirty")
    assert result.stderr == (
        f"release: NEWS differs from the commit, and git does not show it ({bit}).\n"
        f"  Fix: git update-index --no-{bit} -- NEWS, then commit the change, or put it aside with `git stash`\n"
        "1 problem. Nothing was changed.\n"
    )
    assert (world.root / "NEWS").read_text() == "mine\n"
    world.git("update-index", f"--{bit}", "VERSION")
    written(world.root, "VERSION", "24.03.0rc1 # mine")
    branch = refused(world, "--next=24.09", goal="release-branch")
    assert f"VERSION differs from the commit, and git does not show it ({bit})." in branch.stderr


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "An empty path is no path of a file."),
        (".", "The path '.' is no path of a file."),
        ("news/", "The path 'news/' is no path of a file."),
        ("../VERSION", "The path '../VERSION' leads out of the repository."),
        ("/etc/hosts", "The path '/etc/hosts' leads out of the repository."),
        (".git/HEAD", "The path '.git/HEAD' is in a git directory, of which no commit has a file."),
        ("a/.GIT/x", "The path 'a/.GIT/x' is in a git directory, of which no commit has a file."),
        ("-x", "There is no -x in the commit."),
        ("a\nb\x1b", "There is no a\\nb\\x1b in the commit."),
        pytest.param(
            os.fsdecode(b"\xff"),
            "The name \\xff is not UTF-8, and Pants cannot read such a file.",
            marks=pytest.mark.skipif(not HAS_PYTHON_PARSER, reason="Pants takes no argument that is not UTF-8"),
        ),
    ],
)
def test_paths_in_options(world: World, path: str, message: str) -> None:
    assert f"release: {message}\n" in refused(world, "--to=24.03.0", f"--release-version-file={path}").stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--to=" + "1" * 5000 + ".0",), "A version of 5,002 characters ('11111111111111111111'…) is too long."),
        (("--to=24.03.0.po\u017ft1",), "'24.03.0.po\u017ft1' is not a version."),
        (("--to=\u0662\u0664.03",), "'\u0662\u0664.03' is not a version."),
        (("--to=24.03.0", "--tag-name=-x{version}"), "git does not accept '-x24.03.0' as the name of a tag."),
        (("--to=24.03.0", "--commit-message="), "[release].commit_message is empty."),
        (("--to=24.03.0", "--tag-message="), "[release].tag_message is empty."),
        (
            ("--to=24.03.0", "--tag-name={version:>99999999999}"),
            "[release].tag_name = '{version:>99999999999}' has more",
        ),
        (("--to=24.03.0", "--tag-name={version!x}"), "[release].tag_name = '{version!x}' has more than a name"),
        (("--to=24.03.0", "--date="), "--date= is not a date."),
        (("--to=24.03.0", "--date=2024-W10-3"), "--date=2024-W10-3 is not a date."),
        (("--to=24.03.0", "--push", "--remote=--upload-pack=x"), "There is no remote '--upload-pack=x'."),
        (("--to=24.03.0", "--draft"), "--draft and --execute cannot be used together."),
    ],
)
def test_arguments(world: World, args: tuple[str, ...], message: str) -> None:
    before = world.state()
    for more in ((), ("--execute",)):
        if "--draft" in args and not more:
            continue
        result = world.run(*args, *more)
        assert result.exit_code == 1
        assert f"release: {message}" in result.stderr
    assert world.state() == before


@pytest.mark.parametrize("other", ["--push", "--format=json", "--skip=changelog"])
def test_what_goes_not_together_with_a_draft(world: World, other: str) -> None:
    result = world.run("--to=24.03.0", "--draft", other)
    assert result.stderr == f"release: --draft and {other} cannot be used together.\n  Fix: leave one of them out\n"


def test_settings_are_no_contradiction_of_a_draft(world: World) -> None:
    result = world.run("--to=24.03.0", "--draft", env={"PANTS_RELEASE_PUSH": "true", "PANTS_RELEASE_EXECUTE": "true"})
    assert "cannot be used together" not in result.stderr


def test_a_draft_of_a_changelog_that_releases_leave_alone(world: World) -> None:
    result = world.run("--to=24.03.0", "--draft", env={"PANTS_RELEASE_SKIP": "['changelog']"})
    note = "[release].skip has changelog: a release would leave the changelog and its fragments as they are.\n"
    assert result.stderr.startswith(note)


def test_the_end_of_the_version_file_by_the_old_setting(world: World) -> None:
    old = {"PANTS_RELEASE_VERSION_FILE_NEWLINE": "newline"}
    assert world.run("--to=24.03.0", "--eol=none", "--execute", env=old).exit_code == 0
    assert (world.root / "VERSION").read_text() == "24.03.0"
    assert world.run("--to=24.03.1", "--execute", env=old).exit_code == 0
    assert (world.root / "VERSION").read_text() == "24.03.1\n"


def test_a_ref_with_odd_characters(world: World) -> None:
    name = "quo'te$(id)\u202e"
    world.git("switch", "--quiet", "--create", name)
    stderr = refused(world, "--to=24.03.0").stderr
    assert "release: quo'te$(id)\\u202e is not one of the allowed branches" in stderr
    assert world.run("--to=24.03.0", f"--allow-branch={name}").exit_code == 0
