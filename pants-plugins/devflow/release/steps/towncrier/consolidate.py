"""Fold the sections of pre-releases into that of their final release. Pure.

A section is a tree of headings, each with list items and paragraphs below it. Trees are merged by the titles of their
headings. Of two items with the same references, the newer wording stays. No reference is lost, and the rest of the file
stays to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from devflow.common.paths import shown
from devflow.release.steps.towncrier.changelog import titles
from devflow.release.steps.towncrier.section_trees import (
    ITEM,
    NOTHING,
    Node,
    all_blocks,
    plain,
    sections_in,
    tree_of,
)
from devflow.release.versions.version import Version

# `#12`, `!12`, `GH-12`, `PROJ-12`, and roles such as :issue:`12`.
_REFERENCE = re.compile(r"(?<![\w/&])[#!][0-9]+\b|\b[A-Z]{2,}-[0-9]+\b|:\w+:`[^`]+`")


@dataclass(frozen=True)
class Consolidated:
    """The new changelog. `folded` are the versions of the folded sections; `notes` ask the user to check the text."""

    text: str
    folded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def consolidated(path: str, text: str, version: Version, categories: Sequence[str]) -> Consolidated:
    """Fold each section of a pre-release of the version into the section of the version.

    `categories` are the titles of towncrier's types, in their order: categories stand in that order, and others after
    them. Within a category, the items of the newest section come first. Without such sections, the text is unchanged.
    """
    markdown = path.lower().endswith((".md", ".markdown"))
    lines = titles(text, markdown=markdown)
    sections = sections_in(text, lines)
    own = next((each for each in sections if each.version.text == version.text), None)
    if own is None:
        return Consolidated(text)
    folded = [each for each in sections if each.version.is_prerelease_of(version) and each.line.level == own.line.level]
    if not folded:
        return Consolidated(text)
    merged = tree_of(text, own, lines)
    notes = []
    for each in sorted(folded, key=lambda one: one.version.pep440, reverse=True):
        other = tree_of(text, each, lines)
        intro = [block for block in other.blocks if not ITEM.match(block) and not NOTHING.fullmatch(block.strip())]
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


def _merge(into: Node, other: Node, categories: Sequence[str]) -> None:
    """Add what a node of an older section has and the newer one lacks, category by category.

    Duplicates are removed within a category only: one pull request may have changes in two categories.
    """
    known = _Known(into.blocks)
    into.blocks += [block for block in other.blocks if block not in known]
    for child in other.children:
        same = _child(into, child)
        holds_categories = child.title not in categories and any(each.title in categories for each in child.children)
        if holds_categories:  # a section of towncrier, such as "Web"
            _merge(same, child, categories)
        else:
            _fill(same, child, _Known(all_blocks(same)))
    _without_nothing(into)


def _fill(into: Node, other: Node, known: _Known) -> None:
    """Add what is not known to a category, or to a group of a category."""
    into.blocks += [block for block in other.blocks if block not in known]
    into.spaced = into.spaced or (other.spaced and len(into.blocks) > 1)
    for child in other.children:
        _fill(_child(into, child), child, known)
    _without_nothing(into)


def _child(into: Node, other: Node) -> Node:
    """The child with the title of another node, made if it is not there."""
    same = next((node for node in into.children if node.title == other.title), None)
    if same is None:
        same = Node(other.title, other.heading, gap=other.gap, above=other.above, spaced=other.spaced)
        into.children.append(same)
    return same


def _without_nothing(node: Node) -> None:
    """Remove headings without text, and the words for an empty category where the category has an item."""
    node.children = [child for child in node.children if not child.is_empty]
    if node.children or any(not NOTHING.fullmatch(block.strip()) for block in node.blocks):
        node.blocks = [block for block in node.blocks if not NOTHING.fullmatch(block.strip())]


def _in_order(node: Node, categories: Sequence[str]) -> None:
    """Sort the categories as towncrier does, the other headings behind them."""
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
        self.texts = {plain(block) for block in blocks}

    def __contains__(self, block: str) -> bool:
        found = references(block)
        return found in self.references if found else plain(block) in self.texts


def _rendered(node: Node, *, is_top: bool) -> str:
    """The text of a node, ending without a newline."""
    between = "\n\n" if node.spaced else "\n"
    parts = [node.heading if is_top else f"{node.above}{node.heading}"]
    body = ""
    for number, block in enumerate(node.blocks):
        items = number and ITEM.match(block) and ITEM.match(node.blocks[number - 1])
        body += ("" if not number else between if items else "\n\n") + block
    if body:
        parts.append(node.gap + body)
    parts += [_rendered(child, is_top=False) for child in node.children]
    return "\n".join(parts)
