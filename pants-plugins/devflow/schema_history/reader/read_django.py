"""Runs in the sandbox: reads the migrations of one Django project and prints the history as JSON.

python read_django.py <directory of manage.py>
"""

from __future__ import annotations

import json
import sys
from typing import Any

from devflow.common.errors import Problem
from devflow.schema_history.reader.django_graph import DjangoGraph
from devflow.schema_history.reader.django_migrations import Key
from devflow.schema_history.reader.django_project import read_project


def history(directory: str) -> dict[str, Any]:
    """The history of a project; `revisions` newest first, and none if there are problems."""
    project = read_project(directory)
    warnings = project.warnings
    if project.problems:
        return {"revisions": [], "problems": project.problems, "warnings": warnings}
    graph = DjangoGraph(project.migrations)
    if graph.problems:
        return {"revisions": [], "problems": graph.problems, "warnings": warnings}
    newer = graph.newer()
    return {
        "revisions": [_revision(graph, newer, key) for key in graph.newest_first()],
        "problems": [],
        "warnings": warnings,
    }


def _revision(graph: DjangoGraph, newer: dict[Key, list[Key]], key: Key) -> dict[str, Any]:
    migration = graph.migrations[key]
    parents = graph.in_own_app(key)
    others = [older for older in graph.older[key] if older.app != key.app]
    return {
        "id": str(key),
        "namespace": key.app,
        "parents": list(map(str, parents)),
        "depends_on": [str(other) for other in (*others, *graph.outside[key])],
        "labels": list(map(str, migration.replaces)),
        "doc": migration.doc,
        "path": migration.path,
        "line": migration.lines["class"],
        "is_head": not newer[key],
        "is_branch_point": len(newer[key]) > 1,
        "is_merge_point": len(parents) > 1,
    }


if __name__ == "__main__":
    json.dump(history(sys.argv[1]), sys.stdout, default=Problem.as_json)
