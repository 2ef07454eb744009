"""Run by a Python that has alembic: the real answer for many trees, and ours, as JSON.

python oracle.py <file with a list of {"directories": […], "recursive": …}>
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from typing import Any

from devflow.common.errors import Problem
from devflow.schema_history.alembic.files import parts, scripts_in_order
from devflow.schema_history.alembic.history import checked, history, links, refused
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


def main() -> None:
    """One pair for each tree."""
    with open(sys.argv[1]) as file:
        trees = json.load(file)
    pairs = [
        {"alembic": documented_dump(tree["directories"], tree["recursive"]), "ours": our_history(**tree)}
        for tree in trees
    ]
    json.dump(pairs, sys.stdout)


if __name__ == "__main__":
    main()
