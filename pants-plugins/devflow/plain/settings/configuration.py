"""Any option of Pants as the configuration files and the environment have it, read without Pants.

Enough for options that are texts, numbers, lists and tables. Source: Pants 2.17.1 and 2.32, `config.py`, `parser.py`,
`custom_types.py`.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Any

from devflow.common.errors import Problem, UserError
from devflow.common.files import read_file
from devflow.common.paths import display_path
from devflow.common.toml_file import parse_toml
from devflow.plain.settings.without_pants import config_files, interpolate, rc_files, user_name


class Unreadable(Enum):
    """Why a configuration file cannot be read."""

    BY_SYSTEM = "system"
    NO_TEXT = "text"
    NO_TOML = "TOML"


@dataclass(frozen=True)
class ConfigFile:
    """A configuration file.

    `text` is its content, as far as it can be read. `problem` and `why` say why there is no document, which is empty
    then.
    """

    path: str
    name: str
    is_rc: bool
    document: Mapping[str, Any]
    text: str
    problem: Problem | None = None
    why: Unreadable | None = None

    def has(self, scope: str, option: str) -> bool:
        """Whether it sets an option."""
        table = self.document.get(scope)
        return isinstance(table, Mapping) and option in table


@dataclass(frozen=True)
class Configuration:
    """The configuration files of a repository, later ones win, and the environment, which wins over all of them.

    An option in `given` (scope and name → value) has that value, whatever these say: Pants has read it.
    """

    build_root: str
    environment: Mapping[str, str]
    files: tuple[ConfigFile, ...]
    given: Mapping[tuple[str, str], object] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        build_root: str,
        environment: Mapping[str, str],
        given: Mapping[tuple[str, str], object] | None = None,
        *,
        ignore_named: bool = False,
    ) -> Configuration:
        """Read them; with `ignore_named`, pants.toml instead of what PANTS_CONFIG_FILES names.

        Raises: UserError if PANTS_CONFIG_FILES cannot be understood.
        """
        paths = config_files(build_root, {} if ignore_named else environment, also_missing=True)
        named = [_read(path, build_root, is_rc=False) for path in paths]
        without = cls(build_root, environment, tuple(named), given or {})
        try:
            has_rc = without.value("GLOBAL", "pantsrc", True) not in (False, "false", "False")
        except UserError:
            has_rc = True
        paths = rc_files(build_root, is_there=os.path.exists) if has_rc else []
        rc = [_read(path, build_root, is_rc=True) for path in paths]
        return replace(without, files=(*named, *rc))

    def value(self, scope: str, option: str, default: Any = None) -> Any:
        """The value of an option; a list or a table as the sum of what adds to it. Raises: UserError."""
        if (scope, option) in self.given:
            return self.given[scope, option]
        value = default
        for one in self._given(scope, option):
            value = _merged(value, one)
        return value

    def where(self, scope: str, option: str) -> str | None:
        """What sets an option last: a variable or a file."""
        for variable in variables_of(scope, option):
            if variable in self.environment:
                return variable
        return next((file.name for file in reversed(self.files) if file.has(scope, option)), None)

    def text(self, scope: str, option: str) -> str | None:
        """The value of an option that is a text; None if it is not set, or is no text. Raises: UserError."""
        value = self.value(scope, option)
        return value if isinstance(value, str) else None

    def texts(self, scope: str, option: str) -> tuple[str, ...] | None:
        """The value of an option that is a list of texts; a single text adds to the default. Raises: UserError."""
        value = self.value(scope, option)
        if isinstance(value, str):
            return (value,)
        return tuple(map(str, value)) if isinstance(value, (list, tuple)) else None

    def table(self, scope: str, option: str) -> Mapping[str, Any]:
        """The value of an option that is a table; empty if it is not set. Raises: UserError."""
        value = self.value(scope, option)
        return value if isinstance(value, Mapping) else {}

    @property
    def pants_version(self) -> tuple[int, ...] | None:
        """`pants_version`, as far as it is numbers: (2, 17, 1); None if there is none."""
        text = self.text("GLOBAL", "pants_version") or ""
        numbers = text.split(".")[:3]
        return tuple(map(int, numbers)) if len(numbers) > 1 and all(map(str.isdigit, numbers)) else _leading(numbers)

    def _given(self, scope: str, option: str) -> Iterator[Any]:
        for file in self.files:
            if file.has(scope, option):
                table = file.document[scope]
                yield self._interpolated(table[option], {**_defaults_of(file.document), **table})
        for variable in reversed(variables_of(scope, option)):
            if variable in self.environment:
                yield self.environment[variable]

    def _interpolated(self, value: Any, near: Mapping[str, Any]) -> Any:
        if isinstance(value, str):
            known = {**self._seeds, **{name: str(text) for name, text in near.items() if isinstance(text, str)}}
            return interpolate(value, known) if "%(" in value else value
        if isinstance(value, list):
            return [self._interpolated(one, near) for one in value]
        if isinstance(value, Mapping):
            return {key: self._interpolated(one, near) for key, one in value.items()}
        return value

    @cached_property
    def _seeds(self) -> Mapping[str, str]:
        return {
            "buildroot": self.build_root,
            "homedir": os.path.expanduser("~"),
            "user": user_name(),
            "pants_workdir": os.path.join(self.build_root, ".pants.d"),
            "pants_distdir": os.path.join(self.build_root, "dist"),
            **{f"env.{name}": value for name, value in self.environment.items()},
        }


def variables_of(scope: str, option: str) -> tuple[str, ...]:
    """The environment variables that set an option; the first wins."""
    name = option.upper().replace("-", "_")
    if scope == "GLOBAL":
        return (f"PANTS_GLOBAL_{name}", f"PANTS_{name}", *((name,) if name.startswith("PANTS_") else ()))
    return (f"PANTS_{scope.upper().replace('-', '_').replace('.', '_')}_{name}",)


def _read(path: str, build_root: str, *, is_rc: bool) -> ConfigFile:
    name = display_path(path, build_root)
    try:
        text = read_file_text(path)
    except FileNotFoundError as error:
        problem = Problem(f"{name} does not exist: {error}.", f"write {name}, or leave it out of PANTS_CONFIG_FILES")
        return ConfigFile(path, name, is_rc, {}, "", problem, Unreadable.BY_SYSTEM)
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(f"{name} cannot be read: {error}.", f"make {name} a readable UTF-8 file")
        if isinstance(error, OSError):
            return ConfigFile(path, name, is_rc, {}, "", problem, Unreadable.BY_SYSTEM)
        return ConfigFile(path, name, is_rc, {}, error.object.decode(errors="replace"), problem, Unreadable.NO_TEXT)
    try:
        return ConfigFile(path, name, is_rc, parse_toml(text, name), text)
    except UserError as error:
        return ConfigFile(path, name, is_rc, {}, text, error.problem, Unreadable.NO_TOML)


def read_file_text(path: str) -> str:
    """A regular file as UTF-8. Raises: OSError, UnicodeDecodeError."""
    from pathlib import Path

    return read_file(Path(path)).decode("utf-8")


def _defaults_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    table = document.get("DEFAULT")
    return table if isinstance(table, Mapping) else {}


def _leading(numbers: list[str]) -> tuple[int, ...] | None:
    """(2, 32) of `2.32.0a1`."""
    head = [part for part in numbers[:2] if part.isdigit()]
    return tuple(map(int, head)) if len(head) == 2 else None


def _merged(value: Any, given: Any) -> Any:
    """What an option is after one more source: a list or table is replaced, or added to by `add`, `+` or a text."""
    if isinstance(given, str) and isinstance(value, (list, tuple, Mapping)) or _looks_like_a_collection(given):
        return _merged_text(value, given)
    if isinstance(given, Mapping) and given and given.keys() <= {"add", "remove"}:
        return _changed(value, given)
    return given


def _changed(value: Any, given: Mapping[str, Any]) -> Any:
    """With `add` and `remove` of the right types; otherwise it is a table with these keys. Source: `config.py`."""
    added, removed = given.get("add"), given.get("remove")
    if isinstance(added, Mapping):
        return {**(value if isinstance(value, Mapping) else {}), **added}
    if not (isinstance(added, list) or isinstance(removed, list)):
        return given
    kept = value if isinstance(value, (list, tuple)) else ()
    left_out = removed if isinstance(removed, list) else ()
    return [*(one for one in kept if one not in left_out), *(added if isinstance(added, list) else ())]


def _looks_like_a_collection(given: Any) -> bool:
    return isinstance(given, str) and given[:1] in tuple("[({+-") and given[-1:] in tuple("])}")


def _merged_text(value: Any, given: str) -> Any:
    sign, text = (given[0], given[1:]) if given[:1] in ("+", "-") else ("", given)
    try:
        parsed: Any = ast.literal_eval(text) if text[:1] in ("[", "(", "{") else None
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        parsed = None
    if parsed is None:
        return [*value, given] if isinstance(value, (list, tuple)) else given
    if isinstance(parsed, Mapping):
        return {**(value if isinstance(value, Mapping) else {}), **parsed} if sign == "+" else parsed
    old = list(value) if isinstance(value, (list, tuple)) else []
    if sign == "+":
        return [*old, *parsed]
    return [one for one in old if one not in parsed] if sign == "-" else list(parsed)
