"""The settings of an editor as data, file by file. `--print`, `--check`, `--dry-run` and the real run share them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Union

from devflow.ide_config.formats.blocks import Syntax
from devflow.ide_config.formats.xml_edit import XmlElement


class Owned(Enum):
    """Which part of a value `ide-config` owns. It changes no other part."""

    VALUE = "value"  # the whole value
    ENTRIES = "entries"  # in an array: the given entries, and those that contain `ours`
    DEFAULT = "default"  # nothing, once there is a value: a matter of taste


@dataclass(frozen=True)
class Setting:
    """A value at a path of keys. A key of VS Code is one key, with its dots.

    The setting is not for a file in which the value at `unless` is true.
    """

    path: tuple[str, ...]
    value: str | bool | int | tuple[str, ...]
    owned: Owned = Owned.VALUE
    ours: str | None = None
    unless: tuple[str, ...] | None = None

    @property
    def key(self) -> str:
        """The path with dots."""
        return ".".join(self.path)


@dataclass(frozen=True)
class JsonFile:
    """A file of JSON with comments. `dead`: obsolete keys, and the reason."""

    path: str
    settings: tuple[Setting, ...]
    dead: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TomlFile:
    """A TOML file. The last part of a setting's path is the key, the others are its table."""

    path: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class Conflict:
    """A TOML table; with a `key`, only a table in which the key has this `value`."""

    table: tuple[str, ...]
    key: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class BlockFile:
    """A file with a managed block. The edit fails if the rest of the file has one of the tables in `conflicts`."""

    path: str
    syntax: Syntax
    text: str
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True)
class OwnFile:
    """A file that `ide-config` owns as a whole."""

    path: str
    text: str


@dataclass(frozen=True)
class XmlEntry:
    """The last element of a path is to be in the others; nothing is done if one of those `instead` is there."""

    path: tuple[XmlElement, ...]
    instead: tuple[XmlElement, ...] = ()


@dataclass(frozen=True)
class XmlFile:
    """An XML file. What is in it stays: an element counts as there by its tag and its first attribute."""

    path: str
    root: XmlElement
    entries: tuple[XmlEntry, ...]


@dataclass(frozen=True)
class HandWrittenFile:
    """A file of the user, in which only paths into exports are kept up, as they are in every other one."""

    path: str


Document = Union[JsonFile, TomlFile, XmlFile, BlockFile, OwnFile, HandWrittenFile]


def texts_of(document: Document) -> Iterator[str]:
    """Every string that a document puts into its file."""
    if isinstance(document, HandWrittenFile):
        return
    if isinstance(document, (BlockFile, OwnFile)):
        yield document.text
        return
    if isinstance(document, XmlFile):
        yield from (value for entry in document.entries for one in entry.path for _, value in one.attributes)
        return
    for setting in document.settings:
        values = setting.value if isinstance(setting.value, tuple) else (setting.value,)
        yield from (value for value in values if isinstance(value, str))
