"""Pictures: folding keeps the shape, and no text breaks a picture."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from devflow.schema_history.facts import Revision
from devflow.schema_history.formats.graph import as_dot, as_mermaid, as_text, graph_of


def history(edges: dict[str, tuple[str, ...]], doc: str = "doc", **more: dict[str, tuple[str, ...]]) -> list[Revision]:
    """Newest first: the order of the dict."""
    parents = [parent for found in edges.values() for parent in found]
    return [
        Revision(
            name,
            found,
            doc,
            f"{name}.py",
            1,
            is_head=name not in parents,
            is_branch_point=parents.count(name) > 1,
            is_merge_point=len(found) > 1,
            dependencies=more.get("dependencies", {}).get(name, ()),
            labels=more.get("labels", {}).get(name, ()),
        )
        for name, found in edges.items()
    ]


LINE: dict[str, tuple[str, ...]] = {"e": ("d",), "d": ("c",), "c": ("b",), "b": ("a",), "a": ()}
FORK: dict[str, tuple[str, ...]] = {"m": ("l", "r"), "l": ("b",), "r": ("b",), "b": ("a",), "a": ()}


def test_mermaid() -> None:
    assert as_mermaid(graph_of(history(FORK), fold=False)) == (
        "flowchart TD\n"
        '  n0(["m<br/>doc"])\n'
        '  n1["l<br/>doc"]\n'
        '  n2["r<br/>doc"]\n'
        '  n3["b<br/>doc"]\n'
        '  n4["a<br/>doc"]\n'
        "  n0 --> n1\n"
        "  n0 --> n2\n"
        "  n1 --> n3\n"
        "  n2 --> n3\n"
        "  n3 --> n4\n"
    )


def test_folded_mermaid() -> None:
    assert as_mermaid(graph_of(history(LINE), fold=True)) == (
        'flowchart TD\n  n0(["e<br/>doc"])\n  n1[["3 revisions<br/>d … b"]]\n  n2["a<br/>doc"]\n'
        "  n0 --> n1\n  n1 --> n2\n"
    )


def test_dot() -> None:
    assert as_dot(graph_of(history(LINE, doc='say "hi" \\ x'), fold=True), 'a "title"') == (
        'digraph "a \\"title\\"" {\n'
        '  node [shape=box, fontname="sans-serif"];\n'
        '  n0 [label="e\\nsay \\"hi\\" \\\\ x", peripheries=2];\n'
        '  n1 [label="3 revisions\\nd … b", style=dashed];\n'
        '  n2 [label="a\\nsay \\"hi\\" \\\\ x"];\n'
        "  n0 -> n1;\n"
        "  n1 -> n2;\n"
        "}\n"
    )


def test_text() -> None:
    shown = as_text(graph_of(history({"f": ("e",), **LINE}, labels={"a": ("x",)}), fold=True), "alembic.ini", "alembic")
    assert shown == (
        "alembic.ini (alembic): 6 revisions, 1 head\n"
        "  f  doc  [head]\n"
        "  ⋮ 4 revisions: e … b\n"
        "  a  doc  [base, labels x]\n"
    )
    shown = as_text(graph_of(history(FORK, doc="", dependencies={"l": ("a",)}), fold=False), "t", "alembic")
    assert shown.splitlines()[1:] == [
        "  m  [head, merges l + r]",
        "  l  [depends on a]",
        "  r",
        "  b  [branch point]",
        "  a  [base]",
    ]


def test_what_is_special_is_not_folded() -> None:
    assert len(graph_of(history(LINE, labels={"c": ("x",)}), fold=True).nodes) == 5
    assert len(graph_of(history(LINE, dependencies={"c": ("a",)}), fold=True).nodes) == 5
    # `c` is needed by another branch, by its label's revision, too.
    more = {"z": ("y",), "y": (), **LINE}
    assert len(graph_of(history(more, dependencies={"z": ("c",)}), fold=True).nodes) == 7


def test_dependencies_are_dashed_also_by_label() -> None:
    drawn = graph_of(history(FORK, dependencies={"l": ("x",)}, labels={"a": ("x",)}), fold=True)
    assert "  n1 -.-> n4\n" in as_mermaid(drawn)
    assert "  n1 -> n4 [style=dashed];\n" in as_dot(drawn, "t")


@given(st.text())
def test_no_text_breaks_a_picture(doc: str) -> None:
    drawn = graph_of(history({"a": ()}, doc=doc), fold=False)
    mermaid = as_mermaid(drawn).splitlines()
    assert len(mermaid) == 2
    assert mermaid[1].startswith('  n0(["')
    assert mermaid[1].endswith('"])')
    inner = mermaid[1][len('  n0(["') : -len('"])')].replace("<br/>", "")
    assert not set(inner) & set('"<>[]{}|`*\\')
    dot = as_dot(drawn, doc)
    assert dot.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 0


@given(st.integers(0, 10_000), st.integers(1, 30))
def test_folding_keeps_every_revision_and_what_is_reachable(seed: int, size: int) -> None:
    rnd = random.Random(seed)
    names = [str(number) for number in range(size)]
    edges = {
        name: tuple(rnd.sample(names[max(0, index - 3) : index], min(index, rnd.choice((1, 1, 1, 2)))))
        for index, name in reversed(list(enumerate(names)))
    }
    revisions = history(edges)
    folded = graph_of(revisions, fold=True)
    assert sorted(part.id for node in folded.nodes for part in node.revisions) == sorted(names)
    for node in folded.nodes:
        for newer, older in zip(node.revisions, node.revisions[1:]):
            assert newer.parents == (older.id,)
    expected = {(node.oldest.id, parent) for node in folded.nodes for parent in node.oldest.parents}
    assert {
        (folded.nodes[edge.newer].oldest.id, folded.nodes[edge.older].newest.id) for edge in folded.edges
    } == expected
