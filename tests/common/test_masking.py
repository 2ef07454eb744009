"""No part of a password is shown, wherever a text with it comes from."""

from __future__ import annotations

import json
import string
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devflow.common.errors import Problem, UserError, as_problem, last_words, tail
from devflow.common.git import Git, GitError
from devflow.common.goals import GoalRun
from devflow.common.masking import masked
from devflow.common.members import failure_of
from devflow.common.report import problems_as_json
from devflow.plain.facts import Process


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:se@cret@host/simple", "https://…@host/simple"),
        ("https://user:se/cret@host/simple", "https://…@host/simple"),
        ("https://us@er:se/cret@host", "https://…@host"),
        ("https://user:12/34@host:8080/x", "https://…@host:8080/x"),
        ("https://token@host/simple", "https://…@host/simple"),
        ("https://to/ken@host/simple", "https://…@host/simple"),
        ("'//user:secret@host/x'", "'//…@host/x'"),
        ("git+https://user:secret@host.example/o/r.git@v1", "git+https://…@v1"),
        ("ssh://git:secret@host.example/o/r", "ssh://…@host.example/o/r"),
        ("HTTPS_PROXY=user:p@w@proxy:3128", "HTTPS_PROXY=…@proxy:3128"),
        ("('user:p/w@proxy.corp.example',)", "('…@proxy.corp.example',)"),
        ("https://h.example/x?access_token=abc&y=1", "https://h.example/x?access_token=…&y=1"),
        ("https://h.example/x?sig=abc#y", "https://h.example/x?sig=…#y"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer …"),
        ("{'authorization': 'x', 'PRIVATE-TOKEN': 'y z'}", "{'authorization': 'x', 'PRIVATE-TOKEN': …}"),
        ("twine --password hunter2 --token=abc", "twine --password … --token=…"),
        ('password = "two words"', "password = …"),
        ("TWINE_PASSWORD=abc PIP_API_KEY=def", "TWINE_PASSWORD=… PIP_API_KEY=…"),
        ("it has ghp_0123456789abcdef0123 in it", "it has … in it"),
        ("glpat-0123456789abcdef0123, npm_0123456789abcdef0123", "…, …"),
    ],
)
def test_a_secret_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://host.example/simple/a@1.0",
        "git+https://host.example/o/r.git@abc#egg=x",
        "ssh://git@host.example/o/r",
        "git@host.example:o/r.git",
        "src/a:lib@resolve=mypy",
        "image:tag@sha256:0123456789abcdef",
        "Me <me@host.example>",
        "invalid token: 'foo'",
        "the password is wrong",
        "pypi-packages",
        "--tokens-of-others",
    ],
)
def test_all_else_stays(text: str) -> None:
    assert masked(text) == text


PRINTABLE = st.text(string.ascii_letters + string.digits + string.punctuation, min_size=1, max_size=12)


@settings(deadline=None)
@given(user=st.text(string.ascii_letters + "-_.", max_size=6), password=PRINTABLE)
def test_no_part_of_any_password_is_shown(user: str, password: str) -> None:
    for form in ("https://{}:{}@host.example/simple", "git+ssh://{}:{}@10.0.0.1:22/x", "see '//{}:{}@host' there"):
        expected = form.format("", "", "").replace(":@", "…@")
        assert masked(form.format(user, password)) == expected


SECRET = "https://me:se@cr/et@mirror.example/simple"
SHOWN = "https://…@mirror.example/simple"


def test_every_place_that_shows_a_text() -> None:
    error = ValueError(SECRET)
    failed = Mock(spec=["stderr"], stderr=SECRET.encode())
    problem = Problem(SECRET, f"pip install -i {SECRET}")
    console = Mock()
    run = GoalRun(console, "release")
    run.say(SECRET)
    with run:
        raise OSError(1, SECRET)
    shown = [
        *(str(problem), *problem.as_json().values(), json.dumps(problems_as_json([problem]), ensure_ascii=False)),
        *(str(UserError(SECRET, fix=SECRET)), str(UserError.of(problem))),
        *(str(as_problem(error, doing=SECRET, fix=SECRET)), str(failure_of(Problem, error, doing="x", fix="y"))),
        *(tail(SECRET), last_words(error), last_words(failed), str(GitError("push", 1, SECRET))),
        Process(1, 0, 0, 0.0, ("pants", f"--x={SECRET}")).command,
        *(call.args[0] for call in console.print_stderr.call_args_list),
    ]
    assert len(shown) == 15
    for text in shown:
        assert SHOWN in text
        assert "me:" not in text
        assert "cr/et" not in text


def test_what_git_says_of_a_remote(tmp_path: Path) -> None:
    with pytest.raises(GitError) as raised:
        Git(tmp_path, {"PATH": "/usr/bin:/bin"}).run("ls-remote", "http://me:se@cret@127.0.0.1:1/x")
    assert "127.0.0.1" in str(raised.value)
    assert "cret" not in str(raised.value)
