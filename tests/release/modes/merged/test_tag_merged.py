"""`release --tag-merged`: the tag is on the commit by which the release was merged, whatever has come after it."""

from __future__ import annotations

import json

import pytest

from release.conftest import Origin, World
from release.modes.merged.conftest import NAME, V, merge, propose, tag, tagged
from release.pushing import fix_of, follow


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
    assert f"{NAME} is not one of the allowed branches: main" in refused.stderr


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
