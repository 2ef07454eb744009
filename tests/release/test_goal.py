"""The messages of `release`, and what a run does by its options."""

from __future__ import annotations

import json

import pytest

from release.conftest import World

PLAN = """\
Checked work tree: clean
Checked version: 24.03.0rc1 → 24.03.0
Checked tag: 24.03.0 is free
Checked branch: main
Checked identity: Somebody <somebody@example.com>
Checked signing: not configured
Not checked: remote: nothing is pushed without --push
Not checked: idle: not configured
Checked news: read all about it
Checked version: VERSION
Note: Extra, extra!
Would change NEWS: 1 line more
Would change VERSION: 24.03.0rc1 → 24.03.0
Would remove news/1
Would remove news/2
Would commit: "release: 24.03.0" by Somebody <somebody@example.com>
Would tag 24.03.0: "Release v24.03.0"
"""


def test_a_plan(world: World) -> None:
    before = world.state()
    result = world.run("--to=24.03.0", "--date=2024-03-29")
    assert result.exit_code == 0
    assert result.stdout == PLAN
    assert result.stderr == "To do it: pants release --to=24.03.0 --date=2024-03-29 --execute\n"
    assert world.state() == before
    assert list((world.root / ".git").glob("devflow/scratch*")) == []


def test_the_execution_and_the_run_after_it(world: World) -> None:
    result = world.run("--to=24.03.0", "--date=2024-03-29", "--execute")
    head = world.git("rev-parse", "HEAD")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-6:] == [
        "Changed NEWS: 1 line more",
        "Changed VERSION: 24.03.0rc1 → 24.03.0",
        "Removed news/1",
        "Removed news/2",
        f'Committed {head[:12]}: "release: 24.03.0" by Somebody <somebody@example.com>',
        'Tagged 24.03.0: "Release v24.03.0"',
    ]
    assert result.stderr == "Done: release 24.03.0.\n"
    assert (world.root / "NEWS").read_text() == "24.03.0 of 2024-03-29\nold\n"
    assert (world.root / "VERSION").read_text() == "24.03.0"
    assert world.git("status", "--porcelain") == ""
    for again in (world.run("--to=24.03.0", "--execute"), world.run("--to=24.03.0")):
        assert (again.exit_code, again.stdout) == (0, "")
        assert again.stderr == "Nothing to do: 24.03.0 is released.\n"
    assert world.git("rev-parse", "HEAD") == head


def test_a_pre_release_and_formats(world: World) -> None:
    world.run(
        "--bump=pre",
        "--execute",
        "--tag-name=v{version}",
        "--prerelease-tag-message=Almost {series}: {version}",
        "--commit-message=Version {version} ({date})",
        "--date=2024-03-29",
        "--eol=newline",
    )
    assert world.git("log", "-1", "--format=%s") == "Version 24.03.0rc2 (2024-03-29)"
    assert world.git("tag", "--list", "--format=%(refname:short) %(contents)") == "v24.03.0rc2 Almost 24.03: 24.03.0rc2"
    assert (world.root / "VERSION").read_text() == "24.03.0rc2\n"


def test_which_versions_are_pre_releases_is_an_option(world: World) -> None:
    pattern = r"--prerelease-pattern=(a|b|rc)\d+$"
    assert 'Would tag 24.03.1dev0: "Release v24.03.1dev0"' in world.run("--to=24.03.1dev0", pattern).stdout
    assert 'Would tag 24.03.1rc1: "Pre-release v24.03.1rc1"' in world.run("--to=24.03.1rc1", pattern).stdout
    bad = world.run("--to=24.03.0", "--prerelease-pattern=(")
    assert (bad.exit_code, bad.stdout) == (1, "")
    assert bad.stderr.startswith("release: [release].prerelease_pattern is not a regular expression: ")


def test_without_a_tag(world: World) -> None:
    assert "Would tag" not in world.run("--to=24.03.0", "--no-tag").stdout
    world.run("--to=24.03.0", "--no-tag", "--execute")
    assert world.git("tag", "--list") == ""
    assert world.run("--to=24.03.0", "--no-tag", "--execute").stderr == "Nothing to do: 24.03.0 is released.\n"


def test_the_same_version_needs_a_flag(world: World) -> None:
    refused = world.run("--to=24.03.0rc1")
    assert refused.exit_code == 1
    assert (
        "release: The version is 24.03.0rc1 already.\n  Fix: choose a higher version, or --allow-equal"
        in refused.stderr
    )
    allowed = world.run("--to=24.03.0rc1", "--allow-equal", "--execute")
    assert "Changed VERSION" not in allowed.stdout
    assert world.git("rev-parse", "24.03.0rc1^{commit}") == world.git("rev-parse", "HEAD")


