"""Reads the metadata of a project from `pyproject.toml` or `setup.cfg`, without running its code. Pure."""

from __future__ import annotations

import configparser
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from devflow.common.errors import UserError
from devflow.common.toml_file import parse_toml, table_of
from devflow.plugin_checkouts.facts import PluginProject

_OF_PEP_508 = ("<", ">", "==", "!=", "~=")  # poetry has more forms: "^1", "~1", "1", "*"
FILES = ("pyproject.toml", "setup.cfg", "setup.py")


def read_project(
    texts: Mapping[str, str], directories: Collection[str], modules: Mapping[str, tuple[str, ...]]
) -> PluginProject:
    """The project of a checkout. `texts` has the files of FILES that exist, and those that they name.

    `directories` are the directories at its top. `modules` has the importable names of each possible source root.
    """
    try:
        document = parse_toml(texts["pyproject.toml"], "pyproject.toml") if "pyproject.toml" in texts else {}
        config = _config(texts["setup.cfg"]) if "setup.cfg" in texts else configparser.ConfigParser()
    except UserError as error:
        return _unreadable(error.problem.what, directories, modules)
    except configparser.Error as error:
        return _unreadable(f"setup.cfg cannot be read: {' '.join(str(error).split())}", directories, modules)
    root = _root(document, config, directories, modules)
    names = modules.get(root, ())
    project = table_of(document, "project")
    poetry = table_of(document, "tool", "poetry")
    found = None
    if project and isinstance(project.get("name"), str):
        found = _of_project(project, root, names)
    elif poetry and isinstance(poetry.get("name"), str):
        found = _of_poetry(poetry, root, names)
    elif config.has_option("metadata", "name"):
        found = _of_config(config, texts, root, names)
    if found:
        return replace(found, lines=_lines_of(found, texts[found.source]))
    problem = "its setup.py is not statically readable" if "setup.py" in texts else None
    return PluginProject(root, modules=names, problem=problem)


def _unreadable(problem: str, directories: Collection[str], modules: Mapping[str, tuple[str, ...]]) -> PluginProject:
    """A project without metadata, whose code can be imported nevertheless."""
    root = _root({}, configparser.ConfigParser(), directories, modules)
    return PluginProject(root, modules=modules.get(root, ()), problem=problem)


def _lines_of(project: PluginProject, text: str) -> dict[tuple[str, str], int]:
    """The first line that has the name of an entry point and its object; none if they are on several lines."""
    lines = text.splitlines()
    found = {}
    for group, points in project.entry_points.items():
        for name, value in points.items():
            numbers = (number for number, line in enumerate(lines, 1) if name in line and value in line)
            number = next(numbers, None)
            if number:
                found[group, name] = number
    return found


def _config(text: str) -> configparser.ConfigParser:
    config = configparser.ConfigParser(interpolation=None)
    config.optionxform = str  # type: ignore[assignment,method-assign]
    config.read_string(text, source="setup.cfg")
    return config


def _root(
    document: Mapping[str, Any],
    config: configparser.ConfigParser,
    directories: Collection[str],
    modules: Mapping[str, tuple[str, ...]],
) -> str:
    """The source root. Source: the documented settings of setuptools, poetry, hatch, pdm and uv, in this order."""
    setuptools = table_of(document, "tool", "setuptools") or {}
    found = table_of(setuptools, "packages", "find") or {}
    poetry = (table_of(document, "tool", "poetry") or {}).get("packages")
    hatch = table_of(document, "tool", "hatch", "build", "targets", "wheel") or {}
    candidates = [
        _first(found.get("where")),
        _text((table_of(setuptools, "package-dir") or {}).get("")),
        _of_package_dir(config),
        config.get("options.packages.find", "where", fallback=None),
        *[_text(one.get("from")) for one in poetry or () if isinstance(one, Mapping)],
        _first(hatch.get("sources")),
        *[package.rpartition("/")[0] for package in _texts(hatch.get("packages")) if "/" in package],
        _text((table_of(document, "tool", "pdm", "build") or {}).get("package-dir")),
        _text((table_of(document, "tool", "uv", "build-backend") or {}).get("module-root")),
    ]
    for candidate in candidates:
        clean = (candidate or "").strip().strip("/") or None
        if clean and clean != "." and ".." not in clean.split("/"):
            return clean
        if clean == ".":
            return "."
    return "src" if "src" in directories and modules.get("src") else "."


