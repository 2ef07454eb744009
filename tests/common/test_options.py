from __future__ import annotations

import shlex
from enum import Enum
from types import SimpleNamespace

import pytest

from devflow.common.errors import UserError
from devflow.common.options import ReportFormat, arguments_of, command_line, flagged, one_of, split_commas, together


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ()),
        (["a"], ("a",)),
        (["a,b"], ("a", "b")),
        (["a, b", "c"], ("a", "b", "c")),
        ([",a,,"], ("a",)),
    ],
)
def test_list_options_take_commas_and_repetition(values: list[str], expected: tuple[str, ...]) -> None:
    assert split_commas(values) == expected


class Mode(Enum):
    CHECK = 1
    DRY_RUN = 2
    WRITE = 3


def modes(check: bool, dry_run: bool) -> list[tuple[str, Mode, bool]]:
    return [("--check", Mode.CHECK, check), ("--dry-run", Mode.DRY_RUN, dry_run)]


def test_one_mode() -> None:
    assert one_of(modes(False, True), otherwise=Mode.WRITE) == (Mode.DRY_RUN, "--dry-run")
    assert one_of(modes(False, False), otherwise=Mode.WRITE) == (Mode.WRITE, "")
    with pytest.raises(UserError, match="^--check and --dry-run cannot be used together."):
        one_of(modes(True, True), otherwise=Mode.WRITE)
    assert together("--a", "--b").problem.what == "--a and --b cannot be used together."


def test_each_kind_of_value() -> None:
    values = {
        "dry_run": True,
        "tag": False,
        "to": "24.03 x",
        "format": ReportFormat.JSON,
        "only": ["a,b", "c"],
        "none": [],
        "templates": {"ü{series}": "it's"},
        "jobs": 2,
    }
    assert arguments_of(values) == [
        "--dry-run",
        "--no-tag",
        "--to=24.03 x",
        "--format=json",
        "--only=a,b,c",
        "--none=[]",
        '--templates={"ü{series}": "it\'s"}',
        "--jobs=2",
    ]
    assert arguments_of({"tag": False, "tag_name": "v"}, scope="release") == [
        "--no-release-tag",
        "--release-tag-name=v",
    ]
    with pytest.raises(TypeError, match="--x has the value"):
        arguments_of({"x": object()})


def test_a_command_can_be_pasted() -> None:
    words = ("pants", "release", "--tag-message=It's $HOME `now`", "--to=1")
    assert tuple(shlex.split(command_line(*words))) == words
    assert command_line("pants", "--to=\x1b\n") == "pants $'--to=\\x1b\\n'"


class Values(dict[str, object]):
    """As Pants has them: sorted by name."""

    def is_flagged(self, key: str) -> bool:
        return key != "remote"


class Goal(SimpleNamespace):
    options_scope = "goal"
    to = dry_run = print_ = remote = skip = None


def test_only_what_the_command_line_gave_in_the_order_of_declaration() -> None:
    goal = Goal(options=Values(dry_run=True, print="x", remote="upstream", to="1"))
    assert flagged(goal) == ["--to=1", "--dry-run", "--print=x"]
    assert flagged(goal, without=("dry_run",)) == ["--to=1", "--print=x"]
    assert flagged(goal, only=("to", "remote"), scope="goal") == ["--goal-to=1"]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("--skip=a,b", "--skip=a,b"),
        ('--skip=["a", "b"]', '--skip=["a", "b"]'),
        ("--goal-skip=('a', 'b')", '--skip=["a", "b"]'),
        ("--skip=-['c']", '--skip=["a", "b"]'),
        ("--other-skip=['c']", "--skip=a,b"),
    ],
)
def test_a_list_adds_to_settings_or_replaces_them_as_it_was_given(typed: str, printed: str) -> None:
    assert flagged(Goal(options=Values(skip=["a", "b"])), [typed]) == [printed]
