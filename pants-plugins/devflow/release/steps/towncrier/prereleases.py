"""The sections of pre-releases, for a final release that is written from their news fragments. Pure.

One run of towncrier on the fragments of all pre-releases and of the final release gives what it would have given
without pre-releases. Later edits of the sections would be lost, so each section must be what its own
fragments give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from devflow.common.errors import Problem
from devflow.common.paths import shown
from devflow.release.steps.towncrier.changelog import titles
from devflow.release.steps.towncrier.section_trees import (
    NOTHING,
    ChangelogSection,
    Node,
    all_blocks,
    plain,
    sections_in,
    tree_of,
)
from devflow.release.versions.version import Version

_SHOWN_CHARACTERS = 80


@dataclass(frozen=True)
class Prereleases:
    """`rest` is the changelog without the sections. `contents`: version → what its sections say, the newest first."""

    rest: str
    contents: Mapping[str, frozenset[str]] = field(default_factory=dict)


def prereleases_in(path: str, text: str, version: Version) -> Prereleases:
    """The sections of the pre-releases of a version."""
    lines = titles(text, markdown=_is_markdown(path))
    found = [each for each in sections_in(text, lines) if each.version.is_prerelease_of(version)]
    contents: dict[str, frozenset[str]] = {}
    for each in sorted(found, key=lambda one: one.version.pep440, reverse=True):
        # A pre-release that was merged twice may have two.
        contents[each.version.text] = contents.get(each.version.text, frozenset()) | _said(tree_of(text, each, lines))
    return Prereleases(_without(text, found), contents)


def contents_of(path: str, text: str, version: str) -> frozenset[str]:
    """What the sections of one version say: headings, items and paragraphs, however they are wrapped."""
    lines = titles(text, markdown=_is_markdown(path))
    found = [tree_of(text, each, lines) for each in sections_in(text, lines) if each.version.text == version]
    return frozenset(said for tree in found for said in _said(tree))


def edited_problem(path: str, version: str, said: frozenset[str], given: frozenset[str]) -> Problem | None:
    """The problem of a section that was edited; `given` is the section that towncrier writes from its fragments."""
    for words, texts in (
        ("has {}, and no news fragment that was removed with it gives that", said - given),
        ("lacks {}, which the news fragments that were removed with it give", given - said),
    ):
        if texts:
            text = min(texts)
            short = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
            return Problem(
                f"{shown(path)}: the section of {shown(version)} {words.format(repr(shown(short)))}.",
                "--consolidate=text, which folds the sections as they are",
            )
    return None


def _is_markdown(path: str) -> bool:
    return path.lower().endswith((".md", ".markdown"))


def _said(tree: Node) -> frozenset[str]:
    blocks = (plain(block) for block in all_blocks(tree))
    return frozenset((*(block for block in blocks if not NOTHING.fullmatch(block)), *_headings(tree)))


def _headings(node: Node) -> list[str]:
    return [title for child in node.children for title in (child.title, *_headings(child))]


def _without(text: str, sections: list[ChangelogSection]) -> str:
    for each in sorted(sections, key=lambda one: one.start, reverse=True):
        text = text[: each.start] + text[each.end :]
    return text
