"""A managed block, delimited by marker comments, in a user-owned file: Vim script, Lua, TOML, Lisp."""

from __future__ import annotations

import re
from dataclasses import dataclass

from devflow.common.splices import CannotEditError, line_of, newline_of

_BEGIN = ">>> devflow ide-config: written by `ide-config`, changes are lost >>>"
_END = "<<< devflow ide-config <<<"
_RECOGNISED = (">>> devflow ide-config", "<<< devflow ide-config")


@dataclass(frozen=True)
class Syntax:
    """The comments of a language; `brackets` enclose the whole content of a file, as in Lisp's data."""

    comment: str
    brackets: tuple[str, str] | None = None


VIM = Syntax('"')
LUA = Syntax("--")
TOML = Syntax("#")
LISP = Syntax(";;", ("(", ")"))


@dataclass(frozen=True)
class Block:
    """The lines between the marks, and the position of the block with its marks."""

    lines: tuple[str, ...]
    start: int
    end: int


def find(text: str, syntax: Syntax) -> Block | None:
    """The block in a text, if there is one. Raises: CannotEditError if its marks are not one pair."""
    begins, ends = (
        list(re.finditer(rf"^[ \t]*{re.escape(syntax.comment)} {re.escape(mark)}[^\n]*\n?", text, re.MULTILINE))
        for mark in _RECOGNISED
    )
    if not begins and not ends:
        return None
    if len(begins) != 1 or len(ends) != 1 or ends[0].start() < begins[0].end():
        where = line_of(text, min(mark.start() for mark in begins + ends))
        raise CannotEditError(f"line {where}: the marker comments of the ide-config block are not one pair")
    inner = text[begins[0].end() : ends[0].start()]
    return Block(tuple(inner.splitlines()), begins[0].start(), ends[0].end())


def outside(text: str, syntax: Syntax) -> str:
    """The text without the block. Raises: CannotEditError."""
    found = find(text, syntax)
    return text[: found.start] + text[found.end :] if found else text


def put(text: str, syntax: Syntax, body: str) -> str:
    """Put the block into a text; it replaces an existing one. Raises: CannotEditError."""
    found = find(text, syntax)
    # A block keeps its own line ends: those of the rest of the file may be of several kinds.
    newline = newline_of(text[found.start : found.end] if found else text)
    lines = [f"{syntax.comment} {_BEGIN}", *body.splitlines(), f"{syntax.comment} {_END}"]
    block = "".join(line + newline for line in lines)
    if found:
        if found.end == len(text) and not text.endswith("\n"):
            block = block[: -len(newline)]
        return text[: found.start] + block + text[found.end :]
    if syntax.brackets:
        return _put_inside(text, syntax, syntax.brackets, block, newline)
    if text:
        text += newline if text.endswith("\n") else newline * 2
    return text + block


def _put_inside(text: str, syntax: Syntax, brackets: tuple[str, str], block: str, newline: str) -> str:
    """Put the block after the first opening bracket that is not in a comment."""
    opening, closing = brackets
    match = re.match(rf"(?:[\s\ufeff]|{syntax.comment[0]}[^\n]*(?:\n|$))*", text)
    offset = match.end() if match else 0
    if offset == len(text):
        gap = newline if text and not text.endswith("\n") else ""
        return f"{text}{gap}{opening}{newline}{block}{closing}{newline}"
    if not text.startswith(opening, offset):
        raise CannotEditError(f"line {line_of(text, offset)}: it does not begin with {opening}")
    offset += len(opening)
    return text[:offset] + newline + block + text[offset:]
