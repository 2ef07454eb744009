"""`concurrently` for Pants with `Get`: what it asks the engine for, and that it leaves no coroutine behind."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest
from pants.engine.internals.selectors import Effect, Get, MultiGet

from devflow.engine._lockstep import concurrently

closed: list[str] = []


async def _ask(*questions: type) -> list[Any]:
    """Await one `Get` after the other."""
    try:
        return [await Get(question) for question in questions]
    finally:
        closed.append(f"asked for {len(questions)}")


async def _ask_at_once(*questions: type) -> tuple[Any, ...]:
    return await MultiGet(Get(question) for question in questions)


async def _ask_for_nothing() -> str:
    return "nothing"


async def _fail() -> None:
    raise ValueError("of a member")


async def _side_effect() -> None:
    await Effect(int)


def _run(coroutine: Coroutine[Any, Any, Any]) -> tuple[Any, list[tuple[str, ...]]]:
    """Be the engine, whose answer to `Get(int)` is "int": the result, and what was asked for in each round."""
    rounds: list[tuple[str, ...]] = []
    answer: Any = None
    while True:
        try:
            asked = coroutine.send(answer)
        except StopIteration as finished:
            return finished.value, rounds
        rounds.append(tuple(get.output_type.__name__ for get in asked))
        answer = rounds[-1]


@pytest.fixture(autouse=True)
def _forget() -> None:
    closed.clear()


def test_each_round_is_one_batch() -> None:
    result, rounds = _run(concurrently([_ask(int, str), _ask(bool), _ask(bytes, list, dict)]))
    assert result == (["int", "str"], ["bool"], ["bytes", "list", "dict"])
    assert rounds == [("int", "bool", "bytes"), ("str", "list"), ("dict",)]


def test_batches_inside_join_the_batch() -> None:
    result, rounds = _run(concurrently(_ask(int), _ask_at_once(str, bool), concurrently([_ask(bytes), _ask(list)])))
    assert result == (["int"], ("str", "bool"), (["bytes"], ["list"]))
    assert rounds == [("int", "str", "bool", "bytes", "list")]


@pytest.mark.parametrize("count", [0, 2])
def test_the_engine_is_not_asked_for_nothing(count: int) -> None:
    result, rounds = _run(concurrently(_ask_for_nothing() for _ in range(count)))
    assert result == ("nothing",) * count
    assert rounds == []


def test_an_empty_batch_is_answered_without_the_engine() -> None:
    result, rounds = _run(concurrently([_ask_at_once(), _ask_at_once()]))
    assert result == ((), ())
    assert rounds == []


def test_a_failing_member_closes_the_others() -> None:
    with pytest.raises(ValueError, match="of a member"):
        _run(concurrently([_ask(int), _fail(), _ask(str)]))
    # The third never started, so it has nothing to clean up; it must not warn that it was never awaited, either.
    assert closed == ["asked for 1"]


def test_a_failure_of_the_engine_surfaces_and_closes_the_members() -> None:
    running = concurrently([_ask(int), _ask(str, bool)])
    running.send(None)
    with pytest.raises(ValueError, match="of the engine"):
        running.throw(ValueError("of the engine"))
    assert closed == ["asked for 1", "asked for 2"]


def test_no_side_effects() -> None:
    with pytest.raises(TypeError, match="interactive process"):
        _run(concurrently([_ask(int), _side_effect()]))
    assert closed == ["asked for 1"]
