"""The configuration of Pants, read without Pants: the options that name directories, for a Python that has no Pants.

Later sources win: pants.toml (or what PANTS_CONFIG_FILES names), the rc files, the environment. Source: Pants 2.17.1
and 2.21, `options_bootstrapper.py`, `config.py`, `parser.py`; Pants 2.29 and 2.32, `lib.rs` of the engine's options.
"""

from __future__ import annotations

import ast
import getpass
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from typing import Any

from devflow.common.errors import UserError
from devflow.common.paths import display_path
from devflow.common.toml_file import parse_toml

_BUILD_ROOT_FILES = ("pants.toml", "pants", "BUILDROOT", "BUILD_ROOT")
_RC_FILES = ("/etc/pantsrc", "~/.pants.rc", ".pants.rc")
_REFERENCE = re.compile(r"%\(([a-zA-Z_0-9.]+)\)s")
_MAX_NESTING = 20
_STATE_BELOW_PANTS_D_SINCE = (2, 19)
_TEXTS_ONLY_SINCE = (2, 25)  # older ones take any value as a text


def find_build_root(start: str, environment: Mapping[str, str]) -> str:
    """The nearest directory upwards in which Pants would run. Source: `build_root.py`. Raises: UserError."""
    override = environment.get("PANTS_BUILDROOT_OVERRIDE")
    if override:
        return override
    directory = os.path.realpath(start)
    while True:
        if any(os.path.isfile(os.path.join(directory, name)) for name in _BUILD_ROOT_FILES):
            return directory
        parent = os.path.dirname(directory)
        if parent == directory:
            raise UserError(f"There is no pants.toml in {start} or above.", fix="cd to the repository first")
        directory = parent


def read_options(build_root: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The options that name directories, by name, without those that have no value. Raises: UserError."""
    named = [_load(path) for path in config_files(build_root, environment)]
    files = [*named, *(_load(path) for path in rc_files(build_root))]
    known = {
        "buildroot": build_root,
        "homedir": os.path.expanduser("~"),
        "user": user_name(),
        "pants_workdir": os.path.join(build_root, ".pants.d"),
        "pants_distdir": os.path.join(build_root, "dist"),
        **{f"env.{name}": value for name, value in environment.items()},
    }
    version = _minor_version(_value("pants_version", files, environment, known, texts_only=False) or "")
    texts_only = version >= _TEXTS_ONLY_SINCE
    # Pants resolves references to these two options before it reads the rc files; from 2.25 on, before it reads any.
    before = [] if version >= _TEXTS_ONLY_SINCE else named
    for option in ("pants_workdir", "pants_distdir"):
        known[option] = _value(option, before, environment, known, texts_only=texts_only) or known[option]
    options = dict(_defaults(build_root, environment, modern=version >= _STATE_BELOW_PANTS_D_SINCE))
    for option in (*options, "pants_physical_workdir_base"):
        value = _value(option, files, environment, known, texts_only=texts_only)
        if value is not None:
            options[option] = value
    return options


def user_name() -> str:
    """As Pants has it: a user without an entry in the user database goes by its number. Source: `osutil.getuser`."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _defaults(build_root: str, environment: Mapping[str, str], *, modern: bool) -> Mapping[str, str]:
    cache = environment.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    state = os.path.join(build_root, ".pants.d")
    return {
        "local_store_dir": os.path.join(cache, "pants", "lmdb_store"),
        "named_caches_dir": os.path.join(cache, "pants", "named_caches"),
        "local_execution_root_dir": tempfile.gettempdir(),
        "pants_workdir": os.path.join(state, "workdir") if modern else state,
        "pants_subprocessdir": os.path.join(state, "pids") if modern else os.path.join(build_root, ".pids"),
        "pants_distdir": os.path.join(build_root, "dist"),
    }


def _minor_version(version: str) -> tuple[int, int]:
    """Without a version, the newest Pants starts."""
    match = re.match(r"(\d{1,4})\.(\d{1,4})", version)
    return (int(match[1]), int(match[2])) if match else (9999, 0)


def config_files(build_root: str, environment: Mapping[str, str], *, also_missing: bool = False) -> list[str]:
    """The configuration files that Pants reads and that exist, without the rc files. Raises: UserError.

    `also_missing`: and those that PANTS_CONFIG_FILES names and that do not exist, for which Pants fails.
    """
    default = os.path.join(build_root, "pants.toml")
    paths = [default]
    named = next((environment[name] for name in _variables("pants_config_files") if name in environment), None)
    if named:
        value = _list_of_paths(named.lstrip("+"))
        if value is None:
            what = f"PANTS_CONFIG_FILES={display_path(named)} is not a list."
            raise UserError(what, fix="write ['one.toml', 'two.toml']")
        paths = [*(paths if named.startswith("+") else []), *(os.path.join(build_root, path) for path in value)]
    return [path for path in paths if os.path.isfile(path) or (also_missing and path != default)]


def _list_of_paths(text: str) -> list[str] | None:
    """The paths of a list option as the environment has it; None if the text is no list of texts."""
    if not text.startswith(("[", "(")):
        return [text]
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    paths = list(value) if isinstance(value, (list, tuple)) else [value]
    return paths if all(isinstance(path, str) and "\0" not in path for path in paths) else None


def rc_files(build_root: str, *, is_there: Callable[[str], bool] = os.path.isfile) -> list[str]:
    """The rc files that exist, later ones win."""
    paths = (os.path.join(build_root, os.path.expanduser(path)) for path in _RC_FILES)
    return [path for path in paths if is_there(path)]


def _load(path: str) -> Mapping[str, Any]:
    name = display_path(path)
    try:
        with open(path, encoding="utf-8") as file:
            content = parse_toml(file.read(), name)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{name} cannot be read: {error}.", fix=f"make {name} a readable UTF-8 file") from error
    for section in ("GLOBAL", "DEFAULT"):
        if not isinstance(content.get(section, {}), dict):
            raise UserError(f"{name}: {section} is not a table.", fix=f"write [{section}] on a line of its own")
    return content


def _variables(option: str) -> list[str]:
    name = option.upper()
    return [f"PANTS_GLOBAL_{name}", f"PANTS_{name}", *([name] if name.startswith("PANTS_") else [])]


def _value(
    option: str,
    files: list[Mapping[str, Any]],
    environment: Mapping[str, str],
    known: Mapping[str, str],
    *,
    texts_only: bool,
) -> str | None:
    for variable in _variables(option):
        if variable in environment:
            return environment[variable]
    for content in reversed(files):
        section = content.get("GLOBAL", {})
        if option in section:
            if texts_only and not isinstance(section[option], str):
                what = f"[GLOBAL].{option} is {section[option]!r}, and must be a text."
                raise UserError(what, fix=f"write [GLOBAL].{option} as a path in quotes")
            texts = {**content.get("DEFAULT", {}), **section}
            return interpolate(str(section[option]), {**known, **{name: str(text) for name, text in texts.items()}})
    return None


def interpolate(text: str, known: Mapping[str, str]) -> str:
    """The text with the value of each `%(name)s`. Raises: UserError for a name that is not known."""
    for _ in range(_MAX_NESTING):
        match = _REFERENCE.search(text)
        if not match:
            return text
        if match[1] not in known:
            what = f"{match[0]} in the configuration of Pants is not defined."
            raise UserError(what, fix=f"define {match[1]} in [DEFAULT] of pants.toml, or write a path instead")
        text = text[: match.start()] + known[match[1]] + text[match.end() :]
    what = f"{text} in the configuration of Pants refers to itself."
    raise UserError(what, fix="write a path instead of one of the references")
