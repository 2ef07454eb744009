"""Revisions that come before themselves. Standard library only, 3.8 or newer."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def circles(edges: Mapping[Node, Sequence[Node]]) -> Iterator[tuple[Node, ...]]:
    """Depth first without recursion: each edge back into the path that leads here closes a circle."""
    done: set[Node] = set()
    for start in edges:
        path: list[Node] = []
        position: dict[Node, int] = {}
        stack: list[tuple[Node, int]] = [(start, 0)]
        while stack:
            node, index = stack.pop()
            if node in done:
                continue
            if index == 0:
                position[node] = len(path)
                path.append(node)
            if index == len(edges[node]):
                done.add(node)
                path.pop()
                del position[node]
                continue
            stack.append((node, index + 1))
            child = edges[node][index]
            if child in position:
                yield (*path[position[child] :], child)
            elif child not in done:
                stack.append((child, 0))
