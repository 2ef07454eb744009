"""`concurrently` for Pants with `Get`, whose own `MultiGet` takes `Get`s only, and not coroutines of helpers.

All coroutines are stepped to what they await next; that is awaited as one batch, and each gets its share of the answers. So
the slowest of a round holds up the others, and a failure in the engine surfaces at the `await concurrently(…)`: a member
cannot catch it itself.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Iterable
from typing import Any, TypeVar

from pants.engine.internals.selectors import Effect, Get

T = TypeVar("T")


async def concurrently(coroutines: Iterable[Coroutine[Any, Any, T]]) -> tuple[T, ...]:
    """Await all of them, in parallel; results in order. The first failure cancels the others."""
    members = list(coroutines)
    results: dict[int, T] = {}
    answers: dict[int, Any] = dict.fromkeys(range(len(members)))
    try:
        while answers:
            asked: dict[int, Any] = {}
            for index, answer in answers.items():
                try:
                    asked[index] = members[index].send(answer)
                except StopIteration as stop:
                    results[index] = stop.value
            answers = await _answers(asked) if asked else {}
    finally:
        # A member that is not run to its end would warn that it was never awaited.
        for member in members:
            member.close()
    return tuple(results[index] for index in range(len(members)))


async def _answers(asked: dict[int, Any]) -> dict[int, Any]:
    """What the engine answers to each: a value for a `Get`, a tuple for a tuple of them."""
    batches = {index: (question,) if isinstance(question, Get) else tuple(question) for index, question in asked.items()}
    values = iter(await _Batch(tuple(get for batch in batches.values() for get in batch)))
    shares = {index: tuple(next(values) for _ in batch) for index, batch in batches.items()}
    return {index: shares[index][0] if isinstance(asked[index], Get) else shares[index] for index in asked}


class _Batch:
    """Awaits many `Get`s at once: to the engine, a tuple of them is a `MultiGet`."""

    def __init__(self, gets: tuple[Get[Any], ...]) -> None:
        self._gets = gets

    def __await__(self) -> Generator[tuple[Get[Any], ...], tuple[Any, ...], tuple[Any, ...]]:
        return (yield self._gets)
