"""`release --notes`: the section of a version, and nothing else, on stdout."""

from __future__ import annotations

from pathlib import Path

import pytest

from release.conftest import World
from release.pushing import fix_of

CHANGELOG = "# Changes\n\n## 2.0 (2026)\n\n* New. (#2)\n\n## 1.0\n\n* Old. (#1)\n"


@pytest.fixture()
def noted(world: World) -> World:
    world.commit({"CHANGES.md": CHANGELOG})
    return world


def test_a_section(noted: World) -> None:
    result = noted.run("--notes=1.0", "--changelog-file=CHANGES.md")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "* Old. (#1)\n", "")


def test_a_file_for_each_series(noted: World) -> None:
    noted.commit({"CHANGELOG/24.03.md": "## 24.03.1\n\n* Text.\n"})
    assert noted.run("--notes=24.03.1", "--changelog-file=CHANGELOG/{series}.md").stdout == "* Text.\n"
    other = noted.run("--notes=23.09.1", "--changelog-file=CHANGELOG/{series}.md")
    assert "release: There is no CHANGELOG/23.09.md in the commit.\n" in other.stderr
    assert fix_of(other).startswith("name the changelog that has it with --changelog-file=PATH")
    noted.commit({"OLD.md": "## 23.09.1\n\n* Older.\n"})
    assert noted.run("--notes=23.09.1", "--changelog-file=OLD.md").stdout == "* Older.\n"


def test_no_section(noted: World) -> None:
    result = noted.run("--notes=3.0", "--changelog-file=CHANGES.md")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "release: CHANGES.md has no section of 3.0.\n" in result.stderr
    assert fix_of(result).endswith("or `git switch` to the branch that has it")
    noted.git("switch", "--quiet", "--create=3.0")
    noted.commit({"CHANGES.md": f"## 3.0\n\n* Newer.\n\n{CHANGELOG}"})
    noted.git("switch", "--quiet", "main")
    noted.shell("git switch 3.0")
    assert noted.run("--notes=3.0", "--changelog-file=CHANGES.md").stdout == "* Newer.\n"


def test_a_section_that_only_the_tag_has(noted: World) -> None:
    noted.git("tag", "2.0")
    noted.commit({"CHANGES.md": "# Changes\n"})
    result = noted.run("--notes=2.0", "--changelog-file=CHANGES.md")
    assert result.stdout == "* New. (#2)\n"
    assert result.stderr == "From the tag 2.0: HEAD has no section of 2.0.\n"


def test_edits_are_named(noted: World) -> None:
    (noted.root / "CHANGES.md").write_text("")
    result = noted.run("--notes=2.0", "--changelog-file=CHANGES.md")
    assert result.stdout == "* New. (#2)\n"
    assert result.stderr == "Not committed, and not in these notes: CHANGES.md.\n"


def test_a_text_that_is_cut(noted: World, tmp_path: Path) -> None:
    bullet = "* Something was changed. (#1)\n"
    noted.commit({"CHANGES.md": f"## 2.0\n\n{bullet * 5000}"})
    long = noted.run("--notes=2.0", "--changelog-file=CHANGES.md")
    assert (long.exit_code, long.stdout) == (1, "")
    [option] = [word for word in fix_of(long).split() if word.startswith("--max-bytes=")]
    cut = noted.run("--notes=2.0", "--changelog-file=CHANGES.md", option.rstrip(","))
    assert cut.exit_code == 0
    assert cut.stdout.endswith(f"{bullet}\nThe whole section is in CHANGES.md of 2.0.\n")
    noted.git("remote", "add", "origin", "git@github.com:acme/orbit.git")
    small = noted.run("--notes=2.0", "--changelog-file=CHANGES.md", "--max-bytes=20")
    assert "--max-bytes=20 leaves no room for the first bullet of 2.0." in small.stderr
    assert fix_of(small) == "raise it: the whole section has 150,000 bytes"
    cut = noted.run("--notes=2.0", "--changelog-file=CHANGES.md", "--max-bytes=200")
    assert cut.stdout.endswith("\n\nThe whole section: https://github.com/acme/orbit/blob/2.0/CHANGES.md\n")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--notes=2.0", "--execute"), "--notes and --execute cannot be used together."),
        (("--notes=2.0", "--to=2.0"), "--notes and --to cannot be used together."),
        (("--notes=2.0", "--draft"), "--draft and --notes cannot be used together."),
        (("--notes=two",), "'two' is not a version."),
        (("--notes=2.0", "--changelog-file=../x"), "The path '../x' leads out of the repository."),
    ],
)
def test_bad_options(noted: World, args: tuple[str, ...], message: str) -> None:
    result = noted.run(*args)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"release: {message}" in result.stderr
