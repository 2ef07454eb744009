"""Alembic's configuration: the options that say where the scripts are. Pure.

Source: `Config` and `ScriptDirectory.from_config` of alembic 1.13 to 1.20.
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devflow.common.errors import UserError, did_you_mean
from devflow.common.toml_file import parse_toml, table_of
from devflow.schema_history.alembic.interpolation import BoundedInterpolation, TooLongError, fill_in

HERE = "//here"  # stands for the directory of the configuration, wherever that is
MAIN_SECTION = "alembic"  # which `alembic` reads without `--name`
_SEPARATORS = {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}
_TABLE = re.compile(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*[\"']?alembic[\"']?[ \t]*\]", re.MULTILINE)
_LEGACY = re.compile(r", *|(?: +)")


@dataclass(frozen=True)
class AlembicConfig:
    """Locations as written, with `HERE` for `%(here)s`. Without `version_locations`, the default `versions` applies.

    Without a `script_location`, alembic alone cannot read scripts. Flask-Migrate can: it sets the directory of the INI
    file. `where` is the section or table, for messages: "alembic.ini: [alembic]". `others` are the other sections that
    have scripts.
    """

    where: str
    script_location: str | None
    version_locations: tuple[str, ...]
    recursive: bool
    others: tuple[str, ...] = ()

    @property
    def may_be_of_flask(self) -> bool:
        """Whether the directory of the configuration may be the script location."""
        return not self.script_location and self.where.endswith(f"[{MAIN_SECTION}]")


@dataclass(frozen=True)
class ConfigText:
    """A file with its text."""

    path: str
    text: str


def has_alembic_table(text: str) -> bool:
    """Whether a `pyproject.toml` configures alembic."""
    return _TABLE.search(text) is not None


def sections_with_scripts(text: str) -> tuple[str, ...]:
    """The sections of an INI file that say where scripts are, in written order: those that `alembic --name` takes."""
    # Here [DEFAULT] is a section like others, so that what it says is not counted for all of them.
    parser = configparser.RawConfigParser(default_section="//none")
    try:
        parser.read_string(text)
    except configparser.Error:
        return ()  # `parse` reports it
    shared = "DEFAULT" in parser and "script_location" in parser["DEFAULT"]
    return tuple(
        name
        for name in parser.sections()
        if name != "DEFAULT"
        and (
            "script_location" in parser[name]
            or shared
            and (name == MAIN_SECTION or "version_locations" in parser[name])
        )
    )


def parse(ini: ConfigText | None, pyproject: ConfigText | None, section: str = MAIN_SECTION) -> AlembicConfig:
    """For each option, the value in this section of the INI file, else that of the TOML file. Raises: UserError."""
    main = ini or pyproject
    if main is None:
        raise ValueError("neither an INI nor a TOML file")
    options = _Options(ini, pyproject, section)
    return AlembicConfig(
        f"{main.path}: {'[tool.alembic]' if main is pyproject else f'[{section}]'}",
        options.text("script_location") or None,
        options.version_locations(),
        options.flag("recursive_version_locations"),
        tuple(name for name in sections_with_scripts(ini.text) if name != section) if ini else (),
    )


class _Options:
    def __init__(self, ini: ConfigText | None, pyproject: ConfigText | None, section: str) -> None:
        self._ini_path = ini.path if ini else ""
        self._toml_path = pyproject.path if pyproject else ""
        self._section = section
        self._ini = _read_ini(ini, section) if ini else None
        self._toml = _read_toml(pyproject) if pyproject else {}

    def text(self, name: str) -> str | None:
        value = self._from_ini(name)
        if value is not None:
            return value
        value = self._toml.get(name)
        if value is not None and not isinstance(value, str):
            raise self._toml_error(name, "is no string")
        return self._filled_in(name, value) if value is not None else None

    def flag(self, name: str) -> bool:
        value = self._from_ini(name)
        if value is not None:
            return value == "true"
        value = self._toml.get(name, False)
        if not isinstance(value, bool):
            raise self._toml_error(name, "is neither true nor false")
        return value

    def version_locations(self) -> tuple[str, ...]:
        name = "version_locations"
        written = self._from_ini(name)
        if not written:
            values = self._toml.get(name) or []
            if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
                raise self._toml_error(name, "is no list of strings")
            return tuple(self._filled_in(name, value) for value in values)
        for option in ("path_separator", "version_path_separator"):
            separator = self._from_ini(option)
            if separator is None:
                continue
            if separator not in _SEPARATORS:
                raise UserError(
                    f"{self._ini_path}: `{option}` is '{separator}'.",
                    fix=f"set it to one of: {', '.join(_SEPARATORS)}",
                )
            return tuple(part.strip() for part in written.split(_SEPARATORS[separator]) if part.strip())
        return tuple(part for part in _LEGACY.split(written) if part)

    def _from_ini(self, name: str) -> str | None:
        try:
            return self._ini.get(self._section, name, fallback=None) if self._ini else None
        except configparser.Error as error:
            fix = "write %% for a plain percent sign"
            if isinstance(error, TooLongError):
                fix = "write the value out, without %(…)s"
            raise UserError(f"{self._ini_path}: `{name}` cannot be read: {_one_line(error)}", fix=fix) from error

    def _filled_in(self, name: str, value: str) -> str:
        try:
            return fill_in(value, {"here": HERE})
        except (KeyError, ValueError) as error:
            raise self._toml_error(name, "has a % that is not part of %(here)s") from error

    def _toml_error(self, name: str, why: str) -> UserError:
        return UserError(f"{self._toml_path}: [tool.alembic].{name} {why}.", fix="write it as alembic documents it")


def _read_ini(file: ConfigText, section: str) -> configparser.ConfigParser | None:
    """None without `[alembic]`: alembic then takes nothing from the file, not even from `[DEFAULT]`."""
    parser = configparser.ConfigParser({"here": HERE}, interpolation=BoundedInterpolation())
    try:
        parser.read_string(file.text, source=file.path)
    except configparser.Error as error:
        raise UserError(
            f"{file.path} cannot be read as an INI file: {_one_line(error)}", fix="correct that line"
        ) from error
    if not parser.has_section(section):
        if section != MAIN_SECTION:
            known = sections_with_scripts(file.text) or (MAIN_SECTION,)
            raise UserError(
                f"{file.path} has no section [{section}].{did_you_mean(section, known)}",
                fix=f"name one of: {', '.join(known)}",
            )
        return None
    return parser


def _read_toml(file: ConfigText) -> Mapping[str, Any]:
    if not has_alembic_table(file.text):
        return {}
    return table_of(parse_toml(file.text, file.path), "tool", "alembic") or {}


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