def _of_package_dir(config: configparser.ConfigParser) -> str | None:
    lines = config.get("options", "package_dir", fallback="").splitlines()
    pairs = (line.partition("=")[::2] for line in lines if "=" in line)
    return next((value.strip() for name, value in pairs if not name.strip()), None)


def _first(value: object) -> str | None:
    return next(iter(_texts(value)), None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _points(groups: object) -> dict[str, dict[str, str]]:
    if not isinstance(groups, Mapping):
        return {}
    return {
        str(group): {str(name): value for name, value in points.items() if isinstance(value, str)}
        for group, points in groups.items()
        if isinstance(points, Mapping)
    }


def _with_scripts(points: dict[str, dict[str, str]], scripts: object, gui: object = None) -> dict[str, dict[str, str]]:
    named = _points({"console_scripts": scripts, "gui_scripts": gui})
    return {**points, **{group: of for group, of in named.items() if of}}


def _of_project(project: Mapping[str, Any], root: str, modules: tuple[str, ...]) -> PluginProject:
    points = _with_scripts(_points(project.get("entry-points")), project.get("scripts"), project.get("gui-scripts"))
    return PluginProject(
        root,
        str(project["name"]),
        _text(project.get("version")) or PluginProject.version,
        tuple(_texts(project.get("dependencies"))),
        points,
        modules,
        "pyproject.toml",
    )


def _of_poetry(poetry: Mapping[str, Any], root: str, modules: tuple[str, ...]) -> PluginProject:
    """A requirement of poetry as its name only, unless its range is one of PEP 508."""
    requires = []
    for name, wanted in (table_of(poetry, "dependencies") or {}).items():
        version = _text(wanted.get("version") if isinstance(wanted, Mapping) else wanted) or ""
        is_optional = isinstance(wanted, Mapping) and wanted.get("optional") is True
        if str(name).lower() != "python" and not is_optional:
            requires.append(f"{name}{version}" if version.startswith(_OF_PEP_508) else str(name))
    points = _with_scripts(_points(poetry.get("plugins")), poetry.get("scripts"))
    version = _text(poetry.get("version")) or PluginProject.version
    return PluginProject(root, str(poetry["name"]), version, tuple(requires), points, modules, "pyproject.toml")


def _of_config(
    config: configparser.ConfigParser, texts: Mapping[str, str], root: str, modules: tuple[str, ...]
) -> PluginProject:
    version = config.get("metadata", "version", fallback="")
    if version.startswith("file:"):
        version = texts.get(version[len("file:") :].strip(), "").strip()
    elif version.startswith("attr:"):
        version = ""
    requires = config.get("options", "install_requires", fallback="").replace(";\n", "\n").splitlines()
    points: dict[str, dict[str, str]] = {}
    if config.has_section("options.entry_points"):
        for group, lines in config.items("options.entry_points"):
            pairs = (line.partition("=")[::2] for line in lines.splitlines() if "=" in line)
            points[group] = {name.strip(): value.strip() for name, value in pairs}
    return PluginProject(
        root,
        config.get("metadata", "name"),
        version or PluginProject.version,
        tuple(line.strip() for line in requires if line.strip() and not line.strip().startswith("#")),
        points,
        modules,
        "setup.cfg",
    )


def version_file(setup_cfg: str) -> str | None:
    """The file that `version = file: …` of a `setup.cfg` names, if it is inside of the checkout."""
    try:
        version = _config(setup_cfg).get("metadata", "version", fallback="")
    except configparser.Error:
        return None
    name = version[len("file:") :].strip() if version.startswith("file:") else ""
    return name if name and not name.startswith("/") and ".." not in name.split("/") else None


def metadata_files(project: PluginProject) -> dict[str, bytes]:
    """The files of the project's `.dist-info` directory, by their paths below `dist/plugins`.

    A project without a name has none. `importlib.metadata` finds entry points in such a directory anywhere on the path.
    """
    if not project.name or any(char in project.name + project.version for char in "/\n\0"):
        return {}
    info = f"{project.name.replace('-', '_')}-{project.version}.dist-info"
    head = [f"Metadata-Version: 2.1\nName: {project.name}\nVersion: {project.version}"]
    requires = [f"Requires-Dist: {' '.join(one.split())}" for one in project.requires]
    points = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in sorted(of.items()))
        for group, of in sorted(project.entry_points.items())
    ]
    return {
        f"{info}/METADATA": "\n".join([*head, *requires, ""]).encode(),
        f"{info}/entry_points.txt": "\n".join(points).encode(),
    }
