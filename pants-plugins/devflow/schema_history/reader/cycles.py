"""Cycles in a graph. Standard library only, 3.8 or newer, which has no `graphlib`."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def cycles(edges: Mapping[N, Sequence[N]]) -> Iterator[tuple[N, ...]]:
    """Cycles, each with its first node again at its end; none if there are none. Depth first, without recursion."""
    done: set[N] = set()
    for start in edges:
        path: list[N] = []
        position: dict[N, int] = {}
        stack: list[tuple[N, int]] = [(start, 0)]
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
