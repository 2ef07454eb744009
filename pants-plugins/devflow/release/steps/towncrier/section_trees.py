"""Read the sections of a changelog: which versions have one, and each as a tree of headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from devflow.common.errors import UserError
from devflow.release.steps.towncrier.changelog import Line
from devflow.release.versions.version import Version, parse

_VERSION = re.compile(r"(?<![\w.])v?([0-9]+(?:\.[0-9]+)+[0-9A-Za-z.+!-]*)")
ITEM = re.compile(r"[-*+] ")
_UNDERLINE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}[ \t]*")
NOTHING = re.compile(r"no significant changes\.?", re.IGNORECASE)


@dataclass
class Node:
    """A heading with what stands below it. `heading` are its lines, `blocks` items and paragraphs without empty lines.

    `spaced`: empty lines separate the items. `gap` and `above` are the empty lines after and before the heading.
    """

    title: str
    heading: str
    blocks: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    spaced: bool = False
    gap: str = "\n"
    above: str = "\n"

    @property
    def is_empty(self) -> bool:
        """Whether the heading has no text, or only the words for an empty category."""
        return not self.children and all(NOTHING.fullmatch(block.strip()) for block in self.blocks)


@dataclass(frozen=True)
class ChangelogSection:
    """A section of a changelog: where it begins and ends, in characters, and its heading."""

    version: Version
    start: int
    end: int
    line: Line


def sections_in(text: str, lines: Sequence[Line]) -> list[ChangelogSection]:
    """The headings that begin with a version, or have it after the name of the project; a deeper one is no section."""
    found = []
    for line in lines:
        match = _VERSION.search(line.text) if line.level else None
        if not match:
            continue
        try:
            version = parse(match[1].rstrip(".-"))
        except UserError:
            continue
        end = next((each.start for each in lines if each.start > line.start and 0 < each.level <= line.level), None)
        start = _with_overline(text, line.start)
        found.append(ChangelogSection(version, start, len(text) if end is None else _with_overline(text, end), line))
    top = min((each.line.level for each in found), default=0)
    return [each for each in found if each.line.level == top]


def _with_overline(text: str, start: int) -> int:
    """Where a title begins, with the line above it that reStructuredText may have."""
    before = text.rfind("\n", 0, start - 1) + 1 if start else 0
    title_end = text.find("\n", start)
    below = text[title_end + 1 :].partition("\n")[0]
    return before if start and text[before : start - 1] == below and _UNDERLINE.fullmatch(below) else start


def tree_of(text: str, section: ChangelogSection, lines: Sequence[Line]) -> Node:
    """The section as a tree of headings."""
    inner = [line for line in lines if section.line.start < line.start < section.end and line.level]
    bounds = [section.start, *(_with_overline(text, line.start) for line in inner), section.end]
    nodes = [
        (line.level, _node(text, begin, line, end))
        for line, begin, end in zip([section.line, *inner], bounds, bounds[1:])
    ]
    for (_, before), (_, after), end in zip(nodes, nodes[1:], bounds[1:]):
        after.above = _empty_lines_before(text, end) or before.above
    stack: list[tuple[int, Node]] = []
    for level, node in nodes:
        while stack and stack[-1][0] >= level:
            stack.pop()
        if stack:
            stack[-1][1].children.append(node)
        stack.append((level, node))
    return nodes[0][1]


def _empty_lines_before(text: str, offset: int) -> str:
    return "\n" * (len(text[:offset]) - len(text[:offset].rstrip("\n")) - 1)


def _node(text: str, begin: int, line: Line, end: int) -> Node:
    title_end = text.find("\n", line.start)
    title_end = end if title_end < 0 or title_end > end else title_end
    below = text[title_end + 1 : end].partition("\n")[0]
    if not text[line.start : title_end].lstrip().startswith("#") and _UNDERLINE.fullmatch(below):
        title_end = title_end + 1 + len(below)
    body = text[title_end:end]
    gap = "\n" * max(len(body) - len(body.lstrip("\n")) - 1, 0)
    blocks, spaced = _blocks(body.strip("\n"))
    return Node(line.text, text[begin:title_end], blocks, spaced=spaced, gap=gap)


def _blocks(body: str) -> tuple[list[str], bool]:
    """Items and paragraphs; and whether empty lines separate the items."""
    blocks: list[list[str]] = []
    empty, spaced, fence = False, False, ""
    for line in body.split("\n") if body else []:
        opens = re.match(r" *(`{3,}|~{3,})", line)
        begins = bool(ITEM.match(line)) or (empty and line[:1].strip() != "" and not fence)
        if not fence and (not blocks or (line.strip() and begins)):
            spaced = spaced or bool(blocks and empty and ITEM.match(line) and ITEM.match(blocks[-1][0]))
            blocks.append([])
        if opens:
            fence = "" if fence and opens[1].startswith(fence) else fence or opens[1]
        blocks[-1].append(line)
        empty = not line.strip()
    return ["\n".join(block).rstrip() for block in blocks if "\n".join(block).strip()], spaced


def all_blocks(node: Node) -> list[str]:
    """The items and paragraphs below a heading, those of deeper headings behind its own."""
    return [*node.blocks, *(block for child in node.children for block in all_blocks(child))]


def plain(block: str) -> str:
    """The words of a block, however they are wrapped."""
    return " ".join(block.split())
