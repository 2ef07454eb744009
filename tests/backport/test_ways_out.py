"""What stops a backport: each message has a fix, and the fix, as it is printed, leads to the backport."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest
from backport.conftest import World, made, moves_on, text
from pants.testutil.rule_runner import GoalRuleResult

from harness.git_world import fixes


def option_of(fix: str) -> str:
    """The option that a fix begins with."""
    return shlex.split(fix.partition(";")[0].partition(", or")[0])[0]


def resolve(world: World, printed: str, *, directory: Path) -> None:
    """Follow a printed way on: cherry-pick stops at the conflict, and is continued."""
    commands, _, comment = printed.partition("  # ")
    assert comment == "then correct the files, git add them, and git cherry-pick --continue"
    world.shell(commands, accept=(1,))
    assert "<<<<<<<" in (directory / "app.py").read_text()
    world.write({"app.py": text(_12="both")}, cwd=directory)
    world.git("add", "app.py", cwd=directory)
    world.git("-c", "core.editor=true", "cherry-pick", "--continue", cwd=directory)


def test_a_conflict(world: World, fix: str) -> None:
    last = world.on_series("chore: another (#9)", {"app.py": text(_12="another")})
    before = world.state()
    for more in ((), ("--execute",)):
        result = world.run(fix, "--to=24.03", *more)
        [printed] = fixes(result)
        assert (
            f'backport: 24.03: {fix[:12]} "fix: count from one (#12)" conflicts in app.py (content, '
            f'last changed there by {last[:12]} "chore: another (#9)").\n'
        ) in result.stderr
        assert result.stderr.endswith("1 problem. Nothing was changed.\n")
        assert world.state()[:4] == before[:4]
    directory = world.root.parent / f"{world.root.name}-backport-12-to-24.03"
    resolve(world, printed, directory=directory)
    assert world.git("show", "backport/12-to-24.03:app.py") == text(_12="both").strip()
    assert world.git("log", "-1", "--format=%an", "backport/12-to-24.03") == "Ada Jensen"
    world.git("worktree", "remove", "--force", str(directory))


def test_a_conflict_in_the_second_of_three(world: World, fix: str) -> None:
    world.on_series("chore: another (#9)", {"app.py": text(_12="another")})
    first = world.commit("fix: before (#13)", {"one": ""})
    third = world.commit("fix: after (#14)", {"three": ""})
    [printed] = fixes(world.run(first, fix, third, "--to=24.03", "--execute"))
    directory = world.root.parent / f"{world.root.name}-backport-13-to-24.03"
    resolve(world, printed, directory=directory)
    assert world.git("log", "--format=%s", "24.03..backport/13-to-24.03").splitlines() == [
        "fix: after (#14)",
        "fix: count from one (#12)",
        "fix: before (#13)",
    ]
    world.git("worktree", "remove", "--force", str(directory))


def test_one_series_does_not_stop_another(world: World, fix: str) -> None:
    world.git("branch", "23.09", "24.03")
    world.on_series("chore: another (#9)", {"app.py": text(_12="another")})
    plan = world.run(fix, "--to=24.03,23.09")
    assert plan.exit_code == 1
    assert plan.stderr.endswith(f"1 problem.\nTo do it: pants backport {fix} --to=23.09 --execute\n")
    result = world.run(fix, "--to=24.03,23.09", "--execute")
    assert result.exit_code == 1
    assert result.stderr.endswith("1 problem. 1 branch is made.\n")
    assert world.git("branch", "--list", "backport/*", "--format=%(refname:short)") == "backport/12-to-23.09"


def test_markers_are_committed_if_asked(world: World, fix: str) -> None:
    world.on_series("chore: another (#9)", {"app.py": text(_12="another")})
    result = world.run(fix, "--to=24.03", "--conflicts=commit", "--execute")
    assert result.exit_code == 1
    assert "<<<<<<<" in world.git("show", "backport/12-to-24.03:app.py")
    assert world.git("log", "-1", "--format=%an", "backport/12-to-24.03") == "Ada Jensen"
    [printed] = fixes(result)
    directory = world.root.parent / f"{world.root.name}-backport-12-to-24.03"
    world.shell(printed.partition("  # ")[0])
    assert "<<<<<<<" in (directory / "app.py").read_text()
    world.git("worktree", "remove", "--force", str(directory))


def test_a_series_that_is_not_there(world: World, origin: Path, fix: str) -> None:
    result = world.run(fix, "--to=24.3")
    assert "There is no branch 24.3 here or on origin. Did you mean '24.03'?" in result.stderr
    made(world, fix, option_of(fixes(result)[0]))
    world.git("branch", "25.09", "24.03", cwd=origin)
    [fetch] = fixes(world.run(fix, "--to=25.09"))
    world.shell(fetch.partition(", or ")[2] or fetch)
    made(world, fix, "--to=25.09", branch="backport/12-to-25.09")


def test_a_commit_that_is_not_there(world: World, fix: str) -> None:
    result = world.run("mian", "--to=24.03")
    assert "There is no commit mian here. Did you mean 'main'?" in result.stderr
    assert len(fixes(result)) == 1
    missing = world.run("#99", "--to=24.03")
    assert "No subject in the history of HEAD ends with (#99)." in missing.stderr
    world.shell(fixes(missing)[0].partition(": ")[2])
    several = world.run("nope", "#99", "a/b..c", "--to=24.3")
    assert len(fixes(several)) == 4


def test_a_range_the_wrong_way_round(world: World, fix: str) -> None:
    [printed] = fixes(world.run("HEAD..HEAD~1", "--to=24.03"))
    made(world, printed.rpartition(" ")[2], "--to=24.03")


def test_a_merge(world: World, fix: str) -> None:
    world.git("switch", "--quiet", "--create=side", "HEAD~")
    world.commit("fix: on the side (#14)", {"side.py": "side\n"})
    world.git("switch", "--quiet", "main")
    world.git("merge", "--quiet", "--no-ff", "--message=Merge", "side")
    merge = world.git("rev-parse", "HEAD")
    result = world.run(merge, "--to=24.03")
    [printed] = fixes(result)
    assert f'{merge[:12]} "Merge" is a merge.' in result.stderr
    command = shlex.split(printed.rpartition(": ")[2])
    assert command[:2] == ["pants", "backport"]
    assert world.run(*command[2:], "--execute").exit_code == 0
    assert world.git("log", "-1", "--format=%s", "backport/14-to-24.03") == "fix: on the side (#14)"
    assert world.run(merge, "--to=24.03", "--mainline=1").exit_code == 0
    wrong = world.run(merge, "--to=24.03", "--mainline=3")
    assert "has 2 parents, and none is number 3" in wrong.stderr
    assert fixes(wrong) == ["--mainline=1"]


def test_the_branch_is_there_with_another_content(world: World, fix: str) -> None:
    world.git("branch", "backport/12-to-24.03", "24.03")
    result = world.run(fix, "--to=24.03", "--execute")
    [printed] = fixes(result)
    assert "The branch backport/12-to-24.03 is there already" in result.stderr
    option, _, delete = printed.partition("; or, if nobody needs it, ")
    made(world, fix, "--to=24.03", option, branch="backport/12-to-24.03-2")
    world.shell(delete)
    made(world, fix, "--to=24.03")


def test_a_branch_is_in_the_way_of_its_name(world: World, fix: str) -> None:
    world.git("branch", "backport")
    result = world.run(fix, "--to=24.03", "--execute")
    assert (
        "git cannot make the branch backport/12-to-24.03 beside backport: one name is below the other." in result.stderr
    )
    made(world, fix, "--to=24.03", fixes(result)[0], branch="backport-12-to-24.03")


@pytest.mark.parametrize(
    ("branch", "message"),
    [
        ("a..b", "git does not accept a..b as the name of a branch."),
        ("{serie}", "--branch={serie} has an unknown placeholder: {serie}. Did you mean 'series'?"),
    ],
)
def test_a_branch_that_git_refuses(world: World, fix: str, branch: str, message: str) -> None:
    result = world.run(fix, "--to=24.03", f"--branch={branch}")
    assert message in result.stderr
    made(world, fix, "--to=24.03", shlex.split(fixes(result)[0].rpartition("such as ")[2])[0])


def test_one_name_for_two_series(world: World, fix: str) -> None:
    world.git("branch", "23.09", "24.03")
    [printed] = fixes(world.run(fix, "--to=24.03,23.09", "--branch=mine"))
    option = shlex.split(printed.partition(": ")[2])[0]
    made(world, fix, "--to=24.03,23.09", option, branch="mine-to-23.09")


def test_in_place_where_the_series_is_checked_out(world: World, fix: str, tmp_path: Path) -> None:
    world.git("worktree", "add", "--quiet", str(tmp_path / "there"), "24.03")
    assert world.run(fix, "--to=24.03").exit_code == 0  # a new branch is fine
    result = world.run(fix, "--to=24.03", "--in-place", "--execute")
    assert f"24.03 is checked out in {tmp_path / 'there'}, whose files would be left behind." in result.stderr
    world.shell(fixes(result)[0].partition("; or ")[2])
    made(world, fix, "--to=24.03", "--in-place", branch="24.03")


def test_in_place_needs_the_newest_series_here(world: World, origin: Path, fix: str) -> None:
    theirs = moves_on(world, origin)
    result = world.run(fix, "--to=24.03", "--in-place", "--execute")
    assert "The branch 24.03 here lacks commits of origin/24.03." in result.stderr
    world.shell(fixes(result)[0].rpartition(", ")[2])
    made(world, fix, "--to=24.03", "--in-place", branch="24.03")
    assert world.git("rev-parse", "24.03^") == theirs
    world.git("branch", "--delete", "--force", "24.03")
    absent = world.run(fix, "--to=24.03", "--in-place", "--execute")
    world.shell(fixes(absent)[0])
    made(world, fix, "--to=24.03", "--in-place", branch="24.03")


def test_which_series_is_taken_is_said(world: World, origin: Path, fix: str) -> None:
    theirs = moves_on(world, origin)
    assert "Note: origin/24.03 is newer than 24.03 here, and is taken" in world.run(fix, "--to=24.03").stdout
    ours = world.on_series("chore: ours", {"ours": ""})
    diverged = world.run(fix, "--to=24.03", "--execute")
    assert "Note: 24.03 and origin/24.03 have diverged: origin/24.03 is taken" in diverged.stdout
    assert world.git("rev-parse", "backport/12-to-24.03^") == theirs
    world.git("branch", "--force", "23.09", ours)
    world.git("update-ref", "refs/remotes/origin/23.09", f"{ours}^")
    assert "23.09 here has commits that origin/23.09 lacks, and is taken" in world.run(fix, "--to=23.09").stdout
    assert "branch backport/12-to-24.03 is there already" in world.run(fix, "--to=origin/24.03").stdout


def shallow(world: World, tmp_path: Path, depth: int) -> World:
    """A shallow clone in the place of the world."""
    full = tmp_path / "full"
    world.git("clone", "--quiet", "--bare", str(world.root), str(full))
    subprocess.run(["rm", "-rf", str(world.root / ".git")], check=True)
    clone = tmp_path / "clone"
    world.git("clone", "--quiet", f"--depth={depth}", "--no-single-branch", f"file://{full}", str(clone))
    os.rename(clone / ".git", world.root / ".git")
    return world


def test_a_shallow_clone(world: World, fix: str, tmp_path: Path) -> None:
    shallow(world, tmp_path, 1)
    result = world.run(fix, "--to=24.03")
    assert "is not here. This is a shallow clone." in result.stderr
    assert world.run("#11", "--to=24.03").exit_code == 1
    world.shell(fixes(result)[0])
    made(world, fix, "--to=24.03")


def test_nobody_and_no_key(world: World, fix: str) -> None:
    nobody = {
        "GIT_AUTHOR_NAME": "",
        "GIT_COMMITTER_NAME": "",
        "GIT_AUTHOR_EMAIL": "",
        "GIT_COMMITTER_EMAIL": "",
        "EMAIL": "",
    }
    result = world.run(fix, "--to=24.03", env=nobody)
    assert "git does not know who commits: " in result.stderr
    unsigned = world.run(
        fix,
        "--to=24.03",
        "--sign",
        "--execute",
        env={"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "gpg.program", "GIT_CONFIG_VALUE_0": "false"},
    )
    assert "Signing does not work: " in unsigned.stderr
    assert fixes(unsigned)[0].endswith("; or --no-sign")
    made(world, fix, "--to=24.03", "--no-sign")


@pytest.mark.parametrize(
    ("args", "message", "more"),
    [
        (("--to=24.03",), "Which commits are to be backported?", ("#12",)),
        (("#12",), "Which series get the commits?", ("--to=24.03",)),
        (("--trailer=nonsense", "#12", "--to=24.03"), "is no trailer.", ("--trailer=x",)),
    ],
)
def test_what_lacks(world: World, fix: str, args: tuple[str, ...], message: str, more: tuple[str, ...]) -> None:
    result: GoalRuleResult = world.run(*args)
    assert message in result.stderr
    assert len(fixes(result)) == 1
    made(world, *(arg for arg in args if arg != "--trailer=nonsense"), *more)


def test_options_that_contradict_each_other(world: World, fix: str) -> None:
    both = world.run(fix, "--to=24.03", "--in-place", "--branch=x")
    assert fixes(both) == ["leave one of them out"]
    for option in ("--path-map=a=b", "--repository-name=o/r", "--with-fragments"):
        assert "needs --to-repository." in world.run(fix, "--to=24.03", option).stderr
    missing = world.run("--missing=24.03", f"--to-repository={world.root}")
    assert fixes(missing) == ["leave one of them out"]


def test_a_series_that_is_not_there_and_no_remote(world: World, fix: str) -> None:
    assert fixes(world.run(fix, "--to=xyz")) == ["write one of the branches that are here: 24.03, main"]
