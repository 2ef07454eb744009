from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devflow.common.splices import CannotEditError
from devflow.ide_config.formats import jsonc


def stale(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("dist/")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '{\n  "k": true\n}\n'),
        ("// only a comment\n", '// only a comment\n{\n  "k": true\n}\n'),
        ("{}", '{\n  "k": true\n}'),
        ("{ // why\n}", '{ // why\n  "k": true\n}'),
        ('{"a": 1}', '{"a": 1, "k": true}'),
        ('{"a": 1,}', '{"a": 1, "k": true,}'),
        ('{"a": 1 // why\n}', '{"a": 1, // why\n  "k": true\n}'),
        ('{\n\t"a": 1\n}\n', '{\n\t"a": 1,\n\t"k": true\n}\n'),
        ('{\r\n  "a": 1, // why\r\n}', '{\r\n  "a": 1, // why\r\n  "k": true,\r\n}'),
        ('{\n  "a": [\n    1\n  ]\n  /* end */\n}', '{\n  "a": [\n    1\n  ],\n  /* end */\n  "k": true\n}'),
        ('\ufeff{"k": false}', '\ufeff{"k": true}'),
        ('{"k": 1, "k": 2}', '{"k": 1, "k": true}'),
        ('{"é": "\\u00e9", "k" /*x*/ : /*y*/ [1, 2] }', '{"é": "\\u00e9", "k" /*x*/ : /*y*/ true }'),
    ],
)
def test_a_value_is_put_in_and_nothing_else_changes(before: str, after: str) -> None:
    assert jsonc.set_value(before, ["k"], True) == after
    assert jsonc.set_value(after, ["k"], True) == after


def test_objects_on_the_way_are_made() -> None:
    once = jsonc.set_value('{\n  "a": 1\n}', ["b", "c", "d"], ["x", "y"])
    assert json.loads(once) == {"a": 1, "b": {"c": {"d": ["x", "y"]}}}
    assert '\n  "b": {\n    "c": {\n      "d": [\n        "x",' in once
    assert jsonc.set_value('{"b": {"c": {}}}', ["b", "c", "d"], 1) == '{"b": {"c": {\n  "d": 1\n}}}'


def test_one_is_not_true() -> None:
    assert jsonc.set_value('{"k": 1}', ["k"], True) == '{"k": true}'
    assert jsonc.set_value('{"k": 5000.0}', ["k"], 5000) == '{"k": 5000.0}'


def test_a_default_stays() -> None:
    assert jsonc.set_default('{"k": null, "a": 1}', ["k"], True) == '{"k": null, "a": 1}'
    assert jsonc.set_default("{}", ["k"], True) == '{\n  "k": true\n}'


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ("[]", ["src"], '[\n  "src"\n]'),
        ('["mine"]', ["src"], '["mine", "src"]'),
        ('["mine", "dist/1", "yours"]', ["src"], '["mine", "src", "yours"]'),
        ('["mine", "dist/1", "yours"]', [], '["mine", "yours"]'),
        ('["mine", "dist/1"]', [], '["mine"]'),
        ('["dist/1", "mine"]', [], '[ "mine"]'),
        ('["dist/1", "dist/2"]', [], "[]"),
        ('["dist/1", "dist/2",]', [], "[]"),
        ('["a", "dist/1", "dist/2",]', [], '["a",]'),
        ('[\n  "a", // mine\n  "dist/1", // old\n  "b"\n]', [], '[\n  "a", // mine\n   // old\n  "b"\n]'),
        ('[\n  "a", // mine\n  "dist/1"\n]', [], '[\n  "a" // mine\n  \n]'),
        ('[\n  "dist/1",\n  "a"\n]', ["a", "b", "c"], '[\n  "b",\n  "a",\n  "c"\n]'),
        ('"not an array"', ["src"], '["src"]'),
    ],
)
def test_entries_of_ours_are_replaced_and_others_stay(before: str, wanted: list[str], after: str) -> None:
    once = jsonc.set_entries(f'{{"k": {before}}}', ["k"], wanted, stale)
    assert once == f'{{"k": {after}}}'
    assert jsonc.set_entries(once, ["k"], wanted, stale) == once


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1', "line 1: it ends too early"),
        ("{\n  a: 1}", "line 2: unexpected 'a: 1}'"),
        ("[1\n", "line 2: it ends too early"),
        ('{"a" 1}', "line 1: unexpected '1}'"),
        ("{} x", "line 1: unexpected 'x'"),
        ('{"a": tru}', "line 1: unexpected 'tru}'"),
        ("/* x", "line 1: unexpected '/* x'"),
        ("{'a': 1}", "line 1: unexpected \"'a': 1}\""),
        ('{"a": 01}', "line 1: unexpected '01}'"),
        ('{"a": "\\x"}', "line 1: unexpected '\"\\\\x\"}'"),
        ("[]", "line 1: the whole is not an object"),
        ('{"k": 3}', "line 1: k is not an object"),
        ("[" * 100_000, "it is nested too deeply"),
    ],
)
def test_what_does_not_parse_is_refused(text: str, why: str) -> None:
    with pytest.raises(CannotEditError) as error:
        jsonc.set_value(text, ["k", "l"], 1)
    assert str(error.value) == why


keys = st.sampled_from(["a", "b", "k", "é", 'q"\\'])
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """An object as somebody may have written it."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    spaces = st.sampled_from(["", " ", newline, f"{newline}  ", f' // c,]}}"{newline}', " /* { , */ ", f"{newline}\t"])

    def write(value: Any) -> str:
        if not isinstance(value, (dict, list)):
            return json.dumps(value, ensure_ascii=draw(st.booleans()))
        pairs = value.items() if isinstance(value, dict) else ((None, item) for item in value)
        parts = []
        for key, item in pairs:
            name = "" if key is None else f"{json.dumps(key)}{draw(spaces)}:"
            parts.append(f"{draw(spaces)}{name}{draw(spaces)}{write(item)}{draw(spaces)}")
        is_trailing = draw(st.booleans())
        comma = "," + draw(spaces) if parts and is_trailing else draw(spaces)
        opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
        return opening + ",".join(parts) + comma + closing

    text = write(draw(st.dictionaries(keys, values, max_size=4)))
    return draw(st.sampled_from(["", "\ufeff"])) + draw(spaces) + text + draw(spaces)


def whole(text: str) -> Any:
    node = jsonc.parse(text)
    return node.value if node else {}


@settings(deadline=None)
@given(texts(), keys, values)
def test_any_text_holds_the_value_and_the_rest_afterwards(text: str, key: str, value: Any) -> None:
    once = jsonc.set_value(text, [key], value)
    assert whole(once) == {**whole(text), key: value}
    assert jsonc.set_value(once, [key], value) == once


@settings(deadline=None)
@given(texts(), st.lists(st.sampled_from(["src", "é", "dist/new"]), unique=True))
def test_any_array_holds_the_entries_and_the_rest_afterwards(text: str, wanted: list[str]) -> None:
    before = whole(text).get("a")
    once = jsonc.set_entries(text, ["a"], wanted, stale)
    after = whole(once)["a"]
    assert [one for one in after if one not in wanted] == [
        one for one in (before if isinstance(before, list) else []) if one not in wanted and not stale(one)
    ]
    assert set(wanted) <= {one for one in after if isinstance(one, str)}
    assert jsonc.set_entries(once, ["a"], wanted, stale) == once
    assert {k: v for k, v in whole(once).items() if k != "a"} == {k: v for k, v in whole(text).items() if k != "a"}
