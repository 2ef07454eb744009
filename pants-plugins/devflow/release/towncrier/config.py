"""towncrier's settings, as far as they say which files it reads and writes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devflow.common.errors import UserError
from devflow.common.toml_file import parse_toml, table_of

# In towncrier's own order.
CONFIG_FILES = ("towncrier.toml", "pyproject.toml")
DEFAULT_TYPES = ("feature", "bugfix", "doc", "removal", "misc")
_PACKAGED_TEMPLATE = re.compile(r"[-\w.]+:[-\w.]+")


@dataclass(frozen=True)
class TowncrierConfig:
    """Paths are relative to the directory of the settings.

    `directories` have the news fragments, one for each section. `title_format` is None where the template has the
    heading.
    """

    path: str
    name: str
    directories: tuple[str, ...]
    filename: str
    single_file: bool
    start_string: str
    template: str | None  # None: one of towncrier's own
    types: tuple[str, ...]
    ignore: tuple[str, ...]
    title_format: str | None


def parse_config(path: str, text: str, *, pyproject: str | None = None) -> TowncrierConfig:
    """Read `towncrier.toml` or `pyproject.toml`. Beside the former, `pyproject` may have the project's name.

    Raises: UserError.
    """
    document = parse_toml(text, path)
    settings = table_of(document, "tool", "towncrier")
    if settings is None:
        raise UserError(f"{path} has no [tool.towncrier].", fix=f"add [tool.towncrier] to {path}; or --skip=changelog")
    beside = parse_toml(pyproject, "pyproject.toml") if pyproject is not None else document
    project_name = str((table_of(beside, "project") or {}).get("name", ""))
    package = str(settings.get("package") or "") or project_name
    filename = str(settings.get("filename", "NEWS.rst"))
    is_markdown = filename.endswith(".md")
    marker = "towncrier release notes start"
    template = str(settings.get("template") or "")
    return TowncrierConfig(
        path=path,
        # As towncrier does, but without an import of the package, which a sandbox does not have.
        name=str(settings.get("name") or "") or (package.title() if settings.get("package") else package),
        directories=_directories(path, settings, package),
        filename=filename,
        single_file=bool(settings.get("single_file", True)),
        start_string=str(settings.get("start_string") or (f"<!-- {marker} -->\n" if is_markdown else f".. {marker}\n")),
        template=posixpath.normpath(template) if template and not _PACKAGED_TEMPLATE.fullmatch(template) else None,
        types=_types(settings),
        ignore=tuple(str(name) for name in settings.get("ignore") or ()),
        title_format=str(settings["title_format"]) if settings.get("title_format") else None,
    )


def _directories(path: str, settings: Mapping[str, Any], package: str) -> tuple[str, ...]:
    sections = [str(section.get("path", "")) for section in settings.get("section") or [{}]]
    if settings.get("directory") is not None:
        base, below = str(settings["directory"]), ""
    elif package:
        base, below = posixpath.join(str(settings.get("package_dir", ".")), package), "newsfragments"
    else:
        base, below = ".", "newsfragments"
    directories = {posixpath.normpath(posixpath.join(base, section, below)) for section in sections}
    outside = sorted(each for each in directories if each in (".", "..") or each.startswith(("../", "/")))
    if outside:
        raise UserError(
            f"{path}: news fragments in {outside[0]!r} cannot be released from here.",
            fix="give [tool.towncrier].directory a directory below that of the settings",
        )
    return tuple(sorted(directories))


def _types(settings: Mapping[str, Any]) -> tuple[str, ...]:
    types = settings.get("type")
    if types:
        return tuple(str(each.get("directory") or each.get("name", "").lower()) for each in types)
    fragment = settings.get("fragment")
    if isinstance(fragment, dict) and fragment:
        return tuple(fragment)
    return DEFAULT_TYPES
