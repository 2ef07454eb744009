from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.release.git.names import not_text_problems, path_problem


@pytest.mark.parametrize(
    ("path", "prefix", "says"),
    [
        ("VERSION", "", None),
        ("../VERSION", "sub/", None),
        ("a/./b", "", None),
        ("...", "", None),
        (".gitignore", "", None),
        (".github/x", "", None),
        ("git~2", "", None),
        ("", "", "An empty path"),
        ("sub", "sub/sub/", None),
        ("..", "sub/", "is no path of a file"),
        (".", "sub/", "is no path of a file"),
        ("a/", "", "is no path of a file"),
        ("a\0", "", "is no path of a file"),
        ("../../x", "sub/", "leads out of the repository"),
        ("/x", "sub/", "leads out of the repository"),
        (".git", "", "in a git directory"),
        ("a/.Git /x", "", "in a git directory"),
        ("GIT~1/x", "", "in a git directory"),
        (".git::$INDEX_ALLOCATION/x", "", "in a git directory"),
        ("../.git/x", "sub/", "in a git directory"),
        (os.fsdecode(b"\xff"), "", "is not UTF-8"),
    ],
)
def test_which_paths_a_commit_can_have(path: str, prefix: str, says: str | None) -> None:
    problem = path_problem(path, prefix)
    assert (problem is None) if says is None else (problem is not None and says in problem.what)


@given(st.binary().map(os.fsdecode))
def test_every_problem_can_be_printed(path: str) -> None:
    for problem in (path_problem(path), *not_text_problems([path])):
        if problem:
            str(problem).encode()
            assert str(problem).isprintable() or "\n  Fix: " in str(problem)
