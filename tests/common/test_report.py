from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.errors import Problem
from devflow.common.paths import as_text, shown
from devflow.common.report import count, counts_line, json_report, problems_as_json, to_do


def test_the_envelope_comes_first_and_names_are_readable() -> None:
    text = json_report("some-goal", schema_version=3, mode="check", results=[{"name": "übung"}], removed=["a"])
    assert list(json.loads(text)) == ["schema_version", "goal", "mode", "results", "removed"]
    assert json.loads(text)["results"] == [{"name": "übung"}]
    assert "übung" in text


@given(st.text() | st.binary().map(os.fsdecode))
def test_a_document_is_json_whatever_is_in_it(name: str) -> None:
    text = json_report("some-goal", schema_version=1, mode="plan", results=[{name: [name]}], note=name)
    text.encode()
    assert all(shown(line) == line for line in text.split("\n"))
    read = json.loads(text)
    assert read["note"] == as_text(name)
    assert read["results"] == [{as_text(name): [as_text(name)]}]


def test_problems() -> None:
    assert problems_as_json([Problem("a", "b")]) == [{"what": "a", "fix": "b"}]


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (1, "file", "1 file"),
        (0, "file", "0 files"),
        (1000, "file", "1,000 files"),
        (2, "entry", "2 entries"),
        (2, "branch", "2 branches"),
        (2, "news fragment", "2 news fragments"),
    ],
)
def test_count(number: int, noun: str, text: str) -> None:
    assert count(number, noun) == text


def test_closing_lines() -> None:
    assert counts_line(["exported 2", "1 up to date"]) == "Exported 2, 1 up to date."
    assert to_do("pants release") == "To do it: pants release"