def test_what_is_not_committed(world: World) -> None:
    world.runner.write_files({"mine.txt": "mine"})
    refused = world.run("--to=24.03.0", "--execute")
    assert refused.exit_code == 1
    assert "release: Not committed: mine.txt.\n" in refused.stderr
    assert refused.stderr.endswith("1 problem. Nothing was changed.\n")
    world.run("--to=24.03.0", "--execute", "--allow-dirty")
    assert world.git("status", "--porcelain") == "?? mine.txt"
    assert world.git("tag", "--list") == "24.03.0"


def test_a_fragment_that_is_not_committed_stops_it_whatever_is_allowed(world: World) -> None:
    world.runner.write_files({"news/3": "mine"})
    refused = world.run("--to=24.03.0", "--execute", "--allow-dirty")
    assert "release: Not committed, and a part of the release: news/3.\n" in refused.stderr
    assert (world.root / "news/3").read_text() == "mine"


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("problem", "release: The news are bad.\n  Fix: wait for better ones\n"),
        ("crash", "failed: the press is broken\n  Fix: correct that step, or release without it: --skip=news\n"),
        ("clash", "release: Two steps write VERSION.\n"),
    ],
)
def test_a_step_that_fails(world: World, mode: str, message: str) -> None:
    world.commit({"news/mode": mode})
    before = world.state()
    for args in (("--to=24.03.0",), ("--to=24.03.0", "--execute")):
        result = world.run(*args)
        assert result.exit_code == 1
        assert message in result.stderr
        assert "Traceback" not in result.stderr
    assert world.state() == before
    assert world.run("--to=24.03.0", "--skip=news").exit_code == 0


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "The present version is 24.03.0rc1; which one is next?\n  Fix: add --to=VERSION or --bump=patch"),
        (("--to=24.03.0", "--bump=patch"), "--to and --bump cannot be used together.\n  Fix: leave one of them out"),
        (("--to=next",), "'next' is not a version.\n  Fix: write one like 24.03.10 or 1.2.0rc1"),
        (("--to=v24.03.0",), "'v24.03.0' is not a version.\n  Fix: write 24.03.0"),
        (("--to=24.03.0", "--date=tomorrow"), "--date=tomorrow is not a date."),
        (("--to=24.03.0", "--skip=nwes"), "--skip=nwes: there is no such step. Did you mean 'news'?"),
        (("--to=24.03.0", "--tag-name={versoin}"), "[release].tag_name = '{versoin}' has an unknown placeholder"),
        (("--to=24.03.0", "--release-version-file=NONE"), "There is no NONE in the commit."),
        (("--to=24.03.0", "--release-version-file=NEWS"), "NEWS: 'old' is not a version."),
        (("--to=24.03.0", "--tag-name=a b"), "git does not accept 'a b' as the name of a tag."),
        (("--to=24.03.0", "--push"), "There is no remote 'origin'.\n  Fix: git remote add origin URL"),
    ],
)
def test_bad_options(world: World, args: tuple[str, ...], message: str) -> None:
    before = world.state()
    for more in ((), ("--execute",)):
        result = world.run(*args, *more)
        assert result.exit_code == 1
        assert f"release: {message}" in result.stderr
    assert world.state() == before


def test_json(world: World) -> None:
    result = world.run("--to=24.03.0", "--format=json", "--date=2024-03-29")
    document = json.loads(result.stdout)
    assert document["mode"] == "plan"
    assert document["results"] == [
        {"path": "NEWS", "action": "change", "detail": "1 line more"},
        {"path": "VERSION", "action": "change", "detail": "24.03.0rc1 → 24.03.0"},
        {"path": "news/1", "action": "remove", "detail": None},
        {"path": "news/2", "action": "remove", "detail": None},
    ]
    assert document["checks"][0] == {"name": "work tree", "status": "ok", "detail": "clean", "problems": []}
    assert document["commit"]["id"] is None
    bad = json.loads(world.run("--to=24.02.0", "--format=json").stdout)
    assert bad["problems"] == [
        {"what": "24.02.0 is lower than the present 24.03.0rc1.", "fix": "choose a higher version with --to=VERSION"}
    ]


def test_targets_are_refused(world: World) -> None:
    result = world.runner.run_goal_rule(
        __import__("devflow.release.goal", fromlist=["Release"]).Release, args=["--to=24.03.0", "news::"], env=world.env
    )
    assert result.stderr == "release: This goal takes no targets.\n  Fix: leave them out\n"
