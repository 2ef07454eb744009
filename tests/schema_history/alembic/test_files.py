"""Which files alembic loads, in which order, and how they are shared out."""

from __future__ import annotations

import random

from devflow.schema_history.alembic.files import parts, scripts_in_order


def test_which_files() -> None:
    names = ("b.py", "a.py", "_x.py", ".b.py", "__init__.py", "__init__x.py", ".#x.py", "x.PY", "x.pyc", "README")
    below = ("z/2.py", "z/1.py", "z/a/b.py", "a/3.py", "__pycache__/4.py", "a/__pycache__/5.py", ".hidden/6.py")
    files = [f"versions/{name}" for name in (*names, *below)] + ["versions2/c.py", "d.py"]
    random.Random(1).shuffle(files)
    top = [".b.py", "_x.py", "a.py", "b.py"]
    assert scripts_in_order(files, ["versions"], False) == [f"versions/{name}" for name in top]
    assert scripts_in_order(files, ["versions"], True) == [
        f"versions/{name}" for name in (*top, ".hidden/6.py", "a/3.py", "z/1.py", "z/2.py", "z/a/b.py")
    ]


def test_directories_have_an_order_and_a_file_counts_once() -> None:
    files = ["one/b.py", "one/sub/c.py", "two/a.py"]
    assert scripts_in_order(files, ["two", "one"], False) == ["two/a.py", "one/b.py"]
    assert scripts_in_order(files, ["one/sub", "one", "one"], True) == ["one/sub/c.py", "one/b.py"]
    assert scripts_in_order(["b.py", "x/a.py"], ["."], False) == ["b.py"]
    assert scripts_in_order(["b.py", "x/a.py"], ["."], True) == ["b.py", "x/a.py"]
    assert scripts_in_order(files, ["gone"], True) == []


def test_a_new_script_changes_one_part() -> None:
    names = [f"versions/{number:04}_change.py" for number in range(400)]
    before, after = parts(names), parts([*names, "versions/0400_change.py"])
    assert sorted(name for part in before for name in part) == names
    assert len(before) == len(after) == 4
    assert sum(old == new for old, new in zip(before, after)) == 3
    assert parts(reversed(names)) == before


def test_few_scripts_are_one_part() -> None:
    assert parts(["b.py", "a.py"]) == [["a.py", "b.py"]]
    assert parts([]) == []
