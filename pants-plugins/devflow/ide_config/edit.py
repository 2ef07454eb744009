"""Puts settings into the text of a file, and changes nothing else in it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from itertools import zip_longest
from typing import Any, Protocol

from devflow.common import toml_edit
from devflow.common.splices import CannotEditError
from devflow.ide_config.documents import (
    BlockFile,
    Document,
    HandWrittenFile,
    JsonFile,
    Owned,
    OwnFile,
    Setting,
    TomlFile,
    XmlFile,
)
from devflow.ide_config.formats import blocks, jsonc, xml_edit

_NAME = re.compile(r"^\s*(?:let\s+)?(?P<key>[\w.:\"-]+)\s*[=:]\s*(?P<value>.*)$")
_LISP_NAME = re.compile(r"^\s*\(?(?P<key>:[\w.]+)\s+(?P<value>.*)$")


class TextFormat(Protocol):
    """A format whose values have paths of keys: the modules `jsonc` and `toml_edit`. All raise CannotEditError."""

    def reader(self, text: str) -> Callable[[Sequence[str]], Any]:
        """A function from a path to the value there, None without one."""

    def set_value(self, text: str, path: Sequence[str], value: Any) -> str:
        """Put a value at the path."""

    def set_default(self, text: str, path: Sequence[str], value: Any) -> str:
        """Put a value at the path if there is none."""

    def set_entries(self, text: str, path: Sequence[str], wanted: Sequence[str], ours: Callable[[Any], bool]) -> str:
        """Make the array at the path hold these strings, and no other of `ours`."""


@dataclass(frozen=True)
class SettingChange:
    """A setting that differs; None stands for no value. For lines of a block, the values are text."""

    key: str
    have: str | None
    want: str | None


@dataclass(frozen=True)
class Edited:
    """A text with the settings in it, the changes that this made, and the dead keys in the text."""

    text: str
    changes: tuple[SettingChange, ...] = ()
    dead: tuple[tuple[str, str], ...] = ()


def edit(text: str, document: Document) -> Edited:
    """Put the settings of a document into the text of its file, "" for a new file. Raises: CannotEditError."""
    if isinstance(document, OwnFile):
        changes = _line_changes(text.splitlines(), document.text.splitlines())
        ends = [SettingChange("line ends", "not LF", "LF")] if text != document.text else []
        return Edited(document.text, tuple(changes or ends))
    if isinstance(document, BlockFile):
        return _edit_block(text, document)
    if isinstance(document, HandWrittenFile):
        return Edited(text)
    if isinstance(document, XmlFile):
        return _edit_elements(text, document)
    return _edit_settings(text, document)


def _edit_elements(text: str, document: XmlFile) -> Edited:
    changes = []
    for entry in document.entries:
        changed = xml_edit.put(text, (document.root, *entry.path), entry.instead)
        if changed != text:
            text, element = changed, entry.path[-1]
            changes.append(SettingChange(element.tag, None, f"{element.opened()} />"))
    return Edited(text, tuple(changes))


def _edit_settings(text: str, document: JsonFile | TomlFile) -> Edited:
    text_format = _format_of(document)
    read = text_format.reader(text)  # and again only after a change
    changes: list[SettingChange] = []
    for setting in document.settings:
        if setting.unless and read(setting.unless) is True:
            continue
        have = read(setting.path)
        if _is_kept(have, setting):
            continue
        changed = _put(text_format, text, setting)
        if changed != text:
            text, read = changed, text_format.reader(changed)
            changes.append(SettingChange(setting.key, _shown(have), _shown(read(setting.path))))
    dead = document.dead if isinstance(document, JsonFile) else ()
    return Edited(text, tuple(changes), tuple((key, why) for key, why in dead if read((key,)) is not None))


def _format_of(document: JsonFile | TomlFile) -> TextFormat:
    if isinstance(document, JsonFile):
        return jsonc
    return toml_edit


def _is_kept(have: Any, setting: Setting) -> bool:
    """Whether the value needs no change. When in doubt, it is not kept: the format then decides."""
    if setting.owned is Owned.ENTRIES and isinstance(setting.value, tuple):
        if not isinstance(have, list) or not all(value in have for value in setting.value):
            return False
        return not any(_has(value, setting.ours) and value not in setting.value for value in have)
    if setting.owned is Owned.DEFAULT:
        return have is not None
    want = list(setting.value) if isinstance(setting.value, tuple) else setting.value
    return type(have) is type(want) and bool(have == want)


def _put(text_format: TextFormat, text: str, setting: Setting) -> str:
    """The text with the setting in it; only the part of the value that `ide-config` owns is changed."""
    if setting.owned is Owned.ENTRIES and isinstance(setting.value, tuple):
        return text_format.set_entries(text, setting.path, setting.value, partial(_has, ours=setting.ours))
    if setting.owned is Owned.DEFAULT:
        return text_format.set_default(text, setting.path, setting.value)
    return text_format.set_value(text, setting.path, setting.value)


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
    # If no line differs, the marks do.
    changes = _line_changes(have, document.text.splitlines()) or [SettingChange("the block of ide-config", None, None)]
    return Edited(changed, tuple(changes))


def _line_changes(have: Sequence[str], want: Sequence[str]) -> list[SettingChange]:
    """Lines that differ, in pairs; differences of commas and spaces only if there are no others."""
    if not have:
        return [SettingChange("everything", None, f"{len(want)} lines")]
    changes = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, have, want, autojunk=False).get_opcodes():
        if kind != "equal":
            for old, new in zip_longest(range(start, end), range(new_start, new_end)):
                key = _key_of(want, new) if new is not None else _key_of(have, old)
                changes.append(SettingChange(key, _value_of(have, old), _value_of(want, new)))
    return [change for change in changes if change.have != change.want] or changes


def _key_of(lines: Sequence[str], number: int) -> str:
    """The key that a line sets. A line without a key, as in an array, belongs to the last key above it."""
    above = (_match(line) for line in reversed(lines[: number + 1]))
    return next((match["key"].strip('"') for match in above if match), lines[number].strip())


def _value_of(lines: Sequence[str], number: int | None) -> str | None:
    """The value that a line sets, or the whole line if it sets none; None without a line."""
    if number is None:
        return None
    match = _match(lines[number])
    return (match["value"] if match else lines[number]).strip().rstrip(",")


def _match(line: str) -> re.Match[str] | None:
    return _NAME.match(line) or _LISP_NAME.match(line)


def _has(value: Any, ours: str | None) -> bool:
    return isinstance(value, str) and bool(ours and ours in value)


def _shown(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
