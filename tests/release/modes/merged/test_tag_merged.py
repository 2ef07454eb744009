"""`release --tag-merged`: the tag is on the commit by which the release was merged, whatever has come after it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pants.testutil.rule_runner import GoalRuleResult

from release.conftest import Origin, World
from release.pushing import fix_of, follow

V = "24.03.0"
NAME = f"release/{V}"


@pytest.fixture()
def origin(world: World, tmp_path: Path) -> Origin:
    """What is merged there is known here as `origin/main`, and main is behind it."""
    found = Origin(world, tmp_path)
    world.git("fetch", "--quiet", "origin")
    world.git("branch", "--quiet", "--set-upstream-to=origin/main")
    return found


def propose(world: World, version: str = V) -> str:
    """The branch of a pull request."""
    result = world.run(f"--to={version}", "--branch=release/{version}", "--date=2024-03-29", "--push", "--execute")
    assert result.exit_code == 0, result.stderr
    return world.git("rev-parse", f"release/{version}")


def merge(world: World, how: str, message: str = f"release: {V} (#12)", branch: str = NAME) -> str:
    """Merge a pull request at the remote, as a host does it; the commit that it gives."""
    world.git("fetch", "--quiet", "origin")
    world.git("switch", "--quiet", "--detach", "origin/main")
    if how == "rebase":
        world.git("cherry-pick", branch)
    elif how == "squash":
        world.git("merge", "--quiet", "--squash", branch)
        world.git("commit", "--quiet", f"--message={message}")
    else:
        world.git("merge", "--quiet", "--no-ff", f"--message={message}", branch)
    merged = world.git("rev-parse", "HEAD")
    world.git("push", "--quiet", "origin", "HEAD:main")
    world.git("switch", "--quiet", "main")
    return merged


def tag(world: World, *more: str) -> GoalRuleResult:
    return world.run(f"--tag-merged={V}", *more)


def tagged(world: World, version: str = V) -> str:
    return world.git("rev-parse", f"{version}^{{commit}}")


@pytest.mark.parametrize("how", ["squash", "merge", "rebase"])
@pytest.mark.parametrize("has_branch", [True, False])
def test_however_it_was_merged(world: World, origin: Origin, how: str, has_branch: bool) -> None:
    propose(world)
    origin.moves_on()
    merged = merge(world, how, "Merge pull request #12" if how == "merge" else f"release: {V} (#12)")
    origin.moves_on()
    origin.moves_on()
    if not has_branch:
        world.git("branch", "-D", NAME)
        world.git("push", "--quiet", "origin", "--delete", NAME)
    before = world.git("rev-parse", "main")
    assert "merge: " in tag(world, "--fetch").stdout
    result = tag(world, "--fetch", "--push", "--execute")
    assert result.exit_code == 0, result.stderr
    assert tagged(world) == merged
    assert origin.refs()[f"refs/tags/{V}"] == world.git("rev-parse", V)
    assert world.git("tag", "--list", "--format=%(objecttype) %(contents:subject)") == f"tag Release v{V}"
    assert (world.git("rev-parse", "main"), world.git("status", "--porcelain")) == (before, "")
    again = tag(world, "--push", "--execute")
    assert (again.exit_code, again.stderr) == (0, f"Nothing to do: {V} is tagged, at {merged[:12]}.\n")


def test_a_plan_changes_nothing(world: World, origin: Origin) -> None:
    propose(world)
    merged = merge(world, "squash")
    before = world.state()
    result = tag(world, "--push")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (
        f"Checked merge: {merged[:12]} (release: {V} (#12)) of origin/main: its tree is that of {NAME}\n"
        f"Checked tag: {V} is free\n"
        "Checked branch: main\n"
        "Checked identity: Somebody <somebody@example.com>\n"
        "Checked signing: not configured\n"
        "Checked remote: origin/main: the same commit\n"
        f'Would tag {V}: "Release v{V}" at {merged[:12]}, "release: {V} (#12)" of origin/main\n'
        f"Would push {V} to origin\n"
    )
    assert result.stderr == f"To do it: pants release --tag-merged={V} --push --execute\n"
    assert world.state() == before
    document = json.loads(tag(world, "--format=json").stdout)
    assert document["at"] == {"id": merged, "subject": f"release: {V} (#12)", "where": "origin/main"}
    assert document["commit"] is None


def test_the_present_version(world: World, origin: Origin) -> None:
    propose(world)
    merged = merge(world, "squash")
    planned = world.run("--tag-merged=present")
    assert planned.stderr == f"To do it: pants release --tag-merged={V} --execute\n"
    assert world.run("--tag-merged=present", "--execute").exit_code == 0
    assert tagged(world) == merged


def test_the_series_branch_in_the_same_transaction(world: World, origin: Origin) -> None:
    propose(world)
    merged = merge(world, "squash")
    result = tag(world, "--also-branch={series}", "--push", "--execute")
    assert f'Made branch 24.03 at {merged[:12]}, "release: {V} (#12)" of origin/main\n' in result.stdout
    assert result.stdout.endswith(f"Pushed {V} and 24.03 to origin\n")
    assert origin.refs()["refs/heads/24.03"] == world.git("rev-parse", "24.03") == merged
    again = tag(world, "--also-branch={series}", "--push", "--execute")
    assert again.stderr == f"Nothing to do: {V} is tagged, at {merged[:12]}.\n"
    world.git("branch", "--force", "24.03", f"{merged}^")
    other = tag(world, "--also-branch={series}")
    assert (
        f"The branch 24.03 is there, at {world.git('rev-parse', '24.03')[:12]}, without {merged[:12]}" in other.stderr
    )


def test_two_merges_of_one_version(world: World, origin: Origin) -> None:
    propose(world)
    first = merge(world, "squash")
    world.git("branch", "-D", NAME)
    world.git("push", "--quiet", "origin", "--delete", NAME)
    world.git("fetch", "--quiet", "--prune", "origin")
    world.git("switch", "--quiet", "--create", "late", "origin/main")
    world.commit({"NEWS": "a late fix\n"}, message=f"release: {V}")
    second = merge(world, "squash", f"release: {V} (#13)", "late")
    result = tag(world, "--execute")
    assert (
        f"Note: Also a merge of this release, and not the newest: {first[:12]} (release: {V} (#12)).\n" in result.stdout
    )
    assert tagged(world) == second


def test_it_is_not_merged_yet(world: World, origin: Origin) -> None:
    proposed = propose(world)
    refused = tag(world, "--fetch", "--push", "--execute")
    assert f"No commit of origin/main has VERSION {V}: of 1 commits, the last has 24.03.0rc1." in refused.stderr
    assert fix_of(refused) == "merge the pull request of the release, then the same command with --fetch"
    merge(world, "squash")
    assert tag(world, "--fetch", "--execute").exit_code == 0
    assert tagged(world) != proposed


def test_a_later_release(world: World, origin: Origin) -> None:
    propose(world)
    merged = merge(world, "squash")
    world.git("merge", "--quiet", "--ff-only", "origin/main")
    world.commit({"news/3": ""})
    world.git("push", "--quiet", "origin", "main")
    propose(world, "24.03.1")
    merge(world, "squash", "release: 24.03.1 (#14)", "release/24.03.1")
    for name in (NAME, "release/24.03.1"):
        world.git("branch", "-D", name)
        world.git("update-ref", "-d", f"refs/remotes/origin/{name}")
    refused = tag(world)
    assert "origin/main has the version 24.03.1 since " in refused.stderr
    assert fix_of(refused) == f"if that is the commit to tag, --commit={merged[:12]}"
    assert tag(world, f"--commit={merged[:12]}", "--execute").exit_code == 0
    assert tagged(world) == merged


@pytest.mark.parametrize(
    ("commit", "message"),
    [
        ("nowhere", "--commit=nowhere is not a commit of this repository."),
        (NAME, "is not in the first-parent history of origin/main."),
        ("main", "VERSION is 24.03.0rc1 at "),
    ],
)
def test_commits_that_are_not_the_merge(world: World, origin: Origin, commit: str, message: str) -> None:
    propose(world)
    merge(world, "squash")
    refused = tag(world, f"--commit={commit}")
    assert refused.exit_code == 1
    assert message in refused.stderr
    fix = fix_of(refused)
    if commit == "nowhere":
        assert fix == "git fetch, or name another commit"
        world.shell("git fetch")
    elif commit == "main":
        assert fix == f"--tag-merged=24.03.0rc1, or --commit=COMMIT, with one that has {V}"
        assert world.run("--tag-merged=24.03.0rc1", "--commit=main").exit_code == 0
    else:
        listed = world.shell(f"{fix.partition('with one of ')[2]} --format=%h").split()
        assert tag(world, f"--commit={listed[0]}").exit_code == 0
        return
    assert tag(world, "--commit=origin/main").exit_code == 0


def test_a_merge_that_has_lost_the_version(world: World, origin: Origin) -> None:
    world.git("commit", "--quiet", "--allow-empty", f"--message=release: {V} (#12)")
    world.git("push", "--quiet", "origin", "main")
    refused = tag(world)
    assert f"(release: {V} (#12)) is named like {V}, and VERSION is 24.03.0rc1 there." in refused.stderr
    assert fix_of(refused) == "correct VERSION in a pull request of its own, and merge it"
    world.commit({"VERSION": V}, message="The version that was lost (#13)")
    world.git("push", "--quiet", "origin", "main")
    assert tag(world, "--execute").exit_code == 0
    assert tagged(world) == world.git("rev-parse", "HEAD")


def test_a_branch_of_the_series_that_is_there(world: World, origin: Origin) -> None:
    world.git("branch", "24.03")
    world.git("push", "--quiet", "origin", "HEAD:refs/heads/v24.03")
    propose(world)
    merge(world, "squash")
    here = tag(world, "--also-branch={series}")
    assert f"The branch 24.03 is there, at {world.git('rev-parse', 'main')[:12]}, without " in here.stderr
    there = tag(world, "--also-branch=v{series}", "--push")
    assert f"origin has a branch v24.03 already, at {world.git('rev-parse', 'main')[:12]}." in there.stderr
    for refused in (here, there):
        assert fix_of(refused) == "leave --also-branch out, or give it another name"
    assert tag(world, "--also-branch=series/{series}", "--push").exit_code == 0
    assert tag(world, "--push").exit_code == 0


def test_a_remote_that_cannot_be_fetched(world: World, origin: Origin) -> None:
    propose(world)
    merge(world, "squash")
    origin.path.rename(origin.path.with_suffix(".away"))
    refused = tag(world, "--fetch")
    assert "git fetch origin failed: " in refused.stderr
    [command] = re.findall(r"`(.*?)`", fix_of(refused))
    world.shell(command, accept=(128,))
    assert tag(world).exit_code == 0
    origin.path.with_suffix(".away").rename(origin.path)
    world.shell(command)
    assert tag(world, "--fetch").exit_code == 0


def test_a_tag_on_another_commit(world: World, origin: Origin) -> None:
    proposed = propose(world)
    merged = merge(world, "squash")
    world.git("tag", "--annotate", "--message=Mine", V, proposed)
    refused = tag(world)
    assert f"The tag {V} is on {proposed[:12]}, and the merge is {merged[:12]} (release: {V} (#12))." in refused.stderr
    follow(world, refused)
    assert tag(world, "--push", "--execute").exit_code == 0
    assert tagged(world) == merged


def test_a_tag_that_only_the_remote_has(world: World, origin: Origin) -> None:
    propose(world)
    merge(world, "squash")
    world.git("tag", "--annotate", "--message=Theirs", V, cwd=origin.path)
    refused = tag(world, "--push")
    assert f"origin has a tag {V} already, at " in refused.stderr
    follow(world, refused)
    assert tag(world, "--push").stderr.startswith(f"Nothing to do: {V} is tagged")


def test_a_changelog_without_the_section(world: World, origin: Origin) -> None:
    propose(world)
    merge(world, "squash")
    assert tag(world, "--changelog-file=NEWS").exit_code == 0, "no step of this test writes a changelog"


@pytest.mark.parametrize(
    ("annotate", "kind", "report"),
    [("yes", "tag", f'"Release v{V}"'), ("no", "commit", "without a message"), ("as-before", "commit", "without a")],
)
def test_how_it_is_tagged(world: World, origin: Origin, annotate: str, kind: str, report: str) -> None:
    world.git("tag", "24.03.0rc1")
    propose(world)
    merged = merge(world, "squash")
    assert report in tag(world, f"--annotate={annotate}").stdout
    result = tag(world, f"--annotate={annotate}", "--push", "--execute")
    assert result.exit_code == 0, result.stderr
    assert world.git("cat-file", "-t", V) == kind
    assert tagged(world) == merged
    assert f"Nothing to do: {V} is tagged" in tag(world, f"--annotate={annotate}", "--push").stderr


def test_a_push_that_fails(world: World, origin: Origin) -> None:
    propose(world)
    merged = merge(world, "squash")
    origin.hook("#!/bin/sh\nexit 1\n")
    refused = tag(world, "--also-branch={series}", "--push", "--execute")
    assert "git tag --delete 24.03.0 && git branch --delete --force 24.03" in fix_of(refused)
    assert tagged(world) == merged
    origin.hook(None)
    assert tag(world, "--also-branch={series}", "--push", "--execute").stdout.endswith(
        f"Pushed {V} and 24.03 to origin\n"
    )


def test_a_branch_of_the_pull_request_is_no_place_to_look(world: World, origin: Origin) -> None:
    propose(world)
    merge(world, "squash")
    world.git("switch", "--quiet", NAME)
    refused = tag(world)
    assert f"{NAME} is not a branch for this: allowed are main" in refused.stderr


def test_a_local_branch_that_is_not_pushed(world: World, origin: Origin) -> None:
    world.git("branch", "--unset-upstream")
    world.git("update-ref", "-d", "refs/remotes/origin/main")
    world.run(f"--to={V}", "--no-tag", "--execute")
    refused = tag(world, "--push")
    assert "origin/main does not have " in refused.stderr
    follow(world, refused)
    assert tag(world, "--push", "--execute").exit_code == 0


def test_a_shallow_clone(world: World, origin: Origin) -> None:
    propose(world)
    merge(world, "squash", "Squashed")
    origin.moves_on()
    world.git("branch", "-D", NAME)
    world.git("push", "--quiet", "origin", "--delete", NAME)
    world.git("fetch", "--quiet", "--depth=1", f"file://{origin.path}", "+main:refs/remotes/origin/main")
    world.git("remote", "set-url", "origin", f"file://{origin.path}")
    refused = tag(world)
    assert "This is a shallow clone." in refused.stderr
    follow(world, refused)
    assert tag(world, "--execute").exit_code == 0


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--tag-merged=24.03.0", "--to=24.03.0"), "--tag-merged and --to cannot be used together."),
        (("--tag-merged=24.03.0", "--branch=x"), "--tag-merged and --branch cannot be used together."),
        (("--tag-merged=24.03.0", "--no-tag"), "--no-tag and --tag-merged cannot be used together."),
        (("--tag-merged=next",), "'next' is not a version."),
        (("--to=24.03.0", "--commit=HEAD"), "--commit is for --tag-merged."),
        (("--to=24.03.0", "--fetch"), "--fetch is for --tag-merged."),
        (("--to=24.03.0", "--max-bytes=7"), "--max-bytes is for --notes."),
        (("--tag-merged=24.03.0", "--also-branch={x}"), "--also-branch = '{x}' has an unknown placeholder, {x}."),
        (("--tag-merged=24.03.0", "--fetch"), "git fetch origin failed: "),
    ],
)
def test_bad_options(world: World, args: tuple[str, ...], message: str) -> None:
    before = world.state()
    result = world.run(*args)
    assert result.exit_code == 1
    assert f"release: {message}" in result.stderr
    assert world.state() == before


class TestTheSameVersion:
    """`--to` with the version that HEAD has: its own release, if there is one, gets the tag, and no commit is made."""

    def merged(self, world: World, message: str) -> str:
        """Release without a tag on a branch, and squash it onto main."""
        world.git("switch", "--quiet", "--create", "prepare")
        assert world.run(f"--to={V}", "--no-tag", "--allow-branch=prepare", "--execute").exit_code == 0
        world.git("switch", "--quiet", "main")
        world.git("merge", "--quiet", "--squash", "prepare")
        world.git("commit", "--quiet", f"--message={message}")
        return world.git("rev-parse", "HEAD")

    @pytest.mark.parametrize("more", [0, 2])
    def test_the_merge_is_tagged(self, world: World, origin: Origin, more: int) -> None:
        merged = self.merged(world, f"release: {V} (#12)")
        for number in range(more):
            world.commit(message=f"Later {number}")
        world.git("push", "--quiet", "origin", "main")
        head = world.git("rev-parse", "HEAD")
        result = world.run(f"--to={V}", "--allow-equal", "--push", "--execute")
        assert result.exit_code == 0, result.stderr
        assert (tagged(world), world.git("rev-parse", "HEAD")) == (merged, head)
        assert origin.refs()[f"refs/tags/{V}"] == world.git("rev-parse", V)

    def test_it_needs_a_flag(self, world: World) -> None:
        merged = self.merged(world, f"release: {V} (#12)")
        refused = world.run(f"--to={V}", "--skip=news")
        assert f"The version is {V} already: {merged[:12]} (release: {V} (#12)) is its release" in refused.stderr
        assert fix_of(refused).endswith(f"tag that commit: --tag-merged={V}")
        assert world.run(f"--tag-merged={V}", "--execute").exit_code == 0

    @pytest.mark.parametrize("more", [0, 2])
    def test_another_subject(self, world: World, more: int) -> None:
        merged = self.merged(world, "Prepare it (#12)")
        for number in range(more):
            world.commit(message=f"Later {number}")
        result = world.run(f"--to={V}", "--allow-equal", "--skip=news", "--execute")
        assert result.exit_code == 0, result.stderr
        assert tagged(world) == merged

    def test_there_is_nothing_to_commit(self, world: World) -> None:
        world.commit(message="More")
        head = world.git("rev-parse", "HEAD")
        result = world.run("--to=24.03.0rc1", "--allow-equal", "--skip=news", "--execute")
        assert result.exit_code == 0, result.stderr
        assert tagged(world, "24.03.0rc1") == head == world.git("rev-parse", "HEAD")

    def test_the_branch_is_pushed_where_it_lacks_the_commit(self, world: World, origin: Origin) -> None:
        world.run(f"--to={V}", "--no-tag", "--execute")
        head = world.git("rev-parse", "HEAD")
        result = world.run(f"--to={V}", "--allow-equal", "--push", "--execute")
        assert result.stdout.endswith(f"Pushed main and {V} to origin\n")
        assert origin.refs()["refs/heads/main"] == head == tagged(world)
