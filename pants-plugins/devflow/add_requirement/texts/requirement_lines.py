"""Edits requirement files by lines: a requirement is inserted, changed or removed; all other bytes are kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from devflow.add_requirement.texts.edits import CannotEditRequirementsError, RequirementEdit
from devflow.add_requirement.texts.order import is_stub, place_of
from devflow.locking.facts import name_of
from devflow.locking.requirement import parse_requirement

_COMMENT = re.compile(r"(?:^|\s+)#.*$")


@dataclass(frozen=True)
class _Line:
    number: int
    text: str  # with its line end
    name: str  # canonical; "" if the line is no requirement

    @property
    def is_comment(self) -> bool:
        return self.text.lstrip().startswith("#")

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True)
class _Block:
    """Adjacent lines, at least one of them a requirement: from the index `start` up to `end`."""

    start: int
    end: int
    entries: tuple[int, ...]  # indexes of the lines that are requirements

    def names(self, lines: Sequence[_Line]) -> list[str]:
        return [lines[index].name for index in self.entries]


def requirements_in(text: str) -> dict[int, str]:
    """The requirements of a file, by the numbers of their lines, without comments."""
    return {line.number: _bare(line.text) for line in _lines(text) if line.name}


def with_requirement(text: str, requirement: str) -> RequirementEdit:
    """The file with a requirement.

    It replaces the line of the same project, or is inserted. If several lines are about the project, it replaces the
    one with the same marker. Raises: CannotEditRequirementsError if no line, or more than one, has that marker.
    """
    lines = _lines(text)
    name = name_of(requirement)
    present = [line for line in lines if line.name == name]
    if len(present) > 1:
        listed = ", ".join(str(line.number) for line in present)
        present = [line for line in present if _marker(_bare(line.text)) == _marker(requirement)]
        if len(present) != 1:
            raise CannotEditRequirementsError(f"lines {listed} are about {name}, and none has this marker alone")
    if present:
        return _replaced(lines, present[0], requirement)
    return _inserted(text, lines, name, requirement)


def without_requirement(text: str, name: str) -> RequirementEdit:
    """The file without the line of a project, and without the comment lines that belong to that line only.

    Raises: CannotEditRequirementsError if several lines are about the project.
    """
    lines = _lines(text)
    present = [index for index, line in enumerate(lines) if line.name == name]
    if not present:
        return RequirementEdit(text)
    if len(present) > 1:
        listed = ", ".join(str(lines[index].number) for index in present)
        raise CannotEditRequirementsError(f"lines {listed} are about {name}")
    [at] = present
    first = at
    block = next(block for block in _blocks(lines) if block.start <= at < block.end)
    while first > block.start and lines[first - 1].is_comment:
        first -= 1
    # The comment at the top of a block with other entries is its title.
    if first == block.start and first < at and len(block.entries) > 1:
        first = at
    kept = [*lines[:first], *lines[at + 1 :]]
    return RequirementEdit("".join(line.text for line in kept), lines[at].number)


def _bare(line: str) -> str:
    return _COMMENT.sub("", line.strip()).strip()


def _marker(requirement: str) -> str:
    parsed = parse_requirement(requirement)
    return parsed.marker if parsed else ""


def _lines(text: str) -> list[_Line]:
    found = []
    for number, line in enumerate(re.findall(r"[^\n]*\n|[^\n]+", text), start=1):
        stripped = _bare(line)
        found.append(_Line(number, line, name_of(stripped) if not stripped.startswith("-") else ""))
    return found


def _blocks(lines: Sequence[_Line]) -> Iterator[_Block]:
    start = 0
    for end in range(len(lines) + 1):
        if end == len(lines) or lines[end].is_blank:
            entries = tuple(index for index in range(start, end) if lines[index].name)
            if entries:
                yield _Block(start, end, entries)
            start = end + 1


def _replaced(lines: Sequence[_Line], old: _Line, requirement: str) -> RequirementEdit:
    body = old.text.rstrip("\r\n")
    indent = body[: len(body) - len(body.lstrip())]
    comment = _COMMENT.search(body)
    written = body[len(indent) : comment.start() if comment else len(body)]
    if written.strip() == requirement:
        return RequirementEdit("".join(line.text for line in lines))
    tail = body[len(indent) + len(written) :] if comment else ""
    new = f"{indent}{requirement}{tail}{old.text[len(body) :]}"
    return RequirementEdit("".join(new if line is old else line.text for line in lines), old.number)


def _inserted(text: str, lines: Sequence[_Line], name: str, requirement: str) -> RequirementEdit:
    at = _index_of_new_line(lines, name)
    newline = "\r\n" if lines and lines[0].text.endswith("\r\n") else "\n"
    before, after = "".join(line.text for line in lines[:at]), "".join(line.text for line in lines[at:])
    if before and not before.endswith("\n"):
        return RequirementEdit(f"{before}{newline}{requirement}", at + 1)  # the file stays without a newline at its end
    return RequirementEdit(f"{before}{requirement}{newline}{after}", at + 1)


def _index_of_new_line(lines: Sequence[_Line], name: str) -> int:
    """The index of the new line: after an entry, never between a comment and the entry below it."""
    blocks = list(_blocks(lines))
    if not blocks:
        return len(lines)
    block = _block_for(blocks, lines, name)
    slot = place_of(block.names(lines), name)
    if slot:
        return block.entries[slot - 1] + 1
    comments = [index for index in range(block.start, block.end) if lines[index].is_comment]
    first = block.entries[0]
    above = [index for index in comments if index < first]
    # The only comment of a block is its title; of several, that above the first entry is about this entry.
    return first if above and comments == above and len(above) == 1 else (above or [first])[0]


def _block_for(blocks: Sequence[_Block], lines: Sequence[_Line], name: str) -> _Block:
    """The longest block of the project's kind; a block is one of stubs if at least half of its entries are stubs."""

    def is_for_stubs(block: _Block) -> bool:
        return 2 * sum(map(is_stub, block.names(lines))) >= len(block.entries)

    of_kind = [block for block in blocks if is_for_stubs(block) == is_stub(name)]
    return max(of_kind or blocks, key=lambda block: len(block.entries))
