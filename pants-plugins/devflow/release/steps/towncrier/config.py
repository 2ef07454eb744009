"""towncrier's settings, as the locked towncrier reads them: which files it reads and writes. Pure."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from devflow.common.errors import UserError
from devflow.common.toml_file import parse_toml, table_of
from devflow.release.steps.towncrier.package_name import FILES

# In towncrier's own order.
CONFIG_FILES = ("towncrier.toml", "pyproject.toml")


@dataclass(frozen=True)
class TowncrierConfig:
    """Paths are relative to the build root.

    `directories` have the news fragments, one for each section. `written` is the changelog, and `title` the line above
    the section of the version that is released ("" where the template has it). `categories` are the titles of the
    types. `package` is the one that towncrier
    imports for a name; None where it imports none. Its version may have the name, in one of `package_files`; otherwise
    it is `name`.
    """

    path: str
    directories: tuple[str, ...]
    written: str
    single_file: bool
    start_string: str
    title: str
    template: str | None  # None: one of towncrier's own
    types: tuple[str, ...]
    ignore: tuple[str, ...]
    package: str | None = None
    package_files: tuple[str, ...] = ()
    name: str | None = None
    categories: tuple[str, ...] = ()


def config_paths(chosen: str | None) -> tuple[str, ...]:
    """The files that towncrier reads its settings from: the chosen one, or those that it looks for itself."""
    return CONFIG_FILES if chosen is None else (posixpath.normpath(chosen),)


def config_path(chosen: str | None, files: Mapping[str, bytes]) -> str:
    """The file that has the settings. Raises: UserError."""
    paths = config_paths(chosen)
    path = next((path for path in paths if path in files), None)
    if path is not None:
        return path
    if chosen is not None:
        raise UserError(
            f"There is no {paths[0]}, or Pants ignores it.",
            fix="correct [release].changelog_config, or move that file out of what [GLOBAL].pants_ignore names",
        )
    raise UserError(
        "There is neither a towncrier.toml nor a pyproject.toml in the build root.",
        fix="add one with [tool.towncrier]; or release without a changelog: --skip=changelog",
    )


def has_table(path: str, text: str) -> bool:
    """Whether a file has [tool.towncrier]. Raises: UserError for a file that is not TOML."""
    return table_of(parse_toml(text, path), "tool", "towncrier") is not None


def no_table(path: str) -> UserError:
    """The error of settings that are not there. Newer versions of towncrier take default values for all of them."""
    return UserError(f"{path} has no [tool.towncrier].", fix=f"add [tool.towncrier] to {path}; or --skip=changelog")


def config_of(path: str, answer: str) -> TowncrierConfig:
    """The settings from what `run_towncrier.py` prints. Raises: UserError for files outside of the build root."""
    found = json.loads(answer.splitlines()[-1])
    directories = tuple(sorted({posixpath.normpath(each) for each in found["directories"]}))
    for each in (*directories, found["written"]):
        if each in (".", "..") or each.startswith(("../", "/")):
            what = "news fragments in" if each in directories else "the changelog"
            raise UserError(
                f"{path}: {what} {each!r} cannot be released from here.",
                fix="give [tool.towncrier].directory and .filename paths below the build root",
            )
    return TowncrierConfig(
        path=path,
        directories=directories,
        written=posixpath.normpath(found["written"]),
        single_file=found["single_file"],
        start_string=found["start_string"],
        title=found["title"],
        template=found["template"],
        types=tuple(found["types"]),
        ignore=tuple(found["ignore"]),
        package=found["package"],
        package_files=_files_of(found["package_dir"], found["package"]) if found["package"] else (),
        name=found["name"],
        categories=tuple(found["categories"]),
    )


def _files_of(package_dir: str, package: str) -> tuple[str, ...]:
    directory = posixpath.normpath(posixpath.join(package_dir, package.replace(".", "/")))
    return () if directory.startswith("../") else tuple(f"{directory}/{name}" for name in FILES)
