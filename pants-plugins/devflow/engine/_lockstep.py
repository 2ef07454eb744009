"""`concurrently` for Pants with `Get`, whose own `MultiGet` takes `Get`s only, and not coroutines of helpers.

All coroutines are stepped to what they await next; that is awaited as one batch, and each gets its share of the
answers. So the slowest of a round holds up the others, and a failure in the engine surfaces at
`await concurrently(...)`: a member cannot catch it itself.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Iterable
from typing import Any, TypeVar, Union, overload

from pants.engine.internals.selectors import Effect, Get

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

# What a coroutine awaits: one `Get`, or the tuple of them that a `MultiGet` (or a `concurrently` inside) yields.
_Question = Union[Get[Any], "tuple[Get[Any], ...]"]


@overload
async def concurrently(first: Iterable[Coroutine[Any, Any, T]], /) -> tuple[T, ...]: ...


@overload
async def concurrently(first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B], /) -> tuple[A, B]: ...


@overload
async def concurrently(
    first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B], third: Coroutine[Any, Any, C], /
) -> tuple[A, B, C]: ...


async def concurrently(first: Any, /, *others: Any) -> tuple[Any, ...]:
    """Await coroutines in parallel, given as one iterable or one by one; results in order.

    The first failure closes the other coroutines. None of them may run an interactive process.
    """
    members: list[Coroutine[Any, Any, Any]] = [first, *others] if others else list(first)
    results: list[Any] = [None] * len(members)
    answers: dict[int, Any] = dict.fromkeys(range(len(members)))
    try:
        while answers:
            questions: dict[int, _Question] = {}
            for index, answer in answers.items():
                try:
                    questions[index] = members[index].send(answer)
                except StopIteration as finished:
                    results[index] = finished.value
            answers = await _ask(questions)
    finally:
        for member in members:
            member.close()
    return tuple(results)


async def _ask(questions: dict[int, _Question]) -> dict[int, Any]:
    """Await all questions as one batch; a question that is a tuple is answered by a tuple."""
    batches = {index: tuple(asked) if isinstance(asked, tuple) else (asked,) for index, asked in questions.items()}
    gets = tuple(get for batch in batches.values() for get in batch)
    if any(isinstance(get, Effect) for get in gets):
        raise TypeError("An interactive process has the terminal for itself: await it outside of `concurrently`.")
    values = iter(await _Batch(gets) if gets else ())
    shares = {index: tuple(next(values) for _ in batch) for index, batch in batches.items()}
    return {index: share if isinstance(questions[index], tuple) else share[0] for index, share in shares.items()}


class _Batch:
    """Awaits many `Get`s at once: to the engine, a tuple of them is a `MultiGet`."""

    def __init__(self, gets: tuple[Get[Any], ...]) -> None:
        self._gets = gets

    def __await__(self) -> Generator[tuple[Get[Any], ...], tuple[Any, ...], tuple[Any, ...]]:
        return (yield self._gets)
