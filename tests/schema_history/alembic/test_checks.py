"""Histories that alembic cannot walk: one line each, with file and line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.schema_history.alembic.below import scripts_below
from devflow.schema_history.alembic.checks import check, doubtful
from devflow.schema_history.reader.alembic_scripts import Script
from devflow.schema_history.reader.cycles import cycles

LINES = {"revision": 3, "down_revision": 4, "branch_labels": 5, "depends_on": 6}


def script(
    revision: str, *parents: str, depends_on: tuple[str, ...] = (), labels: tuple[str, ...] = (), path: str = ""
) -> Script:
    return Script(path or f"{revision}.py", revision, parents, depends_on, labels, "", LINES)


@pytest.mark.parametrize(
    ("scripts", "what"),
    [
        ([script("a"), script("a", path="b.py")], "b.py:3: The revision id 'a' is that of a.py:3, too."),
        (
            [script("a", labels=("x",)), script("b", "a", labels=("x",))],
            "b.py:5: The branch label 'x' is used by a.py:5, too.",
        ),
        ([script("a", labels=("x", "x"))], "a.py:5: The branch label 'x' is used by a.py:5, too."),
        ([script("a"), script("b", "a", labels=("a",))], "b.py:5: The branch label 'a' is used by a.py:3, too."),
        ([script("a", "z")], "a.py:4: Revision a comes after 'z', which no script has."),
        (
            [script("a", labels=("x",)), script("b", "x")],
            "b.py:4: Revision b names the branch 'x' as its down_revision.",
        ),
        ([script("a", depends_on=("z",))], "a.py:6: Revision a depends on 'z', which no script has."),
        ([script("a", "a")], "a.py:4: The history has a cycle: a → a."),
        ([script("a", "b"), script("b", "a")], "a.py:4: The history has a cycle: a → b → a."),
        ([script("r"), script("a", "r", depends_on=("b",)), script("b", "a")], "a.py:6: The history has a cycle:"),
        ([script("a", labels=("x",), depends_on=("x",))], "a.py:6: The history has a cycle: a → a."),
        # With a way in and a way out, which alembic itself does not notice.
        (
            [script("r"), script("a", "r", "b"), script("b", "a"), script("h", "b")],
            "a.py:4: The history has a cycle: a → b → a.",
        ),
    ],
)
def test_what_alembic_cannot_walk(scripts: list[Script], what: str) -> None:
    [problem] = check(scripts)
    assert problem.what.startswith(what)
    assert problem.fix


def test_several_problems_at_once() -> None:
    scripts = [script("a", "y"), script("b", "z"), script("b", "a", path="c.py", labels=("a",))]
    assert len(check(scripts)) == 4


def test_a_good_history_has_none() -> None:
    scripts = [
        script("a", labels=("x",)),
        script("b", "a"),
        script("c", "a", depends_on=("x", "b")),
        script("d", "b", "c"),
    ]
    assert check(scripts) == []
    assert doubtful(scripts) == []


@pytest.mark.parametrize("parents", [("b", "b"), ("a", "b"), ("b", "a")])
def test_a_merge_of_a_branch_with_itself(parents: tuple[str, str]) -> None:
    scripts = [script("a"), script("b", "a"), script("m", *parents)]
    [problem] = doubtful(scripts)
    assert problem.what.startswith("m.py:4: Revision m merges a branch with itself: ")
    assert check(scripts) == []


def test_a_script_in_a_directory_below_is_named() -> None:
    files = [
        ("v/old/1.py", b'"""x"""\nrevision = "z"\ndown_revision = None\n'),
        ("v/old/2.py", b"revision: str = 'y'\n"),
        ("v/old/env.py", b"def revision(): ...\n"),
        ("v/old/__init__.py", b"revision = 'x'\n"),
    ]
    below = scripts_below(files, "a.ini: [alembic]")
    assert below.paths == {"z": "v/old/1.py", "y": "v/old/2.py"}
    [warning] = below.warnings()
    assert warning.what == (
        "v/old/1.py and 1 more: not read, because alembic reads no directory below its version locations."
    )
    fix = "set `recursive_version_locations = true` in [alembic] of a.ini, or move them up"
    assert warning.fix == fix
    [parent, dependency] = check([script("a", "z", depends_on=("y",))], below)
    where = "alembic reads no directory below its version locations"
    assert parent.what == f"a.py:4: Revision a comes after 'z', which is in v/old/1.py: {where}."
    assert dependency.what == f"a.py:6: Revision a depends on 'y', which is in v/old/2.py: {where}."
    assert parent.fix == dependency.fix == fix
    assert scripts_below([], "a.ini: [alembic]").warnings() == ()


@given(st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=3)))
def test_a_cycle_is_one_and_none_means_that_there_is_an_order(edges: dict[int, list[int]]) -> None:
    whole = {node: edges.get(node, []) for node in range(10)}
    found = list(cycles(whole))
    for cycle in found:
        assert cycle[0] == cycle[-1]
        assert all(older in whole[newer] for newer, older in zip(cycle, cycle[1:]))
    left = dict(whole)
    while free := [node for node, older in left.items() if not set(older) & set(left)]:
        for node in free:
            del left[node]
    assert bool(left) == bool(found)


def test_long_histories_need_no_recursion() -> None:
    many = [script("0"), *(script(str(number), str(number - 1)) for number in range(1, 5000))]
    assert check(many) == []
