"""What an editor wants in a file, and a file with that in it. Each kind of file is changed so that the rest stays.

An editor's settings are data, so that `--print`, `--check`, `--dry-run` and the real run share them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from functools import partial
from itertools import zip_longest
from types import ModuleType
from typing import Any, Union

from devflow.ide_config import blocks, jsonc, toml_edit
from devflow.ide_config.blocks import Syntax
from devflow.ide_config.splices import CannotEditError

_NAME = re.compile(r"^\s*(?:let\s+)?(?P<key>[\w.:\"-]+)\s*[=:]\s*(?P<value>.*)$")
_LISP_NAME = re.compile(r"^\s*\(?(?P<key>:[\w.]+)\s+(?P<value>.*)$")


class Owned(Enum):
    """How much of a value is ours."""

    VALUE = "value"  # all of it
    ENTRIES = "entries"  # of an array: those that are wanted, and those with `ours` in them; people's own stay
    DEFAULT = "default"  # nothing once it is there: a matter of taste
    IF_PRESENT = "if present"  # all of it where somebody has set it to something with `ours` in it; it is never added


@dataclass(frozen=True)
class Setting:
    """A value at a path of keys. A key of VS Code is one key, with its dots."""

    path: tuple[str, ...]
    value: str | bool | int | tuple[str, ...]
    owned: Owned = Owned.VALUE
    ours: str = ""

    @property
    def key(self) -> str:
        """The path as people write it."""
        return ".".join(self.path)


@dataclass(frozen=True)
class JsonFile:
    """A file of JSON with comments. `dead`: keys that do nothing any more, or harm, and why."""

    path: str
    settings: tuple[Setting, ...]
    dead: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TomlFile:
    """A file of TOML; the last part of a setting's path is a key, the others are its table."""

    path: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class Conflict:
    """A table of TOML; with a `key`, one where that has the `value`."""

    table: tuple[str, ...]
    key: str = ""
    value: str = ""


@dataclass(frozen=True)
class BlockFile:
    """A file with a block of ours. It cannot be put where the rest of the file has one of the tables in `conflicts`."""

    path: str
    syntax: Syntax
    text: str
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True)
class OwnFile:
    """A file that is ours as a whole."""

    path: str
    text: str


Document = Union[JsonFile, TomlFile, BlockFile, OwnFile]


def wanted_texts(document: Document) -> Iterator[str]:
    """Every text that a document puts into its file."""
    if isinstance(document, (BlockFile, OwnFile)):
        yield document.text
        return
    for setting in document.settings:
        values = setting.value if isinstance(setting.value, tuple) else (setting.value,)
        yield from (value for value in values if isinstance(value, str))


@dataclass(frozen=True)
class Change:
    """One thing that is not as it should be. `have` is "" if there is nothing."""

    key: str
    have: str
    want: str


@dataclass(frozen=True)
class Edited:
    """A text with the settings in it, what that changed, and keys in it that are dead."""

    text: str
    changes: tuple[Change, ...] = ()
    dead: tuple[tuple[str, str], ...] = ()


def edit(text: str, document: Document) -> Edited:
    """Put the settings of a document into its text, "" if there is none yet. Raises: CannotEditError."""
    if isinstance(document, OwnFile):
        changes = _line_changes(text.splitlines(), document.text.splitlines())
        ends = [Change("line ends", "others", "LF")] if text != document.text else []
        return Edited(document.text, tuple(changes or ends))
    if isinstance(document, BlockFile):
        return _edit_block(text, document)
    return _edit_settings(text, document)


