"""Combines the contents of scripts with the order in which alembic walks them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from devflow.common.errors import Problem
from devflow.common.report import problems_as_json
from devflow.schema_history.alembic.below import NOTHING_BELOW, Below
from devflow.schema_history.alembic.checks import check, doubtful
from devflow.schema_history.reader.alembic_scripts import Script


def checked(contents: Iterable[Mapping[str, Any]], below: Below = NOTHING_BELOW) -> tuple[list[Script], list[Problem]]:
    """The scripts, from the output of `read_scripts` for each; with problems, alembic cannot walk them.

    `below` has the scripts that are not read, one of which may be a missing parent.
    """
    scripts: list[Script] = []
    problems: list[Problem] = []
    for content in contents:
        if "script" in content:
            scripts.append(Script.of_json(content["script"]))
        else:
            problems.extend(Problem(**problem) for problem in content["problems"])
    # If a script cannot be read, the check would report its children, whose parent it then does not know.
    return scripts, problems or check(scripts, below)


def links(scripts: Iterable[Script]) -> list[tuple[object, ...]]:
    """The input of `alembic_walk`. The docstring and the body of a script do not matter to alembic."""
    return [(script.revision, script.parents, script.depends_on, script.labels) for script in scripts]


def history(scripts: Sequence[Script], walked: Mapping[str, Any]) -> dict[str, Any]:
    """The history in the form of a reader's output, from the output of `alembic_walk`."""
    if "problem" in walked:
        return refused([Problem(**walked["problem"])])
    by_id = {script.revision: script for script in scripts}
    revisions = [{**_content(by_id[revision["id"]]), **revision} for revision in walked["walked"]]
    return {"revisions": revisions, "problems": [], "warnings": problems_as_json(doubtful(scripts))}


def refused(problems: Sequence[Problem]) -> dict[str, Any]:
    """A reader's output for scripts without a history."""
    return {"revisions": [], "problems": problems_as_json(problems), "warnings": []}


def _content(script: Script) -> dict[str, Any]:
    return {
        "parents": script.parents,
        "depends_on": script.depends_on,
        "labels": script.labels,
        "doc": script.doc,
        "path": script.path,
        "line": script.lines.get("revision", 1),
    }
