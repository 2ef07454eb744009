"""`--tag-merged` with a step that writes changelogs: the section must be there at the commit that gets the tag."""

from __future__ import annotations

import shlex

import pytest
from pants.testutil.rule_runner import RuleRunner

from devflow.release.steps import changelog
from harness.git_world import fixes
from harness.rule_runners import emptied
from release.conftest import World, release_rules

TAG = ("--tag-merged=24.03.0", "--changelog-file=NEWS.md")


@pytest.fixture(scope="module")
def with_changelog() -> RuleRunner:
    return RuleRunner(rules=[*release_rules(), *changelog.rules()])


@pytest.fixture()
def merged(with_changelog: RuleRunner) -> World:
    """A merge whose pull request has lost the section of the changelog."""
    world = World(emptied(with_changelog))
    world.git("init", "--quiet", "--initial-branch=main")
    world.commit(
        {".gitignore": "/.pants.d/\nBUILDROOT\n", "VERSION": "24.03.0rc1", "NEWS.md": "# News\n\n## 24.03.0rc1\n"}
    )
    world.commit({"VERSION": "24.03.0"}, message="release: 24.03.0 (#12)")
    return world


def test_the_section_is_added_later(merged: World) -> None:
    lost = merged.git("rev-parse", "HEAD")
    refused = merged.run(*TAG)
    what = f"NEWS.md has no section of 24.03.0 at {lost[:12]}: the pull request has lost it."
    assert f"release: {what}\n" in refused.stderr
    [fix] = fixes(refused)
    assert fix.startswith("add the section in a pull request, and tag its merge with --commit=COMMIT; ")
    merged.commit({"NEWS.md": "# News\n\n## 24.03.0\n\n* All of it.\n"}, message="The section (#13)")
    assert merged.run(*TAG, "--commit=HEAD").exit_code == 0
    skip = [word for word in shlex.split(fix) if word.startswith("--skip")]
    assert merged.run(*TAG, *skip, "--execute").exit_code == 0
    assert merged.git("rev-parse", "24.03.0^{commit}") == lost


def test_no_changelog_at_all(merged: World) -> None:
    refused = merged.run("--tag-merged=24.03.0", "--changelog-file=CHANGES.md")
    assert "release: CHANGES.md has no section of 24.03.0 at " in refused.stderr


def test_a_changelog_that_is_not_utf8(merged: World) -> None:
    merged.commit({"NEWS.md": b"## 24.03.0\n\n* caf\xe9\n"}, message="release: 24.03.0 (#13)")
    refused = merged.run(*TAG)
    assert "release: NEWS.md is not UTF-8.\n" in refused.stderr
    assert fixes(refused) == ["save NEWS.md as UTF-8, and commit it"]
    merged.commit({"NEWS.md": "## 24.03.0\n\n* café\n"}, message="release: 24.03.0 (#14)")
    assert merged.run(*TAG).exit_code == 0
