"""The section of one version in a changelog, and what fits of it onto a release page. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from devflow.common.errors import UserError
from devflow.common.paths import shown
from devflow.release.steps.towncrier.changelog import Line, titles

# What hosts of repositories take as the text of a release.
MOST_CHARACTERS = 125_000
_UNDERLINE = re.compile(r"[!-/:-@\[-`{-~]{3,}[ \t]*")
_BULLET = re.compile(r"\n(?=[-*+] )")


@dataclass(frozen=True)
class Section:
    """`title` is the heading, `body` the text below it, without empty lines at its ends, with one final newline."""

    title: str
    body: str


def section_of(path: str, text: str, version: str) -> Section | None:
    """The section whose heading has this version as its first number; None if there is none.

    It ends at the next heading of the same or a higher level, outside of code blocks. `26.4.0` is not in the heading of
    26.4.0rc1, and a deeper heading with the version is a part of another section.
    """
    text = text.replace("\r\n", "\n")
    lines = titles(text, markdown=path.lower().endswith((".md", ".markdown")))
    found = _title(lines, version)
    if found is None:
        return None
    end = next((line.start for line in lines if line.start > found.start and _ends(found, line)), len(text))
    body = text[found.start : end].partition("\n")[2]
    first, _, rest = body.partition("\n")
    if _UNDERLINE.fullmatch(first) and found.level:
        body = rest
    stripped = _without_overline(body).strip("\n")
    return Section(found.text, f"{stripped.rstrip()}\n" if stripped.strip() else "")


def _title(lines: Sequence[Line], version: str) -> Line | None:
    pattern = re.compile(rf"(?<![\w.+!-])v?{re.escape(version)}(?![\w+!-]|\.\w)")
    number = re.compile(r"(?<![\w.])v?[0-9]+\.[0-9][\w.+!-]*|(?<![\w.])v?[0-9]+(?![\w.])")
    matching = [
        line for line in lines if (found := number.search(line.text)) and pattern.match(line.text, found.start())
    ]
    headings = [line for line in matching if line.level]
    if headings:
        return min(headings, key=lambda line: line.level)
    # A title that is no heading, as towncrier writes it with a `title_format` of its own.
    return next((line for line in matching if not line.text.startswith(tuple("-*+"))), None)


def _ends(title: Line, line: Line) -> bool:
    if title.level:
        return 0 < line.level <= title.level
    return bool(re.match(r"\W*(?:\w+ )?v?[0-9]+\.[0-9]", line.text)) and line.level == 0


def _without_overline(body: str) -> str:
    """The text without the overline of the next title, which reStructuredText may have."""
    lines = body.rstrip("\n").split("\n")
    if len(lines) > 1 and _UNDERLINE.fullmatch(lines[-1]) and not lines[-2].strip():
        return "\n".join(lines[:-1])
    return body


def fitting(section: Section, version: str, max_bytes: int | None, rest: str) -> str:
    """The text of a release page. `rest` is a sentence that says where the whole section is.

    Without `max_bytes`, a text that is too long for the known hosts is refused. With it, the text is cut at a bullet,
    and the sentence follows. Raises: UserError.
    """
    body = section.body
    if max_bytes is None:
        if len(body) > MOST_CHARACTERS:
            raise UserError(
                f"The section of {shown(version)} has {len(body):,} characters, and a release page takes "
                f"{MOST_CHARACTERS:,}.",
                fix=f"add --max-bytes={MOST_CHARACTERS}, which cuts it at a bullet and says where the rest is",
            )
        return body
    if len(body.encode()) <= max_bytes:
        return body
    ending = f"\n{rest}\n"
    room = max_bytes - len(ending.encode())
    cut = body.encode()[: max(room, 0)].decode(errors="ignore")
    bullets = [match.start() + 1 for match in _BULLET.finditer(cut) if not _in_fence(cut[: match.start()])]
    if not bullets:
        what = f"--max-bytes={max_bytes} leaves no room for the first bullet of {shown(version)}."
        raise UserError(what, fix=f"raise it: the whole section has {len(body.encode()):,} bytes")
    return cut[: bullets[-1]].rstrip("\n") + "\n" + ending


def _in_fence(text: str) -> bool:
    return len(re.findall(r"^ {0,3}(?:```|~~~)", text, re.MULTILINE)) % 2 == 1
