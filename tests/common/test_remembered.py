from __future__ import annotations

import pytest

from devflow.common import remembered as remembered_contents
from devflow.common.remembered import Remembered, by_content


def test_only_the_last_state_has_a_result() -> None:
    remembered: Remembered[int] = Remembered()
    assert remembered.of("first") is None
    assert remembered.keep("first", 1) == 1
    assert remembered.of("first") == 1
    assert remembered.of("second") is None
    assert remembered.keep("second", 2) == 2
    assert (remembered.of("first"), remembered.of("second")) == (None, 2)


def test_a_state_that_is_not_known() -> None:
    remembered: Remembered[int] = Remembered()
    assert remembered.keep(None, 1) == 1
    assert remembered.of(None) is None


def test_a_content_is_read_once_and_an_error_each_time() -> None:
    read = []

    @by_content
    def length(content: bytes) -> int:
        read.append(content)
        if not content:
            raise ValueError("empty")
        return len(content)

    assert [length(b"one"), length(b"three"), length(b"one"), length(bytes(bytearray(b"three")))] == [3, 5, 3, 5]
    for _ in range(2):
        with pytest.raises(ValueError, match="empty"):
            length(b"")
    assert read == [b"one", b"three", b"", b""]


def test_of_many_contents_some_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered_contents, "_MOST_CONTENTS", 3)
    read = []

    @by_content
    def number(content: bytes) -> int:
        read.append(int(content))
        return int(content)

    contents = [str(one).encode() for one in (0, 1, 2, 3, 3, 0)]
    assert [number(content) for content in contents] == [0, 1, 2, 3, 3, 0]
    assert read == [0, 1, 2, 3, 0]
