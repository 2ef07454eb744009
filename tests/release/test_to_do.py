"""The printed command plans what was planned: each option of both goals is in it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from devflow.release.branch.goal import ReleaseBranch
from devflow.release.branch.subsystem import ReleaseBranchSubsystem
from devflow.release.goal import Release
from devflow.release.subsystem import ReleaseSubsystem
from harness.to_do import options_of, printed_arguments
from release.conftest import World

# What is another way to look at a plan, or carries it out.
LOOKS = {"--execute", "--format", "--draft", "--notes", "--max-bytes"}
RELEASE = {
    "--to": ("--to=24.03.1",),
    "--bump": ("--bump=final",),
    "--scheme": ("--bump=minor", "--scheme=semver"),
    "--branch": ("--to=24.03.0", "--branch=release/{version}"),
    "--tag-merged": ("--tag-merged=24.03.0rc1",),
    "--commit": ("--tag-merged=present", "--commit=HEAD"),
    "--also-branch": ("--tag-merged=24.03.0rc1", "--also-branch={series}"),
    "--fetch": ("--tag-merged=24.03.0rc1", "--fetch"),
    "--push": ("--to=24.03.0", "--push"),
    "--remote": ("--to=24.03.0", "--push", "--remote=upstream"),
    "--date": ("--to=24.03.0", "--date=2024-03-29"),
    "--release-version-file": ("--to=24.03.0", "--release-version-file=src/VERSION"),
    "--release-version-files": ("--to=24.03.0", '--release-version-files={"src/VERSION": ""}'),
    "--eol": ("--to=24.03.0", "--eol=newline"),
    "--release-version-file-newline": ("--to=24.03.0", "--release-version-file-newline=newline"),
    "--changelog-file": ("--to=24.03.0", "--changelog-file=CHANGES/{series}.md"),
    "--changelog-config": ("--to=24.03.0", "--changelog-config=a/towncrier.toml,b/towncrier.toml"),
    "--consolidate": ("--to=24.03.0", "--consolidate=fragments"),
    "--allow-dirty": ("--to=24.03.0", "--allow-dirty"),
    "--allow-branch": ("--to=24.03.0", "--allow-branch=x,ma*"),
    "--not-fragments": ("--to=24.03.0", "--not-fragments=news/a b", "--not-fragments=c,d"),
    "--allow-equal": ("--to=24.03.0rc1", "--allow-equal"),
    "--tag": ("--to=24.03.0", "--no-tag"),
    "--annotate": ("--to=24.03.0", "--annotate=no"),
    "--sign": ("--to=24.03.0", "--no-sign"),
    "--placeholder": ("--to=24.03.0", "--placeholder=NEXT"),
    "--placeholder-files": ("--to=24.03.0", "--placeholder=NEXT", "--placeholder-files=src/**/*.py,x.py"),
    "--placeholder-keep": ("--to=24.03.0", "--placeholder=NEXT", "--placeholder-keep=src/a b.py"),
    "--outputs": ("--to=24.03.0", '--outputs={"docs:api": "docs/api.json"}', "--skip=outputs"),
    "--commands": ("--to=24.03.0", """--commands={"echo '$x' > a": ["a", "b/"]}"""),
    "--skip": ("--to=24.03.0", "--skip=idle,news"),
    "--schema-history": ("--to=24.03.0", "--no-schema-history"),
    "--commit-message": ("--to=24.03.0", "--commit-message=It's version {version}"),
    "--tag-name": ("--to=24.03.0", "--tag-name=v{version}"),
    "--tag-message": ("--to=24.03.0", "--tag-message=$HOME is {version}"),
    "--prerelease-tag-message": ("--to=24.03.0rc2", "--prerelease-tag-message=Try {version}"),
    "--prerelease-pattern": ("--to=24.03.0", r"--prerelease-pattern=\.0$"),
}
BRANCH = {
    "--next": ("--next=24.10",),
    "--push": ("--next=24.09", "--push"),
    "--remote": ("--next=24.09", "--push", "--remote=upstream"),
    "--date": ("--next=24.09", "--date=2024-03-29", "--commit-message=On {date}"),
    "--allow-dirty": ("--next=24.09", "--allow-dirty"),
    "--allow-branch": ("--next=24.09", "--allow-branch=x,ma*"),
    "--sign": ("--next=24.09", "--no-sign"),
    "--branch-name": ("--next=24.09", "--branch-name=release/{series}"),
    "--next-version": ("--next=24.09", "--next-version={series}.0a1"),
    "--commit-message": ("--next=24.09", "--commit-message=It's {series}"),
    "--templates": ("--next=24.09", "--templates={'stack-{series_digits}.yml': 'stack.yml'}"),
}


@pytest.fixture()
def published(world: World, tmp_path: Path) -> World:
    """With two remotes that have everything, a second version file, and a template."""
    world.runner.write_files({"src/VERSION": "24.03.0rc1\n", "stack-2403.yml": "db: 1\n"})
    (world.root / "stack.yml").symlink_to("stack-2403.yml")
    world.commit(message="More")
    for remote in ("origin", "upstream"):
        subprocess.run(["git", "clone", "--quiet", "--bare", str(world.root), str(tmp_path / remote)], check=True)
        world.git("remote", "add", remote, str(tmp_path / remote))
    return world


def repeats(world: World, goal: type[Any], args: tuple[str, ...]) -> tuple[str, ...]:
    """Plan with these arguments and with those that are printed; the same must come of it."""
    planned = world.run(*args, goal=goal)
    assert planned.exit_code == 0, planned.stderr
    *arguments, last = printed_arguments(planned)
    assert last == "--execute"
    again = world.run(*arguments, goal=goal)
    assert (again.stdout, again.stderr, again.exit_code) == (planned.stdout, planned.stderr, 0)
    return tuple(arguments)


@pytest.mark.parametrize("option", sorted(RELEASE))
def test_release(published: World, option: str) -> None:
    if option == "--allow-dirty":
        published.runner.write_files({"dirt": ""})
    arguments = repeats(published, Release, RELEASE[option])
    if option == "--bump":
        assert arguments == ("--to=24.03.0",)  # the same, whenever it is pasted
    else:
        assert any(each.startswith((option, "--no-" + option[2:])) for each in arguments)


@pytest.mark.parametrize("option", sorted(BRANCH))
def test_release_branch(published: World, option: str) -> None:
    if option == "--allow-dirty":
        published.runner.write_files({"dirt": ""})
    arguments = repeats(published, ReleaseBranch, BRANCH[option])
    assert any(each.startswith((option, "--no-" + option[2:])) for each in arguments)


def test_the_version_file_of_a_branch_is_an_option_of_release(published: World) -> None:
    given = ("--release-version-file=src/VERSION", "--release-version-file-newline=none")
    assert repeats(published, ReleaseBranch, ("--next=24.09", *given)) == ("--next=24.09", *given)


@pytest.mark.parametrize(("subsystem", "cases"), [(ReleaseSubsystem, RELEASE), (ReleaseBranchSubsystem, BRANCH)])
def test_every_option_has_a_case(subsystem: type[Any], cases: dict[str, tuple[str, ...]]) -> None:
    assert options_of(subsystem) - LOOKS == set(cases)


def test_settings_and_the_environment_are_found_again(published: World) -> None:
    planned = published.run("--to=24.03.0", env={"PANTS_RELEASE_TAG_NAME": "v{version}"})
    assert "Would tag v24.03.0" in planned.stdout
    assert printed_arguments(planned) == ("--to=24.03.0", "--execute")
    assert printed_arguments(published.run(env={"PANTS_RELEASE_TO": "24.03.0"})) == ("--execute",)
