"""The documented file, what differs in it, where it goes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.errors import UserError
from devflow.schema_history.facts import Revision, SchemaHistory
from devflow.schema_history.formats.document import as_document, differences, version_of
from devflow.schema_history.plan import checked_version, output_path, several_heads


def revision(name: str, *parents: str, doc: str = "", is_head: bool = False, namespace: str = "") -> Revision:
    merge = len(parents) > 1
    return Revision(name, parents, doc, f"{name}.py", 3, is_head, False, merge, namespace=namespace)


HISTORY = [revision("c", "b2", "b", doc='weiß\n"quoted"', is_head=True), revision("b", "a"), revision("a")]


def dump(revisions: list[Revision] = HISTORY, version: str = "24.03.1") -> str:
    return as_document(revisions, version, version_key="manager_version")


def test_the_bytes() -> None:
    assert dump(HISTORY[:1] + HISTORY[2:]) == (
        "{\n"
        '  "manager_version": "24.03.1",\n'
        '  "revisions": [\n'
        "    {\n"
        '      "down_revision": "b2, b",\n'
        '      "revision": "c",\n'
        '      "is_head": true,\n'
        '      "is_branch_point": false,\n'
        '      "is_merge_point": true,\n'
        '      "doc": "weiß\\n\\"quoted\\""\n'
        "    },\n"
        "    {\n"
        '      "down_revision": null,\n'
        '      "revision": "a",\n'
        '      "is_head": false,\n'
        '      "is_branch_point": false,\n'
        '      "is_merge_point": false,\n'
        '      "doc": ""\n'
        "    }\n"
        "  ]\n"
        "}\n"
    )


def test_the_version_key_is_an_option() -> None:
    assert as_document([], "1", version_key="version").startswith('{\n  "version": "1"')


def check(old: str, new: str) -> tuple[str, ...]:
    return differences(old, new, version_key="manager_version")


def test_differences_by_revision() -> None:
    old = dump([revision("b", "a", doc="old", is_head=True), revision("gone"), revision("a")], "24.03.0")
    assert check(old, dump()) == (
        'manager_version: "24.03.0" → "24.03.1"',
        '+ c: "weiß\\n\\"quoted\\""',
        '- gone: ""',
        '~ b: is_head true → false, doc "old" → ""',
    )


@pytest.mark.parametrize(
    ("old", "found"),
    [
        (dump(), ()),
        (dump(list(reversed(HISTORY))), ("the same revisions, in another order",)),
        (dump().rstrip("\n"), ("the same revisions, written in another way",)),
        ("", ("the file is no dump of a schema history",)),
        ("[]", ("the file is no dump of a schema history",)),
        ('{"revisions": 1}', ("the file is no dump of a schema history",)),
    ],
)
def test_other_differences(old: str, found: tuple[str, ...]) -> None:
    assert check(old, dump()) == found


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_no_file_is_too_odd(content: object) -> None:
    document = json.dumps({"manager_version": content, "revisions": content})
    assert check(document, dump())
    version_of(document, version_key="manager_version")
    version_of(json.dumps(content), version_key="manager_version")


def test_the_version_of_a_file() -> None:
    assert version_of(dump(version="1.2"), version_key="manager_version") == "1.2"
    assert version_of(dump(version="1.2"), version_key="version") is None
    assert version_of("nothing", version_key="version") is None


@pytest.mark.parametrize(
    ("template", "config", "path"),
    [
        ("h/{version}.json", "alembic.ini", "h/24.03.1.json"),
        ("{config_dir}/h/{version}.json", "src/db/alembic.ini", "src/db/h/24.03.1.json"),
        ("{config_dir}/{version}.json", "alembic.ini", "24.03.1.json"),
        ("{config_dir}/../{version}", "src/db/alembic.ini", "src/24.03.1"),
        ("{config_dir}/{section}/{version}.json", "db/alembic.ini", "db/billing/24.03.1.json"),
    ],
)
def test_output_paths(template: str, config: str, path: str) -> None:
    assert output_path(template, version="24.03.1", config=config, section="billing") == path


@pytest.mark.parametrize("template", ["/tmp/x.json", "../x.json", "{config_dir}/../x", ".", "{vers}/x", "{}/x"])
def test_output_paths_that_are_none(template: str) -> None:
    with pytest.raises(UserError, match="The output path"):
        output_path(template, version="1", config="alembic.ini", section="billing")


@pytest.mark.parametrize("version", ["", "..", "1/2", "1 2", "1\n", "a\\b", "\ufeff1", "1\x9b", "\udcff"])
def test_what_is_no_version(version: str) -> None:
    with pytest.raises(UserError, match="is no version"):
        checked_version(version)


def test_several_heads() -> None:
    heads = [revision("b", "a", is_head=True), revision("c", "a", is_head=True), revision("a")]
    [problem] = several_heads(heads, "merge them")
    assert problem.what == "b.py:3: There are 2 heads: b (b.py:3), c (c.py:3)."
    assert problem.fix == "merge them; if all of them are wanted: --allow-multiple-heads"
    assert several_heads(heads[1:], "") == ()
    apart = [revision("x", is_head=True, namespace="shop"), revision("y", is_head=True, namespace="users")]
    assert several_heads(apart, "") == ()
    [problem] = several_heads([*apart, revision("z", is_head=True, namespace="users")], "")
    assert problem.what.startswith("y.py:3: users has 2 heads: ")


def test_what_a_reader_prints() -> None:
    part = {
        "id": "a",
        "parents": ["b"],
        "depends_on": ["c"],
        "labels": ["l"],
        "doc": "d",
        "path": "p.py",
        "line": 2,
        "is_head": True,
        "is_branch_point": False,
        "is_merge_point": False,
    }
    read = {"revisions": [part], "problems": [{"what": "what", "fix": "fix"}], "warnings": []}
    history = SchemaHistory.from_reader(json.loads(json.dumps(read)))
    assert history.revisions[0].where == "p.py:2"
    assert history.revisions[0].dependencies == ("c",)
    assert str(history.problems[0]) == "what\n  Fix: fix"


def test_a_file_that_is_nested_too_deeply_is_no_dump() -> None:
    nested = "[" * 100_000 + "]" * 100_000
    assert version_of(nested, version_key="manager_version") is None
    assert differences(nested, dump(), version_key="manager_version") == ("the file is no dump of a schema history",)
