"""The verdict of the process that looks at what is replaced."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import verdict


@pytest.fixture()
def question(tmp_path: Path) -> Path:
    path = tmp_path / "question"
    verdict.ask(str(path))
    return path


@pytest.mark.parametrize("allowed", [True, False])
def test_it_is_waited_for(question: Path, allowed: bool) -> None:
    asked = threading.Event()

    def say() -> None:
        asked.wait()
        verdict.answer(str(question), may_be_replaced=allowed)

    def is_awaited() -> bool:
        asked.set()
        return True

    thread = threading.Thread(target=say)
    thread.start()
    assert verdict.wait(str(question), is_awaited) is allowed
    thread.join()


def test_without_anybody_who_waits_nothing_is_replaced(question: Path) -> None:
    assert verdict.wait(str(question), lambda: False) is False


def test_a_yes_that_cannot_be_said_is_a_no(question: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(OSError, match="full"):
        verdict.answer(str(question), may_be_replaced=True)
    assert verdict.wait(str(question), lambda: True) is False


def test_a_question_that_is_withdrawn_is_a_no(question: Path) -> None:
    question.unlink()
    assert verdict.wait(str(question), lambda: True) is False
