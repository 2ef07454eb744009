"""Each fix about options, versions and steps of a release, followed in the state that it is printed for."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harness.git_world import options_in, refused, works
from release.conftest import World

TO = "--to=24.03.0"
ALONE = "--skip=news"
# Arguments, what is said, what the fix must have, and the arguments that follow it.
BY_OPTIONS: Mapping[str, tuple[tuple[str, ...], str, str, tuple[str, ...]]] = {
    "which version": (
        (),
        "The present version is 24.03.0rc1; which",
        "add --to=VERSION or --bump=patch",
        ("--bump=patch",),
    ),
    "no version": (("--to=24.3x",), "'24.3x' is not a version.", "write one like 24.03.10", ("--to=24.03.10",)),
    "a letter": (("--to=v24.03.0",), "'v24.03.0' is not a version.", "24.03.0", (TO,)),
    "a long one": (
        (f"--to={'1' * 101}",),
        "A version of 101 characters",
        "write one like 24.03.10",
        ("--to=24.03.10",),
    ),
    "lower": (("--to=24.02.0",), "24.02.0 is lower", "choose a higher version with --to=VERSION", (TO,)),
    "equal": (
        ("--to=24.03.0rc1", ALONE),
        "The version is 24.03.0rc1 already.",
        "choose a higher version, or --allow-equal to release this one",
        ("--to=24.03.0rc1", ALONE, "--allow-equal"),
    ),
    "both": ((TO, "--bump=patch"), "--to and --bump cannot be used together.", "leave one of them out", (TO,)),
    "a date": ((TO, "--date=29.3.2024"), "--date=29.3.2024 is not a date.", "YYYY-MM-DD", (TO, "--date=2024-03-29")),
    "empty": (
        (TO, "--tag-name="),
        "[release].tag_name is empty.",
        "give [release].tag_name a text, or leave it",
        (TO,),
    ),
    "braces": (
        (TO, "--tag-message={version"),
        "[release].tag_message = '{version' cannot be read",
        "write {{ and }} for braces",
        (TO, "--tag-message={{version"),
    ),
    "a placeholder": (
        (TO, "--tag-name={versoin}"),
        "has an unknown placeholder, {versoin}. Did you mean 'version'?",
        "use {version}, {series}, {series_digits}, {date} in [release].tag_name",
        (TO, "--tag-name={version}"),
    ),
    "a width": (
        (TO, "--tag-name={version:>9}"),
        "has more than a name",
        "write {version} in",
        (TO, "--tag-name={version}"),
    ),
    "a NUL": (
        (TO, "--tag-message=a\0b"),
        "has a NUL character, which git does not take.",
        "leave it out",
        (TO, "--tag-message=ab"),
    ),
    "a pattern": (
        (TO, "--prerelease-pattern=("),
        "[release].prerelease_pattern is not a regular expression",
        "correct it in pants.toml",
        (TO, "--prerelease-pattern=rc"),
    ),
    "a name of a tag": (
        (TO, "--tag-name=a..{version}"),
        "git does not accept 'a..24.03.0' as the name of a tag.",
        "change the version, or [release].tag_name in pants.toml",
        (TO, "--tag-name=a.{version}"),
    ),
    "a step": (
        (TO, "--skip=nws"),
        "--skip=nws: there is no such step. Did you mean 'news'?",
        "choose from commands, idle, news",
        (TO, ALONE),
    ),
    "a schema history": (
        (TO, "--schema-history"),
        "[release].schema_history is on, and the backend",
        'enable "devflow" in [GLOBAL].backend_packages in place of its parts, or turn the option off',
        (TO, "--no-schema-history"),
    ),
    "of another mode": (
        ("--commit=HEAD",),
        "--commit is for --tag-merged.",
        "add --tag-merged=VERSION, or leave --commit out",
        ("--tag-merged=24.03.0rc1", "--commit=HEAD"),
    ),
    "of --notes": (("--max-bytes=100", TO), "--max-bytes is for --notes.", "or leave --max-bytes out", (TO,)),
    "without a tag": (
        ("--tag-merged=24.03.0rc1", "--no-tag"),
        "--no-tag and --tag-merged cannot be used together.",
        "leave one of them out",
        ("--tag-merged=24.03.0rc1",),
    ),
    "two modes": (
        ("--tag-merged=24.03.0rc1", "--branch=x"),
        "cannot be used together.",
        "leave one of them out",
        (TO, "--branch=x"),
    ),
    "a placeholder of sources": (
        (TO, "--placeholder=the next"),
        "[release].placeholder = 'the next' is not a name.",
        "write one like NEXT_RELEASE_VERSION, or leave it out",
        (TO, "--placeholder=NEXT_RELEASE_VERSION"),
    ),
    "a branch": (
        (TO, "--branch=a..b"),
        "git does not accept 'a..b' as the name of a branch.",
        "change [release].branch",
        (TO, "--branch=a.b"),
    ),
    "a path": (
        (TO, "--release-version-file=../VERSION"),
        "The path '../VERSION' leads out of the repository.",
        "name a file of the repository, relative to the build root",
        (TO, "--release-version-file=VERSION"),
    ),
    "a path of git": (
        (TO, "--release-version-file=.git/x"),
        "is in a git directory",
        "name a file of the",
        (TO, "--release-version-file=VERSION"),
    ),
    "no path": (
        (TO, "--release-version-file=news/"),
        "is no path of a file.",
        "name a file of the",
        (TO, "--release-version-file=VERSION"),
    ),
    "not committed": (
        (TO, "--release-version-file=VERSON"),
        "There is no VERSON in the commit.",
        "set [release].version_file in pants.toml, or commit that file",
        (TO, "--release-version-file=VERSION"),
    ),
    "files of a maker": (
        (TO, '--commands={"make": []}'),
        "'make' has no file that it makes.",
        '{"tools/dump.sh": ["docs/"]}',
        (TO, '--commands={"make": ["docs/"]}'),
    ),
}


@pytest.mark.parametrize("case", BY_OPTIONS)
def test_options(world: World, case: str) -> None:
    args, message, fix, then = BY_OPTIONS[case]
    assert fix in refused(world, message, *args)
    works(world, *then)


def test_versions_that_are_ambiguous(world: World) -> None:
    world.commit({"VERSION": "24.3.1"})
    for option in options_in(refused(world, "24.3.1 may be a calendar version or a semantic one", "--bump=minor"))[:2]:
        works(world, "--bump=minor", option)
    fix = refused(world, "The series of 2024-03-29 is 24.3", "--bump=minor", "--scheme=calver", "--date=2024-03-29")
    assert fix == "use --bump=patch, or --to=VERSION, or another --date"
    works(world, "--bump=patch", "--scheme=calver", "--date=2024-03-29")
    works(world, "--bump=minor", "--scheme=calver", "--date=2024-09-29")
    assert refused(world, "24.3.1 is final already.", "--bump=final") == "use --bump=patch, or --to=VERSION"
    world.commit({"VERSION": "1.22.3"})
    what = "1.22.3 is not a calendar version: its first two numbers are no year and month."
    fix = refused(world, what, "--bump=minor", "--scheme=calver")
    works(world, "--bump=minor", *options_in(fix)[:1])


def test_steps_that_fail(world: World) -> None:
    world.commit({"news/mode": "clash"})
    fix = refused(world, "Two steps write VERSION.", TO)
    works(world, TO, *options_in(fix))
    world.commit({"news/mode": "crash"})
    fix = refused(world, "the release step news, ", TO)
    works(world, TO, *options_in(fix))
