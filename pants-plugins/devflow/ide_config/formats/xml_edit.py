"""Puts elements into the text of an XML file, as IntelliJ's settings are, and changes nothing else in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from devflow.common.splices import CannotEditError, indent_at, line_of, newline_of

_UNIT = "  "
_START = re.compile(r"""<[^\s/>]+(?:[^>"']|"[^"]*"|'[^']*')*>""")
_END = re.compile(r"</[^>]*>")
_BOM = "\ufeff"


@dataclass(frozen=True)
class XmlElement:
    """An element with its attributes in order; the first one, if there is any, tells it from others of its tag.

    One that is `alone` is never put beside another of its tag: the user has decided about that one.
    """

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    alone: bool = False

    @property
    def key(self) -> tuple[str, str] | None:
        """The attribute that tells it from others."""
        return self.attributes[0] if self.attributes else None

    def opened(self) -> str:
        """Its tag and attributes, without the closing bracket."""
        return "".join([f"<{self.tag}", *(f" {name}={quoteattr(value)}" for name, value in self.attributes)])


@dataclass
class XmlNode:
    """An element in a text, from `start` up to `end`; its start tag ends at `inside`."""

    tag: str
    attributes: dict[str, str]
    start: int
    inside: int
    end: int = 0
    children: list[XmlNode] = field(default_factory=list)

    def is_a(self, element: XmlElement) -> bool:
        """Whether it has the tag and the key of an element."""
        return self.tag == element.tag and (not element.key or self.attributes.get(element.key[0]) == element.key[1])

    def child(self, element: XmlElement) -> XmlNode | None:
        """The first child that is such an element."""
        return next((child for child in self.children if child.is_a(element)), None)


def parse(text: str) -> XmlNode:
    """The root of a document. Raises: CannotEditError."""
    offset = len(_BOM) if text.startswith(_BOM) else 0
    data = text[offset:].encode()
    parser = expat.ParserCreate("utf-8")
    top = XmlNode("", {}, 0, 0)
    open_nodes = [top]

    def position() -> int:
        return offset + len(data[: parser.CurrentByteIndex].decode())

    def begin(tag: str, attributes: dict[str, str]) -> None:
        start = position()
        match = _START.match(text, start)
        node = XmlNode(tag, attributes, start, match.end() if match else start)
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def finish(tag: str) -> None:
        node = open_nodes.pop()
        match = None if text[node.inside - 2] == "/" else _END.match(text, position())
        node.end = match.end() if match else node.inside

    def refuse(*_: object) -> None:
        raise CannotEditError(f"line {parser.CurrentLineNumber}: it has a document type")

    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise CannotEditError(f"line {error.lineno}: {expat.ErrorString(error.code)}") from None
    return top.children[0]


def put(text: str, path: Sequence[XmlElement], instead: Sequence[XmlElement] = ()) -> str:
    """Put the last element of a path into the others, of which the first is the root; those that lack are made.

    Nothing changes if the element, or one of those `instead`, is there. Raises: CannotEditError.
    """
    root, *inner = path
    if not text.strip(f"{_BOM} \t\r\n"):
        declaration = '<?xml version="1.0" encoding="UTF-8"?>'
        text = f"{text.rstrip()}{declaration}\n{root.opened()}>\n</{root.tag}>\n"
    node = parse(text)
    if node.tag != root.tag:
        raise CannotEditError(f"line 1: it is a <{node.tag}>, and should be a <{root.tag}>")
    for depth, element in enumerate(inner):
        is_last = depth == len(inner) - 1
        found = node.child(element)
        if not found and is_last and any(node.child(other) for other in instead):
            return text
        other = next((child for child in node.children if child.tag == element.tag), None)
        if not found and element.alone and other:
            raise CannotEditError(f"line {line_of(text, other.start)}: it already has another <{element.tag}>")
        if not found:
            return _insert(text, node, inner[depth:])
        node = found
    return text


def _insert(text: str, parent: XmlNode, chain: Sequence[XmlElement]) -> str:
    """Put elements, each inside of the one before it, into a parent: after the last one of the same tag, if any."""
    newline = newline_of(text)
    outer = indent_at(text, parent.start)
    indent = indent_at(text, parent.children[0].start) if parent.children else outer + _UNIT
    lines = _rendered(chain, indent if indent != outer else outer + _UNIT)
    body = newline.join(lines)
    same = [child for child in parent.children if child.tag == chain[0].tag]
    after = same[-1] if same else parent.children[-1] if parent.children else None
    if after:
        return text[: after.end] + newline + body + text[after.end :]
    if parent.inside == parent.end:  # <content … />
        opened = text[parent.start : parent.inside - 2].rstrip()
        closed = f"{opened}>{newline}{body}{newline}{outer}</{parent.tag}>"
        return text[: parent.start] + closed + text[parent.end :]
    closing = text.rindex("</", parent.inside, parent.end)
    between = text[parent.inside : closing].rstrip()
    return text[: parent.inside] + between + newline + body + newline + outer + text[closing:]


def _rendered(chain: Sequence[XmlElement], indent: str) -> list[str]:
    first, *rest = chain
    if not rest:
        return [f"{indent}{first.opened()} />"]
    return [f"{indent}{first.opened()}>", *_rendered(rest, indent + _UNIT), f"{indent}</{first.tag}>"]