def _edit_settings(text: str, document: JsonFile | TomlFile) -> Edited:
    """Read once, and again only after a change."""
    format_ = jsonc if isinstance(document, JsonFile) else toml_edit
    read = format_.reader(text)
    changes: list[Change] = []
    for setting in document.settings:
        have = read(setting.path)
        if _is_kept(have, setting):
            continue
        changed = _put(format_, text, have, setting)
        if changed != text:
            text, read = changed, format_.reader(changed)
            changes.append(Change(setting.key, _shown(have), _shown(read(setting.path))))
    dead = document.dead if isinstance(document, JsonFile) else ()
    return Edited(text, tuple(changes), tuple((key, why) for key, why in dead if read((key,)) is not None))


def _is_kept(have: Any, setting: Setting) -> bool:
    """Whether nothing is to do. If it is hard to tell, it is not."""
    if setting.owned is Owned.ENTRIES and isinstance(setting.value, tuple):
        if not isinstance(have, list) or not all(value in have for value in setting.value):
            return False
        return not any(_has(value, setting.ours) and value not in setting.value for value in have)
    if setting.owned is Owned.DEFAULT:
        return have is not None
    want = list(setting.value) if isinstance(setting.value, tuple) else setting.value
    return type(have) is type(want) and bool(have == want)


def _put(format_: ModuleType, text: str, have: Any, setting: Setting) -> str:
    """The text with the setting in it, as far as it is ours."""
    if setting.owned is Owned.ENTRIES and isinstance(setting.value, tuple):
        return str(format_.set_entries(text, setting.path, setting.value, partial(_has, ours=setting.ours)))
    if setting.owned is Owned.DEFAULT:
        return str(format_.set_default(text, setting.path, setting.value))
    if setting.owned is Owned.VALUE:
        return str(format_.set_value(text, setting.path, setting.value))
    if not _has(have, setting.ours):
        return text
    # What stands before it, such as "./" or the build root, is people's own.
    return str(format_.set_value(text, setting.path, f"{have[: have.index(setting.ours)]}{setting.value}"))


def _edit_block(text: str, document: BlockFile) -> Edited:
    rest = blocks.outside(text, document.syntax)
    for conflict in document.conflicts:
        if toml_edit.has_table(rest, conflict.table, conflict.key, conflict.value):
            which = f" with {conflict.key} = {conflict.value}" if conflict.key else ""
            raise CannotEditError(f"it has a table {'.'.join(conflict.table)}{which} of its own")
    found = blocks.find(text, document.syntax)
    changed = blocks.put(text, document.syntax, document.text)
    if changed == text:
        return Edited(text)
    have = found.lines if found else ()
    # If no line differs, it is the marks.
    changes = _line_changes(have, document.text.splitlines()) or [Change("the block of ide-config", "", "")]
    return Edited(changed, tuple(changes))


def _line_changes(have: Sequence[str], want: Sequence[str]) -> list[Change]:
    """Lines that differ, side by side. Where that is more than commas and spaces, nothing else is named."""
    if not have:
        return [Change("everything", "", f"{len(want)} lines")]
    changes = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, have, want, autojunk=False).get_opcodes():
        if kind != "equal":
            for old, new in zip_longest(range(start, end), range(new_start, new_end)):
                key = _key_of(want, new) if new is not None else _key_of(have, old)
                changes.append(Change(key, _value_of(have, old), _value_of(want, new)))
    return [change for change in changes if change.have != change.want] or changes


def _key_of(lines: Sequence[str], number: int) -> str:
    """What a line sets. One that sets nothing, as in an array, belongs to the last one that does."""
    above = (_match(line) for line in reversed(lines[: number + 1]))
    return next((match["key"].strip('"') for match in above if match), lines[number].strip())


def _value_of(lines: Sequence[str], number: int | None) -> str:
    """What a line sets it to, or all of it; "" without a line."""
    if number is None:
        return ""
    match = _match(lines[number])
    return (match["value"] if match else lines[number]).strip().rstrip(",")


def _match(line: str) -> re.Match[str] | None:
    return _NAME.match(line) or _LISP_NAME.match(line)


def _has(value: Any, ours: str) -> bool:
    return bool(ours) and isinstance(value, str) and ours in value


def _shown(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)
