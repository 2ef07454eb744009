"""Pants' configuration, read without Pants: just enough to know where it keeps things.

Later wins: pants.toml (or what PANTS_CONFIG_FILES names), the rc files, the environment. Source: Pants 2.17.1 and 2.32,
`options_bootstrapper.py`, `config.py`, `parser.py`.
"""

from __future__ import annotations

import ast
import getpass
import os
import re
import tempfile
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from devflow.common.errors import UserError
from devflow.common.paths import display_path
from devflow.common.toml_file import parse_toml

_RC_FILES = ("/etc/pantsrc", "~/.pants.rc", ".pants.rc")
_REFERENCE = re.compile(r"%\(([a-zA-Z_0-9.]+)\)s")
_MAX_NESTING = 20


def read(build_root: str, environment: Mapping[str, str]) -> SimpleNamespace:
    """The options that say where things are, as strings; None for one without a default. Raises: UserError."""
    named = [_load(path) for path in _config_files(build_root, environment)]
    files = [*named, *(_load(path) for path in _rc_files(build_root))]
    known = {
        "buildroot": build_root,
        "homedir": os.path.expanduser("~"),
        "user": getpass.getuser(),
        "pants_workdir": os.path.join(build_root, ".pants.d"),
        "pants_distdir": os.path.join(build_root, "dist"),
        **{f"env.{name}": value for name, value in environment.items()},
    }
    # What other options may refer to by name, Pants takes from before it has read the rc files.
    for option in ("pants_workdir", "pants_distdir"):
        known[option] = _value(option, named, environment, known) or known[option]
    raw = _value("pants_version", files, environment, known) or ""
    options = dict(_defaults(build_root, environment, modern=_is_modern(raw)))
    for option in options:
        value = _value(option, files, environment, known)
        if value is not None:
            options[option] = value
    return SimpleNamespace(**options)


def _defaults(build_root: str, environment: Mapping[str, str], *, modern: bool) -> Mapping[str, str | None]:
    cache = environment.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    state = os.path.join(build_root, ".pants.d")
    return {
        "local_store_dir": os.path.join(cache, "pants", "lmdb_store"),
        "named_caches_dir": os.path.join(cache, "pants", "named_caches"),
        "local_execution_root_dir": tempfile.gettempdir(),
        "pants_workdir": os.path.join(state, "workdir") if modern else state,
        "pants_subprocessdir": os.path.join(state, "pids") if modern else os.path.join(build_root, ".pids"),
        "pants_distdir": os.path.join(build_root, "dist"),
        "pants_physical_workdir_base": None,
    }


def _is_modern(version: str) -> bool:
    """From 2.19 on, all of a repository's own state is below `.pants.d`."""
    match = re.match(r"(\d+)\.(\d+)", version)
    return match is None or (int(match[1]), int(match[2])) >= (2, 19)


def _config_files(build_root: str, environment: Mapping[str, str]) -> list[str]:
    paths = [os.path.join(build_root, "pants.toml")]
    named = next((environment[name] for name in _variables("pants_config_files") if name in environment), None)
    if named:
        try:
            value = ast.literal_eval(named.lstrip("+")) if named.lstrip("+").startswith(("[", "(")) else [named]
        except (SyntaxError, ValueError) as error:
            raise UserError(f"PANTS_CONFIG_FILES={named} is no list.", fix="write ['one.toml', 'two.toml']") from error
        paths = [*(paths if named.startswith("+") else []), *(os.path.join(build_root, path) for path in value)]
    return [path for path in paths if os.path.isfile(path)]


def _rc_files(build_root: str) -> list[str]:
    paths = (os.path.join(build_root, os.path.expanduser(path)) for path in _RC_FILES)
    return [path for path in paths if os.path.isfile(path)]


def _load(path: str) -> Mapping[str, Any]:
    name = display_path(path)
    try:
        with open(path, encoding="utf-8") as file:
            return parse_toml(file.read(), name)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{name} cannot be read: {error}.", fix=f"mend {name}") from error


def _variables(option: str) -> list[str]:
    name = option.upper()
    return [f"PANTS_GLOBAL_{name}", f"PANTS_{name}", *([name] if name.startswith("PANTS_") else [])]


def _value(
    option: str, files: list[Mapping[str, Any]], environment: Mapping[str, str], known: Mapping[str, str]
) -> str | None:
    for variable in _variables(option):
        if variable in environment:
            return environment[variable]
    for content in reversed(files):
        section = content.get("GLOBAL", {})
        if option in section:
            texts = {**content.get("DEFAULT", {}), **section}
            return _interpolate(str(section[option]), {**known, **{name: str(text) for name, text in texts.items()}})
    return None


def _interpolate(text: str, known: Mapping[str, str]) -> str:
    for _ in range(_MAX_NESTING):
        match = _REFERENCE.search(text)
        if not match:
            return text
        if match[1] not in known:
            raise UserError(f"{match[0]} in the configuration of Pants is not known.", fix="mend it in pants.toml")
        text = text[: match.start()] + known[match[1]] + text[match.end() :]
    raise UserError(f"{text} in the configuration of Pants refers to itself.", fix="mend it in pants.toml")
