from __future__ import annotations

import pytest
import toml
from hypothesis import given, settings
from hypothesis import strategies as st

from devflow.common import toml_edit
from devflow.common.splices import CannotEditError

PYPROJECT = '''\
# Mine.
[tool.mypy]
python_executable = "old" # why
"quoted key".dotted = 'literal'

[[tool.towncrier.type]]
name = "a"

[tool.pyright]
extraPaths = [
    "mine", # why
    "dist/1",
]

[project]
text = """
[tool.fake]
x = "\\""""
date = 1979-05-27 07:32:00
inline = { a = 1, b = [{ c = "]" }] }
'''


def stale(value: object) -> bool:
    return isinstance(value, str) and value.startswith("dist/")


def test_a_value_is_replaced_and_nothing_else() -> None:
    path = ("tool", "mypy", "python_executable")
    once = toml_edit.set_value(PYPROJECT, path, "new")
    assert once == PYPROJECT.replace('"old"', '"new"')
    assert toml_edit.set_value(once, path, "new") == once
    assert toml_edit.set_default(once, path, "newer") == once


def test_a_key_comes_after_the_last_one_of_its_table() -> None:
    once = toml_edit.set_value(PYPROJECT, ("tool", "pyright", "venv"), "3.11.7")
    assert once == PYPROJECT.replace('    "dist/1",\n]\n', '    "dist/1",\n]\nvenv = "3.11.7"\n')


def test_a_table_comes_last() -> None:
    assert toml_edit.set_value("", ("a", "b"), True) == "[a]\nb = true\n"
    assert toml_edit.set_value("x = 1", ("a.b", "c"), 1) == 'x = 1\n\n["a.b"]\nc = 1\n'
    assert toml_edit.set_value("x = 1\r\n", ("a", "b"), ("c",)) == 'x = 1\r\n\r\n[a]\r\nb = ["c"]\r\n'


def test_entries_of_ours_are_replaced_and_others_stay() -> None:
    path = ("tool", "pyright", "extraPaths")
    once = toml_edit.set_entries(PYPROJECT, path, ["src", "tests"], stale)
    assert once == PYPROJECT.replace('    "dist/1",\n', '    "src",\n    "tests",\n')
    assert toml_edit.set_entries(once, path, ["src", "tests"], stale) == once


def test_which_tables_are_there() -> None:
    there = ("tool", "tool.mypy", "tool.towncrier", "project", "project.inline")
    assert all(toml_edit.has_table(PYPROJECT, name.split(".")) for name in there)
    assert not any(toml_edit.has_table(PYPROJECT, name.split(".")) for name in ("tool.fake", "tool.ty", "my"))
    assert toml_edit.has_table(PYPROJECT, ("tool", "towncrier", "type"), "name", "a")
    assert not toml_edit.has_table(PYPROJECT, ("tool", "towncrier", "type"), "name", "b")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[a\n", "line 1: it ends too early"),
        ("[a]\nb = \n", "line 2: it ends too early"),
        ("[a]\nb = 'x\n", 'line 2: unexpected "\'x"'),
        ("[a]\nb = 1 2\n", "line 2: unexpected '2'"),
        ("[a]\nb = [1\n", "line 3: it ends too early"),
        ("a = {b = 1}\n", "line 1: a is not a table with a header"),
        ("a.c = 1\n", "a is not a table with a header"),
        ("[[a]]\nx = 1\n", "line 2: a.x is not a table with a header"),
    ],
)
def test_what_cannot_be_edited_is_refused(text: str, why: str) -> None:
    with pytest.raises(CannotEditError) as error:
        toml_edit.set_value(text, ("a", "b"), "x")
    assert str(error.value) == why


names = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=4)
values = st.text(st.characters(blacklist_categories=["Cs"]), max_size=8) | st.booleans()


@settings(deadline=None)
@given(names, names, values)
def test_any_value_is_read_back(table: str, key: str, value: str | bool) -> None:
    once = toml_edit.set_value(PYPROJECT, (table, key), value)
    assert toml_edit.value_at(once, (table, key)) == value
    assert toml_edit.set_value(once, (table, key), value) == once
    assert once.startswith(PYPROJECT.rstrip("\n")) or table in ("tool", "project")


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "c"]),
        st.dictionaries(
            st.sampled_from(["x", "y", "k"]), st.text("ab \"'\\#[]é\t", max_size=6) | st.booleans(), max_size=3
        ),
        max_size=3,
    )
)
def test_what_another_writer_wrote_is_edited(document: dict[str, dict[str, str | bool]]) -> None:
    text = toml.dumps(document)
    once = toml_edit.set_value(text, ("b", "k"), "ours")
    read = toml.loads(text)  # which is not always what was written
    assert toml.loads(once) == {**read, "b": {**read.get("b", {}), "k": "ours"}}


@pytest.mark.parametrize("text", ["a = " + "[" * 5000 + "]" * 5000, "a = " + "{a = " * 5000 + "1" + "}" * 5000])
def test_what_is_nested_too_deeply(text: str) -> None:
    with pytest.raises(CannotEditError, match="it is nested too deeply"):
        toml_edit.value_at(text, ("a",))
