"""Replace a name that stands for the next version by the version that is released, in Python. Pure.

Sources are read as tokens, not as text: the name is a part of no other name, and what is no token of it stays to the
byte. Nothing is imported.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from devflow.common.errors import UserError
from devflow.common.paths import shown

_PREFIX = re.compile(r"[A-Za-z]*")
# Tokens of f-strings, which Python has since 3.12; before that, an f-string is one STRING.
_FSTRING_START = getattr(tokenize, "FSTRING_START", -1)
_FSTRING_END = getattr(tokenize, "FSTRING_END", -1)
_LAYOUT = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)


@dataclass(frozen=True)
class _Piece:
    """A token, or a whole f-string: its characters from `start` up to `end`."""

    kind: int
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    text: str


def frozen(path: str, source: str, name: str, version: str) -> str:
    """The source with the version in the place of the name.

    In code, the name becomes a string; in strings, comments and the replacement fields of f-strings, it becomes the
    text of the version. An import of the name is removed. A file that assigns the name defines it, and is not changed.
    Raises: UserError for what cannot be replaced, such as an import under another name.
    """
    if name not in source:
        return source
    pieces = list(_pieces(path, source))
    code = [piece for piece in pieces if piece.kind not in _LAYOUT]
    if _is_defined(code, name):
        return source
    edits = list(_imports(path, source, code, name))
    removed = [(edit.start, edit.end) for edit in edits]
    for place, piece in enumerate(code):
        if piece.kind == tokenize.NAME and piece.text == name and not _is_within(piece, removed):
            if _is_before_equals(code, place):
                continue  # the name of an argument
            edits.append(_Edit(_start_of_chain(code, place), piece.end, f'"{version}"'))
    for piece in pieces:
        if piece.kind == tokenize.COMMENT:
            new = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", version, piece.text)
        elif piece.kind == tokenize.STRING:
            new = _in_string(path, source, piece, name, version)
        else:
            continue
        if new != piece.text and not _is_within(piece, removed):
            edits.append(_Edit(piece.start, piece.end, new))
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        source = source[: edit.start] + edit.text + source[edit.end :]
    return source


def _pieces(path: str, source: str) -> Iterator[_Piece]:
    """The tokens, with each f-string as one STRING."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", source)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    depth, begin = 0, 0
    try:
        for token in tokenize.generate_tokens(iter([*lines, "", ""]).__next__):
            start = starts[min(token.start[0] - 1, len(starts) - 1)] + token.start[1]
            end = starts[min(token.end[0] - 1, len(starts) - 1)] + token.end[1]
            if token.type == _FSTRING_START:
                begin = start if not depth else begin
                depth += 1
            if token.type == _FSTRING_END:
                depth -= 1
                if not depth:
                    yield _Piece(tokenize.STRING, source[begin:end], begin, end)
            elif not depth and token.type != tokenize.ENDMARKER:
                yield _Piece(token.type, token.string, start, end)
    except (tokenize.TokenError, SyntaxError) as error:
        what = f"{shown(path)} cannot be read as Python: {shown(str(error))}"
        raise UserError(what, fix=f"correct {shown(path)}, or leave it out of [release].placeholder_files") from None


def _is_before_equals(code: Sequence[_Piece], place: int) -> bool:
    return place + 1 < len(code) and code[place + 1].text == "="


def _is_defined(code: Sequence[_Piece], name: str) -> bool:
    """Whether a statement assigns the name, with an annotation or without."""
    for place, piece in enumerate(code):
        begins = place == 0 or code[place - 1].kind == tokenize.NEWLINE or code[place - 1].text == ";"
        if begins and piece.text == name and place + 1 < len(code) and code[place + 1].text in ("=", ":"):
            return True
    return False


def _is_within(piece: _Piece, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= piece.start < end for start, end in spans)


def _start_of_chain(code: Sequence[_Piece], place: int) -> int:
    """Where `package.module.NAME` begins."""
    while place > 1 and code[place - 1].text == "." and code[place - 2].kind == tokenize.NAME:
        place -= 2
    return code[place].start


def _imports(path: str, source: str, code: Sequence[_Piece], name: str) -> Iterator[_Edit]:
    """The removals of the name from `from … import …`; of the whole statement if it imports nothing else."""
    for place, piece in enumerate(code):
        begins = place == 0 or code[place - 1].kind == tokenize.NEWLINE or code[place - 1].text in (";", ":")
        if piece.text != "from" or not begins:
            continue
        ends = (at for at in range(place, len(code)) if code[at].kind == tokenize.NEWLINE or code[at].text == ";")
        end = next(ends, len(code))
        words = [each.text for each in code[place:end]]
        if "import" in words and name in words[words.index("import") :]:
            statement = code[place:end]
            listed = statement[words.index("import") + 1 :]
            at = next(number for number, each in enumerate(listed) if each.text == name)
            following = listed[at + 1].text if at + 1 < len(listed) else ""
            if following == "as" or (at and listed[at - 1].text == "as"):
                line = source.count("\n", 0, listed[at].start) + 1
                what = f"{shown(path)} imports {name} under another name in line {line}."
                raise UserError(what, fix=f"import it as {name}, and commit that")
            names = [each for each in listed if each.kind == tokenize.NAME]
            if len(names) == 1:
                yield _statement(source, statement[0].start, statement[-1].end)
            else:
                yield _without(source, listed, at)


def _statement(source: str, start: int, end: int) -> _Edit:
    """The removal of a statement: with its line, if it is alone there and in no block, which must not be empty."""
    stop = source.find("\n", end) + 1 or len(source)
    if (start == 0 or source[start - 1] == "\n") and not source[end:stop].partition("#")[0].strip():
        return _Edit(start, stop, "")
    return _Edit(start, end, "pass")


def _without(source: str, listed: Sequence[_Piece], at: int) -> _Edit:
    """The removal of one name of a list, with one comma; with its line, if it is alone there."""
    piece = listed[at]
    if at + 1 < len(listed) and listed[at + 1].text == ",":
        start, end = piece.start, listed[at + 1].end
        begin, stop = source.rfind("\n", 0, start) + 1, source.find("\n", end) + 1
        if stop and not source[begin:start].strip() and not source[end:stop].strip():
            return _Edit(begin, stop, "")
        return _Edit(start, end + len(source[end:]) - len(source[end:].lstrip(" ")), "")
    if at and listed[at - 1].text == ",":
        return _Edit(listed[at - 1].start, piece.end, "")
    return _Edit(piece.start, piece.end, "")


def _in_string(path: str, source: str, piece: _Piece, name: str, version: str) -> str:
    """A string with the version in it; of an f-string, the replacement field that is the name alone is the version."""
    word = rf"(?<!\w){re.escape(name)}(?!\w)"
    prefix = _PREFIX.match(piece.text)
    if "f" not in (prefix[0].lower() if prefix else ""):
        return re.sub(word, version, piece.text)
    field = rf"(?<!\{{)((?:\{{\{{)*)\{{\s*(?:\w+\.)*{word}\s*\}}"
    new = re.sub(field, lambda found: found[1] + version, piece.text)
    if re.search(rf"\{{[^{{}}]*{word}[^{{}}]*\}}", re.sub(r"\{\{|\}\}", "", new)):
        line = source.count("\n", 0, piece.start) + 1
        what = f"{shown(path)} has {name} inside of an expression of an f-string in line {line}."
        raise UserError(what, fix=f"write {{{name}}} alone, or take it out of the f-string, and commit that")
    return re.sub(word, version, new)
