"""Fold the sections of pre-releases into that of their final release. Pure.

A section is a tree of headings, each with list items and paragraphs below it. Trees are merged by the titles of their
headings. Of two items with the same references, the newer wording stays. No reference is lost, and the rest of the file
stays to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from devflow.common.errors import UserError
from devflow.common.paths import shown
from devflow.release.towncrier.changelog import Line, titles
from devflow.release.versions.version import Version, parse

_VERSION = re.compile(r"(?<![\w.])v?([0-9]+(?:\.[0-9]+)+[0-9A-Za-z.+!-]*)")
_ITEM = re.compile(r"[-*+] ")
_UNDERLINE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}[ \t]*")
# `#12`, `!12`, `GH-12`, `PROJ-12`, and roles such as :issue:`12`.
_REFERENCE = re.compile(r"(?<![\w/&])[#!][0-9]+\b|\b[A-Z]{2,}-[0-9]+\b|:\w+:`[^`]+`")
_NOTHING = re.compile(r"no significant changes\.?", re.IGNORECASE)


class Consolidate(Enum):
    """The values of `[release].consolidate`."""

    NONE = "none"
    TEXT = "text"


@dataclass
class _Node:
    """A heading with what stands below it. `heading` are its lines, `blocks` items and paragraphs without empty lines.

    `spaced`: empty lines separate the items. `gap` and `above` are the empty lines after and before the heading.
    """

    title: str
    heading: str
    blocks: list[str] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)
    spaced: bool = False
    gap: str = "\n"
    above: str = "\n"

    @property
    def is_empty(self) -> bool:
        return not self.children and all(_NOTHING.fullmatch(block.strip()) for block in self.blocks)


@dataclass(frozen=True)
class Consolidated:
    """The changelog after it. `folded` are the versions whose sections are gone, `notes` what a person should read."""

    text: str
    folded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Section:
    version: Version
    start: int
    end: int
    line: Line


def consolidated(path: str, text: str, version: Version, categories: Sequence[str]) -> Consolidated:
    """Fold each section of a pre-release of the version into the section of the version.

    `categories` are the titles of towncrier's types, in their order: categories stand in that order, and others after
    them. Within a category, the items of the newest section come first. Without such sections, the text is unchanged.
    """
    markdown = path.lower().endswith((".md", ".markdown"))
    lines = titles(text, markdown=markdown)
    sections = _sections(text, lines)
    own = next((each for each in sections if each.version.text == version.text), None)
    if own is None:
        return Consolidated(text)
    folded = [each for each in sections if _is_before(each.version, version) and each.line.level == own.line.level]
    if not folded:
        return Consolidated(text)
    merged = _tree(text, own, lines)
    notes = []
    for each in sorted(folded, key=lambda one: one.version.pep440, reverse=True):
        other = _tree(text, each, lines)
        intro = [block for block in other.blocks if not _ITEM.match(block) and not _NOTHING.fullmatch(block.strip())]
        if intro:
            notes.append(f"{shown(path)}: the text below {each.version.text} is kept: {shown(intro[0][:60])!r}.")
        _merge(merged, other, categories)
    _in_order(merged, categories)
    known = {
        *categories,
        *(node.title for node in merged.children if any(e.title in categories for e in node.children)),
    }
    unknown = [node.title for node in merged.children if node.title not in known]
    notes += [f"{shown(path)}: {shown(title)!r} is no type of towncrier, and stands last." for title in unknown]
    new = _rendered(merged, is_top=True)
    ending = text[own.start : own.end]
    new += ending[len(ending.rstrip("\n")) :] or "\n"
    gone = sorted([(own.start, own.end, new), *((each.start, each.end, "") for each in folded)], reverse=True)
    for start, end, replacement in gone:
        text = text[:start] + replacement + text[end:]
    versions = tuple(dict.fromkeys(each.version.text for each in folded))
    return Consolidated(text, versions, tuple(notes))


def references(text: str) -> frozenset[str]:
    """The references of a text: numbers of issues and pull requests."""
    return frozenset(_REFERENCE.findall(text))


def _is_before(other: Version, version: Version) -> bool:
    """Whether a version is a pre-release of another one."""
    return (
        other.is_prerelease
        and not version.is_prerelease
        and other.pep440.epoch == version.pep440.epoch
        and other.pep440.release == version.pep440.release
    )


def _sections(text: str, lines: Sequence[Line]) -> list[_Section]:
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
        found.append(_Section(version, start, len(text) if end is None else _with_overline(text, end), line))
    top = min((each.line.level for each in found), default=0)
    return [each for each in found if each.line.level == top]


def _with_overline(text: str, start: int) -> int:
    """Where a title begins, with the line above it that reStructuredText may have."""
    before = text.rfind("\n", 0, start - 1) + 1 if start else 0
    title_end = text.find("\n", start)
    below = text[title_end + 1 :].partition("\n")[0]
    return before if start and text[before : start - 1] == below and _UNDERLINE.fullmatch(below) else start


def _tree(text: str, section: _Section, lines: Sequence[Line]) -> _Node:
    """The section as a tree of headings."""
    inner = [line for line in lines if section.line.start < line.start < section.end and line.level]
    bounds = [section.start, *(_with_overline(text, line.start) for line in inner), section.end]
    nodes = [
        (line.level, _node(text, begin, line, end))
        for line, begin, end in zip([section.line, *inner], bounds, bounds[1:])
    ]
    for (_, before), (_, after), end in zip(nodes, nodes[1:], bounds[1:]):
        after.above = _empty_lines_before(text, end) or before.above
    stack: list[tuple[int, _Node]] = []
    for level, node in nodes:
        while stack and stack[-1][0] >= level:
            stack.pop()
        if stack:
            stack[-1][1].children.append(node)
        stack.append((level, node))
    return nodes[0][1]


def _empty_lines_before(text: str, offset: int) -> str:
    return "\n" * (len(text[:offset]) - len(text[:offset].rstrip("\n")) - 1)


def _node(text: str, begin: int, line: Line, end: int) -> _Node:
    title_end = text.find("\n", line.start)
    title_end = end if title_end < 0 or title_end > end else title_end
    below = text[title_end + 1 : end].partition("\n")[0]
    if not text[line.start : title_end].lstrip().startswith("#") and _UNDERLINE.fullmatch(below):
        title_end = title_end + 1 + len(below)
    body = text[title_end:end]
    gap = "\n" * max(len(body) - len(body.lstrip("\n")) - 1, 0)
    blocks, spaced = _blocks(body.strip("\n"))
    return _Node(line.text, text[begin:title_end], blocks, spaced=spaced, gap=gap)


def _blocks(body: str) -> tuple[list[str], bool]:
    """Items and paragraphs; and whether empty lines separate the items."""
    blocks: list[list[str]] = []
    empty, spaced, fence = False, False, ""
    for line in body.split("\n") if body else []:
        opens = re.match(r" *(`{3,}|~{3,})", line)
        begins = bool(_ITEM.match(line)) or (empty and line[:1].strip() != "" and not fence)
        if not fence and (not blocks or (line.strip() and begins)):
            spaced = spaced or bool(blocks and empty and _ITEM.match(line) and _ITEM.match(blocks[-1][0]))
            blocks.append([])
        if opens:
            fence = "" if fence and opens[1].startswith(fence) else fence or opens[1]
        blocks[-1].append(line)
        empty = not line.strip()
    return ["\n".join(block).rstrip() for block in blocks if "\n".join(block).strip()], spaced


def _merge(into: _Node, other: _Node, categories: Sequence[str]) -> None:
    """Add what a node of an older section has and the newer one lacks, category by category.

    What is known in one category may be another change in a second one, of the same pull request.
    """
    known = _Known(into.blocks)
    into.blocks += [block for block in other.blocks if block not in known]
    for child in other.children:
        same = _child(into, child)
        holds_categories = child.title not in categories and any(each.title in categories for each in child.children)
        if holds_categories:  # a section of towncrier, such as "Web"
            _merge(same, child, categories)
        else:
            _fill(same, child, _Known(_all_blocks(same)))
    _without_nothing(into)


def _fill(into: _Node, other: _Node, known: _Known) -> None:
    """Add what is not known to a category, or to a group of a category."""
    into.blocks += [block for block in other.blocks if block not in known]
    into.spaced = into.spaced or (other.spaced and len(into.blocks) > 1)
    for child in other.children:
        _fill(_child(into, child), child, known)
    _without_nothing(into)


def _child(into: _Node, other: _Node) -> _Node:
    """The child with the title of another node, made if it is not there."""
    same = next((node for node in into.children if node.title == other.title), None)
    if same is None:
        same = _Node(other.title, other.heading, gap=other.gap, above=other.above, spaced=other.spaced)
        into.children.append(same)
    return same


def _without_nothing(node: _Node) -> None:
    """Remove what says that there is nothing, where there is something, and headings without text."""
    node.children = [child for child in node.children if not child.is_empty]
    if node.children or any(not _NOTHING.fullmatch(block.strip()) for block in node.blocks):
        node.blocks = [block for block in node.blocks if not _NOTHING.fullmatch(block.strip())]


def _in_order(node: _Node, categories: Sequence[str]) -> None:
    """Sort the categories as towncrier does; others stand behind them."""
    order = {title: place for place, title in enumerate(categories)}
    if any(child.title in order for child in node.children):
        node.children.sort(key=lambda child: order.get(child.title, len(order)))
    else:
        for child in node.children:
            _in_order(child, categories)


class _Known:
    """The items and paragraphs of newer sections: by their references, or by their text if they have none."""

    def __init__(self, blocks: Iterable[str]) -> None:
        self.references = {references(block) for block in blocks} - {frozenset()}
        self.texts = {_plain(block) for block in blocks}

    def __contains__(self, block: str) -> bool:
        found = references(block)
        return found in self.references if found else _plain(block) in self.texts


def _all_blocks(node: _Node) -> list[str]:
    return [*node.blocks, *(block for child in node.children for block in _all_blocks(child))]


def _plain(block: str) -> str:
    return " ".join(block.split())


def _rendered(node: _Node, *, is_top: bool) -> str:
    """The text of a node, ending without a newline."""
    between = "\n\n" if node.spaced else "\n"
    parts = [node.heading if is_top else f"{node.above}{node.heading}"]
    body = ""
    for number, block in enumerate(node.blocks):
        items = number and _ITEM.match(block) and _ITEM.match(node.blocks[number - 1])
        body += ("" if not number else between if items else "\n\n") + block
    if body:
        parts.append(node.gap + body)
    parts += [_rendered(child, is_top=False) for child in node.children]
    return "\n".join(parts)
