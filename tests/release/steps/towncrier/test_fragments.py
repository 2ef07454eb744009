from __future__ import annotations

import dataclasses

import pytest

from devflow.release.steps.towncrier.config import TowncrierConfig
from devflow.release.steps.towncrier.fragments import (
    encoding_problems,
    ignored_problem,
    mark_problems,
    may_be_a_fragment,
)

CONFIG = TowncrierConfig(
    path="pyproject.toml",
    directories=("changes",),
    written="CHANGELOG.md",
    single_file=True,
    start_string="<!-- towncrier release notes start -->\n",
    title="## 24.03.0 (2024-03-29)",
    template="changes/template.md",
    types=("feature", "fix"),
    ignore=("NOTES.md",),
)
IGNORE = "; or if it is no fragment, add {!r} to `ignore` in pyproject.toml"


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


def test_where_other_files_are_named() -> None:
    fix = ignored_problem("changes/14.bug.md", dataclasses.replace(CONFIG, ignore=())).fix
    assert fix.endswith("; or if it is no fragment, add '14.bug.md' to [release].not_fragments in pants.toml")


def test_encodings() -> None:
    [problem] = encoding_problems([("good", "naïve".encode()), ("bad", b"one\ntwo \xff\n")])
    assert problem.what == "bad is not UTF-8: byte 0xff in line 2."


def test_byte_order_marks() -> None:
    [problem] = mark_problems([("good", b"one"), ("bad", b"\xef\xbb\xbfone")])
    assert problem.what == "bad begins with a byte order mark, which towncrier takes for text."
