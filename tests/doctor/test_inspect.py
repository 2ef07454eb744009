"""A check that hangs or fails says nothing of the machine, and keeps no other check from its answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from doctor.broken import Clone

from devflow.common.errors import UserError
from devflow.doctor.checks.registry import ALL_CHECKS
from devflow.doctor.facts import CheckResult, Finding, HealthCheck, NotCheckedError, Severity, as_facts, error, note
from devflow.doctor.inspect import inspect, made
from devflow.doctor.plan import Diagnosis, choose_checks
from devflow.doctor.world import World


@dataclass(frozen=True)
class Seen:
    text: str


def judge(seen: Seen) -> Iterator[Finding]:
    if seen.text == "bad":
        yield error("bad", "mend")


def test_one_that_hangs_is_given_up(clone: Clone) -> None:
    """A FIFO that nobody writes stands for a disk that does not answer."""
    fifo = clone.base / "fifo"
    os.mkfifo(fifo)

    def hang(world: World) -> Seen:
        return Seen(fifo.read_text())

    checks = [HealthCheck("hangs", "", hang, judge), HealthCheck("other", "", lambda world: Seen("bad"), judge)]
    hung, other = inspect(checks, clone.world(), limit_s=1.0)
    assert hung.not_checked == "no answer in 1 s"
    os.close(os.open(fifo, os.O_WRONLY))  # lets the thread end
    assert other == CheckResult("other", (error("bad", "mend"),), facts={"text": "bad"})


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (NotCheckedError("none here"), "none here"),
        (UserError("x is wrong.", fix="y"), "x is wrong."),
        (PermissionError(13, "Permission denied", "/x"), "/x: Permission denied"),
        (OSError("no number"), "no number"),
        (ValueError("a mistake of ours"), "ValueError: a mistake of ours"),
    ],
)
def test_one_that_fails(clone: Clone, failure: Exception, reason: str) -> None:
    def fail(world: World) -> Seen:
        raise failure

    assert made(HealthCheck("x", "", fail, judge), clone.world()) == CheckResult("x", not_checked=reason)


def test_what_is_chosen() -> None:
    def chosen(*, only: str = "", skip: str = "", network: bool = False) -> list[str]:
        return [one.name for one in choose_checks(ALL_CHECKS, only=[only], skip=[skip], network=network)]

    assert chosen(only="store, git") == ["store", "git"]
    assert chosen(only="index") == ["index"]
    assert "index" not in chosen()
    assert chosen(network=True)[-1] == "index"
    assert set(chosen()) - set(chosen(skip="store,git")) == {"store", "git"}


def test_the_exit_code() -> None:
    one = CheckResult("x", (note("a", "b"),))
    assert Diagnosis((one,), strict=True).exit_code == 0
    assert Diagnosis((CheckResult("x", not_checked="y"),), strict=True).exit_code == 0
    assert Diagnosis((one,)).count(Severity.NOTE) == 1


def test_facts_hold_no_password() -> None:
    assert as_facts(Seen("https://u:hunter2@h.example/")) == {"text": "https://…@h.example/"}


def test_names_are_words_and_each_is_there_once() -> None:
    names = [check.name for check in ALL_CHECKS]
    assert len(set(names)) == len(names) == 29
    assert all(name.replace("-", "").isalpha() for name in names)


def test_however_many_hang_the_others_are_made(clone: Clone) -> None:
    fifo = clone.base / "fifo"
    os.mkfifo(fifo)

    def hang(world: World) -> Seen:
        return Seen(fifo.read_text())

    hanging = [HealthCheck(f"hangs{number}", "", hang, judge) for number in range(5)]
    others = [HealthCheck(f"other{number}", "", lambda world: Seen("good"), judge) for number in range(5)]
    results = inspect([one for pair in zip(hanging, others) for one in pair], clone.world(), limit_s=3.0)
    os.close(os.open(fifo, os.O_WRONLY))
    assert [result.not_checked for result in results] == ["no answer in 3 s", ""] * 5
