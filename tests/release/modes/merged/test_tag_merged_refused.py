"""What `release --tag-merged` refuses, with the fix that leads to the tag."""

from __future__ import annotations

import re

import pytest

from release.conftest import Origin, World
from release.modes.merged.conftest import NAME, V, merge, propose, tag, tagged
from release.pushing import fix_of, follow


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
