from __future__ import annotations

import dataclasses

import pytest

from devflow.release.towncrier.changelog import changelog_problems, heading_of
from devflow.release.towncrier.config import TowncrierConfig, parse_config
from devflow.release.towncrier.fragments import encoding_problems, ignored_problem, may_be_a_fragment

CONFIG = parse_config(
    "pyproject.toml",
    '[tool.towncrier]\ndirectory = "changes"\nfilename = "CHANGELOG.md"\ntemplate = "changes/template.md"\n'
    'ignore = ["NOTES.md"]\ntitle_format = "## {version} ({project_date})"\n'
    + "".join(f'[[tool.towncrier.type]]\ndirectory = "{kind}"\n' for kind in ("feature", "fix")),
)
NO_TITLE = dataclasses.replace(CONFIG, title_format=None)
IGNORE = "; or if it is no fragment, add {!r} to [release].not_fragments in pants.toml"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("changes/14.bug.md", True),
        ("changes/feature.md", True),
        ("changes/sub/1.fix.md", True),
        ("changes/README.md", False),
        ("changes/readme.rst", False),
        ("changes/.gitignore", False),
        ("changes/template.md", False),
        ("changes/notes.md", False),
        ("changes/archive/1.fix.md", False),
        ("changes/mine.txt", False),
    ],
)
def test_what_may_be_a_fragment(path: str, expected: bool) -> None:
    assert may_be_a_fragment(path, CONFIG, ["changes/archive/*", "mine.txt"]) is expected


@pytest.mark.parametrize(
    ("path", "what", "fix"),
    [
        ("changes/14.bug.md", "'bug' is not a type.", "changes/14.TYPE.md (types: feature, fix)"),
        ("changes/14.feture.md", "'feture' is not a type.", "changes/14.feature.md"),
        ("changes/14.fixes", "'fixes' is not a type.", "changes/14.fix"),
        ("changes/feature.md", "its name has no type.", "changes/+something.feature.md"),
        ("changes/14.md", "its name has no type.", "changes/14.TYPE.md (types: feature, fix)"),
        ("changes/14", "its name has no type.", "changes/14.TYPE (types: feature, fix)"),
        ("changes/sub/1.fix.md", "it looks into changes only, not below.", "changes/1.fix.md"),
    ],
)
def test_what_they_would_need_to_be_called(path: str, what: str, fix: str) -> None:
    problem = ignored_problem(path, CONFIG)
    assert problem.what.split(": ", 1) == [f"towncrier ignores {path}", what]
    assert problem.fix == f"git mv {path} {fix}" + IGNORE.format(path.rsplit("/", 1)[1])


def test_encodings() -> None:
    [problem] = encoding_problems([("good", "naïve".encode()), ("bad", b"one\ntwo \xff\n")])
    assert problem.what == "bad is not UTF-8: byte 0xff in line 2."


@pytest.mark.parametrize(
    ("text", "config", "expected"),
    [
        ("## 24.03.0 (2024-03-29)\n", CONFIG, "## 24.03.0 (2024-03-29)"),
        ("## 24.03.0rc1 (2024-03-29)\n", CONFIG, None),
        ("## 24.03.0.post1 (2024-03-29)\n", CONFIG, None),
        ("## 124.03.0 (2024-03-29)\n", CONFIG, None),
        ("* Since 24.03.0 (2024-03-29)\n", CONFIG, None),
        ("# Release 24.03.0.\n", NO_TITLE, "# Release 24.03.0."),
        ("Kiln 24.03.0 (2024)\n===================\n", NO_TITLE, "Kiln 24.03.0 (2024)"),
        ("Since 24.03.0\n\n=====\n", NO_TITLE, None),
    ],
)
def test_headings(text: str, config: TowncrierConfig, expected: str | None) -> None:
    assert heading_of(text, "24.03.0", config) == expected


def test_the_marker() -> None:
    marker = "<!-- towncrier release notes start -->"
    assert changelog_problems("C.md", f"# C\n\n{marker}\n\nold\n", "1.0", CONFIG) == ()
    assert changelog_problems("C.md", "", "1.0", CONFIG) == ()
    [problem] = changelog_problems("C.md", "# C\n", "1.0", CONFIG)
    assert (
        problem.what == f"C.md does not have the marker of towncrier, '{marker}': the section would go to the very top."
    )
