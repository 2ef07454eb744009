"""Check the section that towncrier writes against the changelog that is there: its place, and its version. Pure.

A changelog is read by its structure. A version in a sentence, in a code block or in a wrapped bullet is no section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from devflow.common.errors import Problem

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r"([!-/:-@\[-`{-~])\1*[ \t]*")
_SETEXT = "=-"
_BULLET = re.compile(r"([-*+]|#\.|\d+[.)])[ \t]|\.\. |<!--|\|")
_NUMBER = re.compile(r"\d[\w.+!-]*")


@dataclass(frozen=True)
class Line:
    """A line that may be a title. `level` is 0 for one that begins a paragraph, else that of the heading, from 1 on.

    `start` counts characters.
    """

    start: int
    level: int
    text: str


def titles(text: str, *, markdown: bool) -> tuple[Line, ...]:
    """The headings of a changelog, and the lines that begin a paragraph at the left margin."""
    return tuple(_titles(text, markdown))


def _titles(text: str, markdown: bool) -> Iterator[Line]:
    levels: list[str] = []  # of reStructuredText: an underline's level is given by its first use
    fence = ""
    in_comment = False
    start, begins = 0, True
    lines = text.split("\n")
    for number, line in enumerate(lines):
        here, start = start, start + len(line) + 1
        opens = _FENCE.match(line) if markdown or line.startswith("```") else None
        if fence or in_comment:
            if fence and opens and opens[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
            in_comment = in_comment and "-->" not in line
            begins = True
            continue
        if opens:
            fence = opens[1]
            continue
        if markdown and line.lstrip().startswith("<!--"):
            in_comment, begins = "-->" not in line, True
            continue
        heading = _ATX.fullmatch(line) if markdown else None
        if heading:
            yield Line(here, len(heading[1]), heading[2])
        elif begins and line.strip() and not line[0].isspace():
            below = _UNDERLINE.fullmatch(lines[number + 1]) if number + 1 < len(lines) else None
            width = len(lines[number + 1].strip()) if below else 0
            if _UNDERLINE.fullmatch(line):
                continue  # a line above a title, or a transition
            if below and (width >= 4 or width >= len(line.strip())) and (not markdown or below[1] in _SETEXT):
                yield Line(here, _level(below[1], levels, markdown), line.strip())
            elif not _BULLET.match(line):
                yield Line(here, 0, line.strip())
        begins = not line.strip() or bool(heading) or _is_rst_comment(line) or bool(_UNDERLINE.fullmatch(line))


def _level(character: str, levels: list[str], markdown: bool) -> int:
    if markdown:
        return _SETEXT.index(character) + 1
    if character not in levels:
        levels.append(character)
    return levels.index(character) + 1


def _is_rst_comment(line: str) -> bool:
    return line.startswith(".. ")


def changelog_problems(path: str, before: str, after: str, version: str, start_string: str) -> tuple[Problem, ...]:
    """Why the section that towncrier has written is at the wrong place, or there twice.

    `before` and `after` are the changelog without the section and with it.
    """
    before = before.replace("\r\n", "\n").replace("\r", "\n")  # as towncrier reads it
    has_marker = start_string in before
    old = before.split(start_string, 1)[1].lstrip() if has_marker else before.lstrip()
    first = after.index(start_string) + len(start_string) if has_marker else 0
    end = len(after) - len(old)
    lines = titles(after, markdown=path.endswith(".md"))
    new = [line for line in lines if first <= line.start < end]
    problems = []
    if not has_marker and old.strip() and not _begin_alike(lines, after, end):
        marker = start_string.strip("\n")
        what = f"{path} does not have the marker of towncrier, {marker!r}: the section would go to the very top."
        problems.append(Problem(what, f"write the line {marker} where the sections begin, and commit it"))
    if old.strip() and not after[:end].endswith("\n"):
        what = f"The new section ends without a newline, so that {path} would go on in its last line."
        problems.append(Problem(what, "end the template with two empty lines, and commit it"))
    title = next((line for line in new if _version(version).search(line.text)), None)
    twice = title and next((line for line in lines if line not in new and _same(line, title, version)), None)
    if twice:
        what = f"{path} has {version} already: {twice.text!r}."
        problems.append(Problem(what, "release another version, or remove that section and commit"))
    return tuple(problems)


def produced_before(path: str, before: str, title: str) -> Problem:
    """The problem of a changelog for which towncrier itself refuses: it looks for its title anywhere in the text."""
    lines = before.splitlines()
    number = next((number for number, line in enumerate(lines, 1) if title.split("\n")[0] in line), 0)
    what = f"towncrier refuses: its title {title!r} is in {path} already, in line {number}."
    return Problem(what, f"release another version, or change line {number} of {path} and commit")


def _version(version: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.+!-])v?{re.escape(version)}(?![\w+!-]|\.\w)")


def _same(line: Line, title: Line, version: str) -> bool:
    """Whether a line is the title of a section of this version, too: the same words before it, at most a date after it.

    A deeper heading, and a paragraph where the title is a heading, belong to another section.
    """
    if (line.level == 0 and title.level) or (title.level and line.level > title.level):
        return False
    pattern = _version(version)
    found, own = pattern.search(line.text), pattern.search(title.text)
    if not found or not own:
        return False
    words = line.text[: found.start()].strip("[( \t").lower()
    own_words = title.text[: own.start()].strip("[( \t").lower()
    after = re.sub(r"\[.*?\]|\(.*?\)", " ", line.text[found.end() :])
    return words in ("", "version", "release", own_words) and not re.search(r"[A-Za-z]{2,}.* [A-Za-z]{2,}", after)


def _begin_alike(lines: tuple[Line, ...], after: str, end: int) -> bool:
    """Whether the changelog begins as the new section above it does, so that the top is the place of a section.

    That is so for a file that a release has made, and where the newest section is on top on purpose.
    """
    beginnings = []
    for text, at in ((after[:end], 0), (after[end:], end)):
        at += len(text) - len(text.lstrip())
        line = next((line for line in lines if line.start == at), None)
        words = line.text if line else text.lstrip().split("\n", 1)[0]
        beginnings.append((line.level if line else 0, words, "." in "".join(_NUMBER.findall(words))))
    (level, words, versioned), (old_level, old_words, old_versioned) = beginnings
    if level and level == old_level and versioned == old_versioned:
        return True
    return _NUMBER.sub("0", words) == _NUMBER.sub("0", old_words)
