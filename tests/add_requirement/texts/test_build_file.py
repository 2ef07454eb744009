"""Requirements and mappings go to their places in BUILD files, and no byte outside of the splice changes."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.add_requirement.texts.build_file import BuildText
from devflow.add_requirement.texts.edits import CannotEditRequirementsError

REQS = "python_requirement(name='r', requirements={})\n"
GENERATOR = "python_requirements(\n    name='reqs',\n{})\n"


def add(text: str, requirement: str) -> str:
    build = BuildText(text)
    return build.with_requirement(build.calls[0], requirement).text


def add_mapping(text: str, name: str, *modules: str) -> str:
    build = BuildText(text)
    return build.with_mapping(build.calls[-1], "module_mapping", name, modules).text


@pytest.mark.parametrize(
    ("before", "requirement", "after"),
    [
        ("['a', 'c']", "b", "['a', 'b', 'c']"),
        ("['b']", "a", "['a', 'b']"),
        ("['a']", "b>=1", "['a', 'b>=1']"),
        ("[]", "b", '["b"]'),
        ('["é", "a"]', "b", '["é", "a", "b"]'),
        (
            "[\n    'a',  # why: é\n    # of c\n    'c',\n]",
            "b",
            "[\n    'a',  # why: é\n    'b',\n    # of c\n    'c',\n]",
        ),
        ("[\n    'a',\n    'c'\n]", "d", "[\n    'a',\n    'c',\n    'd'\n]"),
        ("[\r\n    'b',\r\n]", "a", "[\r\n    'a',\r\n    'b',\r\n]"),
        ("['a==1', 'b']", "A==2", "['A==2', 'b']"),
        ("['a==1', 'b']", 'a==2; python_version > "3"', "['a==2; python_version > \"3\"', 'b']"),
    ],
)
def test_places(before: str, requirement: str, after: str) -> None:
    assert add(REQS.format(before), requirement) == REQS.format(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "    module_mapping={'b': ['x', 'y']},\n"),
        ("    resolve='a'\n", "    resolve='a',\n    module_mapping={'b': ['x', 'y']}\n"),
        ("    module_mapping={},\n", '    module_mapping={"b": ["x", "y"]},\n'),
        (
            "    module_mapping={'a': 'z', 'c': ('z',)},\n",
            "    module_mapping={'a': 'z', 'b': ['x', 'y'], 'c': ('z',)},\n",
        ),
        (
            "    module_mapping={\n        # of a\n        'A': ['z'],  # é\n        'c': ['z'],\n    },\n",
            "    module_mapping={\n        # of a\n        'A': ['z'],  # é\n        'b': ['x', 'y'],\n"
            "        'c': ['z'],\n    },\n",
        ),
        (
            "    module_mapping={'c': ['z'], 'a': ['z']},\n",
            "    module_mapping={'c': ['z'], 'a': ['z'], 'b': ['x', 'y']},\n",
        ),
        ("    module_mapping={'B': ['mine']},\n", "    module_mapping={'B': ['mine']},\n"),
    ],
)
def test_mappings(before: str, after: str) -> None:
    assert add_mapping(GENERATOR.format(before), "b", "x", "y") == GENERATOR.format(after)


def test_the_last_entry_of_a_mapping_goes_with_the_field() -> None:
    text = GENERATOR.format("    module_mapping={'B_b': ['x']},\n    resolve='a',\n")
    build = BuildText(text)
    edit = build.without_mapping(build.calls[0], "module_mapping", "b-b")
    assert edit.text == GENERATOR.format("    resolve='a',\n")
    assert edit.line == 3


def test_the_line_of_what_was_added() -> None:
    build = BuildText(f"# é\n\n{GENERATOR.format('')}")
    assert build.with_mapping(build.calls[0], "module_mapping", "b", ["x"]).line == 5
    build = BuildText(REQS.format("[\n  'a',\n  'c',\n]"))
    assert build.with_requirement(build.calls[0], "b").line == 3
    assert build.with_requirement(build.calls[0], "d").line == 4
    assert build.without_requirement(build.calls[0], "c").line == 3


@pytest.mark.parametrize(
    "value", ["REQS", "[*REQS, 'a']", "['a' + b]", "('a',)", "[f'a']", "list('a')", "['a' if x else 'b']"]
)
def test_what_is_computed_is_left_to_a_person(value: str) -> None:
    with pytest.raises(CannotEditRequirementsError, match="requirements of python_requirement in line 1 is"):
        add(REQS.format(value), "b")


@pytest.mark.parametrize("value", ["M", "dict(a=['b'])", "{**M}", "{'a': ['b']} | M", "{X: ['b']}"])
def test_a_computed_mapping_too(value: str) -> None:
    with pytest.raises(CannotEditRequirementsError, match="module_mapping in line 3 is no dict"):
        add_mapping(GENERATOR.format(f"    module_mapping={value},\n"), "b", "x")


def test_the_only_requirement_of_a_target_stays() -> None:
    build = BuildText(REQS.format("['a']"))
    with pytest.raises(CannotEditRequirementsError, match="remove the target"):
        build.without_requirement(build.calls[0], "a")


def test_a_target_is_found_by_its_name_or_that_of_its_directory() -> None:
    build = BuildText(
        "python_requirements()\npython_requirements(name='x')\nif True:\n  python_requirements(name='y')\n"
    )
    assert [call.line for call in (build.call("python_requirements", "d", "d"),) if call] == [1]
    assert [call.line for call in (build.call("python_requirements", "x", "d"),) if call] == [2]
    assert build.call("python_requirements", "y", "d") is None
    twice = BuildText("python_requirements()\npython_requirements()\n")
    assert twice.call("python_requirements", "d", "d") is None


NAMES = st.sampled_from(["aiohttp", "attrs", "Click", "PyYAML", "redis", "zope.interface"])
GAPS = st.sampled_from(["", " ", "\n", "\n    ", "  # é, 'x'\n    ", "\n    # above, é\n    "])
LISTS = st.lists(st.tuples(GAPS, NAMES, GAPS), unique_by=lambda one: one[1].lower())


def written(items: list[tuple[str, str, str]], mark: str, comma: bool, last: str, newline: str, template: str) -> str:
    body = ",".join(f"{before}{template.format(q=mark, name=name)}{after}" for before, name, after in items)
    return f"{body}{',' if comma and items else ''}{last}".replace("\n", newline)


@given(
    LISTS,
    st.sampled_from("'\""),
    st.booleans(),
    GAPS,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["boto3>=1", "aaa", "zzz"]),
)
def test_one_item_is_added_and_all_other_bytes_stay(
    items: list[tuple[str, str, str]], mark: str, comma: bool, last: str, newline: str, requirement: str
) -> None:
    head, foot = f"# é{newline}python_requirement(requirements=[", f"]){newline}x(y='é'){newline}"
    text = f"{head}{written(items, mark, comma, last, newline, '{q}{name}{q}')}{foot}"
    new = add(text, requirement)
    assert new.startswith(head)
    assert new.endswith(foot)
    values = ast.literal_eval(ast.parse(new).body[0].value.keywords[0].value)  # type: ignore[attr-defined]
    assert [one for one in values if one != requirement] == [name for _, name, _ in items]
    assert values.count(requirement) == 1
    assert add(new, requirement) == new
    assert [line.partition("#")[2] for line in new.splitlines() if "#" in line] == [
        line.partition("#")[2] for line in text.splitlines() if "#" in line
    ]
    assert new.count("\n") - new.count(newline) == 0
    without = BuildText(new)
    if items:
        removed = without.without_requirement(without.calls[0], requirement.partition(">")[0]).text
        assert ast.dump(ast.parse(removed)) == ast.dump(ast.parse(text))


@given(LISTS, st.sampled_from("'\""), st.booleans(), GAPS, st.sampled_from(["boto3", "aaa", "zzz"]))
def test_one_entry_is_added_and_all_others_stay(
    items: list[tuple[str, str, str]], mark: str, comma: bool, last: str, name: str
) -> None:
    entries = written(items, mark, comma, last, "\n", "{q}{name}{q}: [{q}é{q}]")
    text = f"python_requirements(name='é', module_mapping={{{entries}}})\n"
    new = add_mapping(text, name, "x")
    mapping = ast.literal_eval(ast.parse(new).body[0].value.keywords[1].value)  # type: ignore[attr-defined]
    assert mapping.pop(name) == ["x"]
    assert list(mapping.items()) == [(one, ["é"]) for _, one, _ in items]
    added = BuildText(new)
    removed = added.without_mapping(added.calls[0], "module_mapping", name).text
    if items:
        assert ast.dump(ast.parse(removed)) == ast.dump(ast.parse(text))
