"""A history as a graph, with long linear stretches folded into one node: text, Graphviz and Mermaid. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from devflow.common.paths import shown
from devflow.common.report import count
from devflow.schema_history.facts import Revision

SHORTEST_STRETCH = 3  # folding a shorter one saves no space


@dataclass(frozen=True)
class GraphNode:
    """A revision, or a folded stretch of them, newest first."""

    revisions: tuple[Revision, ...]

    @property
    def newest(self) -> Revision:
        """The revision that edges point to."""
        return self.revisions[0]

    @property
    def oldest(self) -> Revision:
        """The revision that edges start from."""
        return self.revisions[-1]

    @property
    def is_stretch(self) -> bool:
        """Whether the node stands for several revisions."""
        return len(self.revisions) > 1


@dataclass(frozen=True)
class GraphEdge:
    """From a node to one that comes before it, by position. Not `is_parent`: a dependency only."""

    newer: int
    older: int
    is_parent: bool


@dataclass(frozen=True)
class HistoryGraph:
    """Nodes in the order of the history."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]


def graph_of(revisions: Sequence[Revision], *, fold: bool) -> HistoryGraph:
    """With `fold`, each linear stretch of three or more plain revisions is one node."""
    nodes = tuple(_folded(revisions) if fold else (GraphNode((revision,)) for revision in revisions))
    position: dict[str, int] = {}
    for index, node in enumerate(nodes):
        for revision in node.revisions:
            position[revision.id] = index
            # A dependency may name a branch.
            for label in revision.labels:
                position.setdefault(label, index)
    edges = [
        GraphEdge(index, position[older], is_parent)
        for index, node in enumerate(nodes)
        for older, is_parent in _older(node.oldest)
        if older in position
    ]
    return HistoryGraph(nodes, tuple(dict.fromkeys(edges)))


def _older(revision: Revision) -> Iterator[tuple[str, bool]]:
    yield from ((parent, True) for parent in revision.parents)
    yield from ((needed, False) for needed in revision.dependencies if needed not in revision.parents)


def _folded(revisions: Sequence[Revision]) -> Iterator[GraphNode]:
    by_id = {revision.id: revision for revision in revisions}
    labels = {label: revision.id for revision in revisions for label in revision.labels}
    children = Counter(labels.get(older, older) for revision in revisions for older, _ in _older(revision))
    needed = {labels.get(name, name) for revision in revisions for name in revision.dependencies}

    def is_plain(revision: Revision) -> bool:
        return (
            len(revision.parents) == 1
            and children[revision.id] == 1
            and not (revision.dependencies or revision.labels or revision.is_head or revision.id in needed)
        )

    done: set[str] = set()
    for revision in revisions:
        if revision.id in done:
            continue
        stretch = [revision]
        if is_plain(revision):
            while (older := by_id.get(stretch[-1].parents[0])) and is_plain(older):
                stretch.append(older)
        if len(stretch) >= SHORTEST_STRETCH:
            done.update(part.id for part in stretch)
            yield GraphNode(tuple(stretch))
        else:
            yield GraphNode((revision,))


def as_dot(graph: HistoryGraph, title: str) -> str:
    """For Graphviz: newest at the top, dependencies dashed."""
    lines = [f"digraph {_dot(title)} {{", '  node [shape=box, fontname="sans-serif"];']
    for index, node in enumerate(graph.nodes):
        style = ", style=dashed" if node.is_stretch else ", peripheries=2" if node.newest.is_head else ""
        lines.append(f"  n{index} [label={_dot(_label(node))}{style}];")
    for edge in graph.edges:
        lines.append(f"  n{edge.newer} -> n{edge.older}{'' if edge.is_parent else ' [style=dashed]'};")
    return "\n".join([*lines, "}", ""])


def as_mermaid(graph: HistoryGraph) -> str:
    """For a code host: newest at the top, heads rounded, stretches and dependencies marked by their shape."""
    lines = ["flowchart TD"]
    for index, node in enumerate(graph.nodes):
        left, right = ("[[", "]]") if node.is_stretch else ("([", "])") if node.newest.is_head else ("[", "]")
        lines.append(f'  n{index}{left}"{_mermaid(_label(node))}"{right}')
    for edge in graph.edges:
        lines.append(f"  n{edge.newer} {'-->' if edge.is_parent else '-.->'} n{edge.older}")
    return "\n".join([*lines, ""])


def _label(node: GraphNode) -> str:
    if node.is_stretch:
        return f"{len(node.revisions)} revisions\n{node.newest.id} … {node.oldest.id}"
    revision = node.newest
    labels = f" ({', '.join(revision.labels)})" if revision.labels else ""
    return "\n".join(filter(None, [f"{revision.id}{labels}", _first_line(revision.doc)]))


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "")


def _dot(text: str) -> str:
    escaped = shown(text, keep="\n").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _mermaid(text: str) -> str:
    # Escapes every character that has a meaning in Mermaid, or in the Markdown and HTML of its labels.
    kept = set(" ….,:;()-_/'…")
    escaped = (
        "<br/>" if char == "\n" else char if char.isalnum() or char in kept else f"#{ord(char)};" for char in text
    )
    return "".join(escaped)


def as_text(graph: HistoryGraph, title: str, tool: str) -> str:
    """For reading: one line for each node, newest first."""
    revisions = [revision for node in graph.nodes for revision in node.revisions]
    heads = sum(revision.is_head for revision in revisions)
    lines = [f"{title} ({tool}): {count(len(revisions), 'revision')}, {count(heads, 'head')}"]
    for node in graph.nodes:
        if node.is_stretch:
            lines.append(f"  ⋮ {len(node.revisions)} revisions: {node.newest.id} … {node.oldest.id}")
        else:
            lines.append(f"  {_line(node.newest)}")
    return "\n".join([*(shown(line, keep="\t") for line in lines), ""])


def _line(revision: Revision) -> str:
    notes = list(_notes(revision))
    return "  ".join(filter(None, [revision.id, _first_line(revision.doc), f"[{', '.join(notes)}]" if notes else ""]))


def _notes(revision: Revision) -> Iterable[str]:
    if revision.is_head:
        yield "head"
    if revision.is_merge_point:
        yield f"merges {' + '.join(revision.parents)}"
    if revision.is_branch_point:
        yield "branch point"
    if not revision.parents:
        yield "base"
    if revision.dependencies:
        yield f"depends on {' + '.join(revision.dependencies)}"
    if revision.labels:
        yield f"labels {' + '.join(revision.labels)}"
