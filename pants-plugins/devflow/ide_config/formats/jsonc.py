"""JSON as editors read it: with comments, trailing commas and a byte order mark. Changed by splices, never rewritten.

Source: `modify` and `applyEdits` of jsonc-parser 3.3.1 (npm); the tests compare the results.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from devflow.common.splices import (
    CannotEditError,
    Splice,
    TextNode,
    append_to,
    apply,
    indent_at,
    last_in,
    line_of,
    merge_entries,
    newline_of,
)

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n\ufeff]+|//[^\r\n]*|/\*.*?\*/)
    |(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")
    |(?P<literal>true\b|false\b|null\b|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.]))
    |(?P<sign>[][{}:,])
    """,
    re.VERBOSE | re.DOTALL,
)
_TWO_ITEMS = 2


class _Tokens:
    """The tokens of a text, one ahead; comments are skipped."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tail = 0  # where the last token or comment before the one ahead ends
        self._all = self._scan()
        self.kind, self.start, self.stop = next(self._all)

    def _scan(self) -> Iterator[tuple[str, int, int]]:
        offset = 0
        while offset < len(self.text):
            match = _TOKEN.match(self.text, offset)
            if not match:
                raise self.error(offset)
            if match.lastgroup != "space":
                yield (match.lastgroup or "", match.start(), match.end())
                self.tail = match.end()
            elif match[0][0] == "/":
                self.tail = match.end()
            offset = match.end()
        yield ("end", offset, offset)

    def error(self, offset: int) -> CannotEditError:
        found = self.text[offset : offset + 10].split("\n")[0]
        what = f"unexpected {found!r}" if found else "it ends too early"
        return CannotEditError(f"line {line_of(self.text, offset)}: {what}")

    @property
    def ahead(self) -> str:
        return self.text[self.start : self.stop] if self.kind == "sign" else self.kind

    def take(self, *wanted: str) -> tuple[str, int, int]:
        if self.ahead not in wanted:
            raise self.error(self.start)
        token = (self.text[self.start : self.stop], self.start, self.stop)
        if self.kind != "end":
            self.kind, self.start, self.stop = next(self._all)
        return token


def parse(text: str) -> TextNode | None:
    """The value in the text; None for a text without a value. Raises: CannotEditError."""
    tokens = _Tokens(text)
    if tokens.ahead == "end":
        return None
    try:
        root = _value(tokens)
    except RecursionError:
        raise CannotEditError("it is nested too deeply") from None
    tokens.take("end")
    return root


def _value(tokens: _Tokens) -> TextNode:
    if tokens.ahead in ("{", "["):
        return _container(tokens)
    text, start, end = tokens.take("string", "literal")
    try:
        return TextNode(start, end, json.loads(text))
    except ValueError:
        raise tokens.error(start) from None


def _container(tokens: _Tokens) -> TextNode:
    opening, start, _ = tokens.take("{", "[")
    closing = "}" if opening == "{" else "]"
    node = TextNode(start, 0, {} if opening == "{" else [])
    while tokens.ahead != closing:
        if opening == "{":
            key = json.loads(tokens.take("string")[0])
            tokens.take(":")
            value = _value(tokens)
            node.members.append((key, value))
            node.value[key] = value.value
        else:
            value = _value(tokens)
            node.items.append(value)
            node.value.append(value.value)
        if tokens.ahead != ",":
            break
        node.commas.append(tokens.take(",")[1])
    node.tail = tokens.tail
    node.end = tokens.take(closing)[2]
    return node


def reader(text: str) -> Callable[[Sequence[str]], Any]:
    """A function from a path to the value there, None without one. Raises: CannotEditError."""
    root = parse(text)

    def read(path: Sequence[str]) -> Any:
        node = root
        for key in path:
            node = node.member(key) if node else None
        return node.value if node else None

    return read


def strings(text: str) -> Iterator[tuple[str, int, int]]:
    """The key ("a.b[0]"), start and end of each string that is a value. Raises: CannotEditError."""

    def below(key: str, node: TextNode) -> Iterator[tuple[str, int, int]]:
        if isinstance(node.value, str):
            yield key, node.start, node.end
        for name, member in node.members:
            yield from below(f"{key}.{name}" if key else name, member)
        for index, item in enumerate(node.items):
            yield from below(f"{key}[{index}]", item)

    root = parse(text)
    if root:
        yield from below("", root)


def value_at(text: str, path: Sequence[str]) -> Any:
    """The value, or None if there is none. Raises: CannotEditError."""
    return reader(text)(path)


def set_value(text: str, path: Sequence[str], value: Any) -> str:
    """Put a value at the path; nothing changes if it has an equal one. Raises: CannotEditError."""
    return _edit(text, path, lambda node: [Splice(node.start, node.end, "")], value)


def set_default(text: str, path: Sequence[str], value: Any) -> str:
    """As `set_value`, but an existing value is kept. Raises: CannotEditError."""
    return _edit(text, path, lambda node: [], value)


def set_entries(text: str, path: Sequence[str], wanted: Sequence[str], ours: Callable[[Any], bool]) -> str:
    """Make the array at the path hold these strings, and no other of `ours`. Raises: CannotEditError."""
    node = parse(text)
    for key in path:
        node = node.member(key) if node else None
    if node is None or not isinstance(node.value, list):
        return set_value(text, path, list(wanted))
    return apply(text, merge_entries(text, node, wanted, ours, _dumps, _unit(text)))


def _edit(text: str, path: Sequence[str], replace: Callable[[TextNode], list[Splice]], value: Any) -> str:
    root = parse(text)
    unit = _unit(text)
    if root is None:
        newline = newline_of(text)
        between = newline if text.strip("\ufeff \t\r\n") and not text.endswith("\n") else ""
        return text + between + "{" + newline + unit + _member(text, path, value, unit, unit) + newline + "}" + newline
    node = root
    for depth, key in enumerate(path):
        if not isinstance(node.value, dict):
            where = ".".join(path[:depth]) or "the whole"
            raise CannotEditError(f"line {line_of(text, node.start)}: {where} is not an object")
        child = node.member(key)
        if child is None:
            last = last_in(node)
            indent = indent_at(text, last.start if last else node.start)
            if last is None:
                indent += unit
            return apply(text, append_to(text, node, [_member(text, path[depth:], value, indent, unit)], unit))
        node = child
    if _same(node.value, value):
        return text
    rendered = _render(text, value, indent_at(text, node.start), unit)
    return apply(text, [Splice(one.start, one.end, rendered) for one in replace(node)])


def _same(have: Any, want: Any) -> bool:
    """Equal and of one type: `True == 1` in Python, but not in JSON."""
    return bool(have == want) and isinstance(have, bool) == isinstance(want, bool)


def _member(text: str, path: Sequence[str], value: Any, indent: str, unit: str) -> str:
    """A member as text, with nested objects for further keys."""
    for key in reversed(path[1:]):
        value = {key: value}
    return f"{_dumps(path[0])}: {_render(text, value, indent, unit)}"


def _render(text: str, value: Any, indent: str, unit: str) -> str:
    short = isinstance(value, (list, tuple)) and len(value) < _TWO_ITEMS
    rendered = _dumps(value) if short else json.dumps(value, indent=unit, ensure_ascii=False)
    return rendered.replace("\n", newline_of(text) + indent)


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _unit(text: str) -> str:
    """The indentation of the text: that of its first indented line."""
    match = re.search(r"\n([ \t]+)[^\s/*]", text)
    return match[1] if match else "  "
