"""What the reports of all goals have in common. Standard library only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from devflow.common.errors import Problem
from devflow.common.masking import masked
from devflow.common.paths import is_text, shown, shown_fact


def json_report(goal: str, *, schema_version: int, mode: str, results: Sequence[object], **more: Any) -> str:
    """The JSON document of a goal, in the envelope that all goals share.

    `schema_version` is the goal's own: it rises when a key is removed or changes its meaning.
    """
    head = {"schema_version": schema_version, "goal": goal, "mode": mode}
    return printable_json(json.dumps({**head, "results": list(results), **more}, indent=2, ensure_ascii=False))


def said(facts: Iterable[str | Problem]) -> str:
    """Notes, problems with their fixes, counts: what is printed on standard error, without passwords."""
    return masked("\n".join(str(fact) if isinstance(fact, Problem) else shown_fact(fact) for fact in facts))


def printable_json(document: str) -> str:
    r"""The same document without a character that a terminal obeys: each is written as `\u001b`.

    A byte of a name that is not UTF-8 is no character of JSON: it becomes the four characters `\xff`, as in the text.
    """
    return re.sub(r"[^ -~\n]", lambda found: _in_json(found[0]), document)


def _in_json(char: str) -> str:
    if shown(char) == char:
        return char
    if not is_text(char):
        return json.dumps(shown(char))[1:-1]
    return f"\\u{ord(char):04x}" if char.isascii() else json.dumps(char)[1:-1]


def problems_as_json(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Problems as a list of objects with the keys `what` and `fix`."""
    return [problem.as_json() for problem in problems]


def count(number: int, noun: str) -> str:
    """`1 file`, `1,000 files`, `2 entries`."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """`files`, `entries`, `matches`."""
    if noun.endswith("y"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("ch", "s", "sh", "x")) else f"{noun}s"


def counts_line(counts: Sequence[str]) -> str:
    """`["exported 2", "1 up to date"]` as the sentence "Exported 2, 1 up to date."."""
    summary = ", ".join(counts) + "."
    return summary[0].upper() + summary[1:]


def to_do(command: str) -> str:
    """The last line of a run that only planned: the command that carries the plan out."""
    return f"To do it: {command}"
