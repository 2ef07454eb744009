"""Run by a Python that has alembic: the real answer for many trees or configurations, and ours, as JSON.

python oracle.py trees <file with a list of {"directories": […], "recursive": …}>
python oracle.py configurations <file with a list of {"directory": …, "section": …}>
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

from devflow.common.errors import Problem, UserError
from devflow.schema_history.alembic.config import ConfigText, parse
from devflow.schema_history.alembic.files import parts, scripts_in_order
from devflow.schema_history.alembic.history import checked, history, links, refused
from devflow.schema_history.alembic.locations import candidates
from devflow.schema_history.reader.alembic_walk import walk
from devflow.schema_history.reader.read_scripts import contents


def documented_dump(directories: list[str], recursive: bool) -> object:
    """What the documented command does, or the error that it ends with."""
    from alembic.script import ScriptDirectory  # type: ignore[import-not-found]  # pants: no-infer-dep

    def join(revisions: Any) -> Any:
        return revisions if revisions is None or isinstance(revisions, str) else ", ".join(revisions)

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*present more than once")
            warnings.filterwarnings("ignore")
            scripts = ScriptDirectory(".", version_locations=directories, recursive_version_locations=recursive)
            return [
                {
                    "down_revision": join(script.down_revision),
                    "revision": script.revision,
                    "is_head": script.is_head,
                    "is_branch_point": script.is_branch_point,
                    "is_merge_point": script.is_merge_point,
                    "doc": script.doc,
                }
                for script in scripts.walk_revisions(base="base", head="heads")
            ]
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def our_history(directories: list[str], recursive: bool) -> object:
    """What the sandboxed processes make together, with JSON between them."""
    files = [
        os.path.join(root, name)
        for directory in dict.fromkeys(directories)
        for root, _, names in os.walk(directory)
        for name in names
    ]
    paths = scripts_in_order(files, directories, recursive)
    read: dict[str, Any] = {}
    for part in parts(paths):
        read.update(json.loads(json.dumps(contents(part), default=Problem.as_json)))
    scripts, problems = checked(read[path] for path in paths)
    return refused(problems) if problems else history(scripts, walk(json.loads(json.dumps(links(scripts)))))


def documented_directories(directory: str, section: str) -> object:
    """The script location, the version locations that exist, and whether directories below count; None if it fails."""
    from alembic.config import Config  # type: ignore[import-not-found]  # pants: no-infer-dep
    from alembic.script import ScriptDirectory  # pants: no-infer-dep

    os.chdir(directory)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore")
            scripts = ScriptDirectory.from_config(Config("alembic.ini", ini_section=section))
            found = [os.path.realpath(str(path)) for path in scripts._version_locations]
            existing = [path for path in dict.fromkeys(found) if os.path.isdir(path)]
            if scripts.version_locations and not existing:
                return None  # alembic has no scripts then, and we say that
            return [os.path.realpath(str(scripts.dir)), existing or found, scripts.recursive_version_locations]
    except Exception:
        return None


def our_directories(directory: str, section: str) -> object:
    """The same by our configuration, for an `alembic.ini` in the build root."""
    os.chdir(directory)

    def path_of(location: str) -> str | None:
        found = candidates(location, config="alembic.ini", source_roots=[])
        return next((os.path.realpath(path) for path in found if os.path.isdir(path)), None)

    try:
        with open("alembic.ini") as file:
            config = parse(ConfigText("alembic.ini", file.read()), None, section)
        scripts = path_of(config.script_location) if config.script_location else None
        found = [path for location in config.version_locations for path in [path_of(location)] if path]
    except UserError:
        return None
    if not scripts or (config.version_locations and not found):
        return None
    return [scripts, list(dict.fromkeys(found)) or [os.path.join(scripts, "versions")], config.recursive]


def main() -> None:
    """One pair for each tree or configuration."""
    kind, path = sys.argv[1:]
    with open(path) as file:
        asked = json.load(file)
    functions: dict[str, tuple[Callable[..., object], Callable[..., object]]] = {
        "trees": (documented_dump, our_history),
        "configurations": (documented_directories, our_directories),
    }
    theirs, ours = functions[kind]
    json.dump([{"alembic": theirs(**each), "ours": ours(**each)} for each in asked], sys.stdout)


if __name__ == "__main__":
    main()
