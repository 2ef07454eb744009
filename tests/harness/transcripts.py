"""The transcripts of the documentation, to be compared with what the commands print now."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

DOCS = Path.cwd() / "docs"
_ELIDED = "…"
# What differs from machine to machine and from day to day, each with what stands for it.
_VARIABLE = (
    (re.compile(r"\b\d+(?:\.\d+)? (?:bytes?|[KMGT]iB)"), "SIZE"),
    (re.compile(r"\b(?:\d+ (?:d|h|min|s)\b ?)+"), "TIME "),
    (re.compile(r"(?<=virtualenvs/)([\w.-]+)/3\.\d+\.\d+"), r"\1/PYTHON"),
    (re.compile(r"\b3\.\d+\.\d+\b"), "PYTHON"),
    (re.compile(r"(?<=python)3\.\d+"), "X"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "COMMIT"),
    (re.compile(r"process \d+"), "process N"),
    (re.compile(r"\b[\d,]+ (entry|entries|files?|directories|directory)\b"), "N FILES"),
    (re.compile(r"(?<=[ (])/[^ ,)]*"), "/PATH"),
    (re.compile(r"(?<=owner )\S+(?=,)"), "USER"),
)


@dataclass(frozen=True)
class Transcript:
    """A command line, and the lines that it is said to print, on stdout and stderr."""

    typed: str
    lines: tuple[str, ...]

    @property
    def command(self) -> tuple[str, ...]:
        """The arguments, without the program."""
        return tuple(shlex.split(self.typed)[1:])

    def differences(self, output: str) -> list[str]:
        """Lines that the command does not print, and that it does print besides, but for what varies."""
        documented = [_shape(line) for line in self.lines]
        printed = [_shape(line) for line in output.splitlines()]
        if documented and documented[-1].strip() == _ELIDED:
            documented.pop()
            printed = printed[: len(documented)]
        return [
            *(f"not printed: {line}" for line in documented if line not in printed),
            *(f"not documented: {line}" for line in printed if line not in documented),
        ]


def printed_by(goal: str) -> list[Transcript]:
    """The transcripts of a goal's page, in order."""
    return transcripts(DOCS / "goals" / f"{goal}.md", "What it prints")


def transcripts(document: Path, heading: str) -> list[Transcript]:
    """The transcripts of a section, in order. Raises: AssertionError if there is none."""
    sections = re.split(r"(?m)^## ", document.read_text(encoding="utf-8"))
    found = [
        transcript
        for section in sections
        if section.startswith(f"{heading}\n")
        for transcript in transcripts_of(section)
    ]
    assert found, f"{document} has no transcript in {heading}"
    return found


def transcripts_of(text: str) -> list[Transcript]:
    """Every transcript in a text, in order."""
    blocks = re.findall(r"(?ms)^```\n(\$ .*?)^```$", text)
    return [transcript for block in blocks for transcript in _commands(block.splitlines())]


def _commands(lines: Sequence[str]) -> Iterator[Transcript]:
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)]):
        yield Transcript(lines[start][2:], tuple(lines[start + 1 : end]))


def _shape(line: str) -> str:
    for pattern, stands_for in _VARIABLE:
        line = pattern.sub(stands_for, line)
    return line.rstrip()
