"""From what the scripts say, and how alembic walks them, to a history. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from devflow.schema_history.reader.alembic_checks import check, doubtful
from devflow.schema_history.reader.alembic_scripts import Script
from devflow.schema_history.reader.problems import Problem


def checked(contents: Iterable[Mapping[str, Any]]) -> tuple[list[Script], list[Problem]]:
    """The scripts, from what `read_scripts` printed of each; with problems, alembic cannot walk them."""
    scripts: list[Script] = []
    problems: list[Problem] = []
    for content in contents:
        if "script" in content:
            scripts.append(Script.of_json(content["script"]))
        else:
            problems.extend(Problem(*problem) for problem in content["problems"])
    # A script that cannot be read would make others look as if their parents were missing.
    return scripts, problems or check(scripts)


def links(scripts: Iterable[Script]) -> list[tuple[object, ...]]:
    """What `alembic_walk` takes. Another text or another body of a script is no other history for alembic."""
    return [(script.revision, script.parents, script.depends_on, script.labels) for script in scripts]


def history(scripts: Sequence[Script], walked: Mapping[str, Any]) -> dict[str, Any]:
    """What a reader says, from what `alembic_walk` printed: `warnings` do not keep revisions away."""
    if "problem" in walked:
        return refused([Problem(*walked["problem"])])
    by_id = {script.revision: script for script in scripts}
    revisions = [{**_content(by_id[revision["id"]]), **revision} for revision in walked["walked"]]
    return {"revisions": revisions, "problems": [], "warnings": doubtful(scripts)}


def refused(problems: Sequence[Problem]) -> dict[str, Any]:
    """What a reader says when there is no history."""
    return {"revisions": [], "problems": problems, "warnings": []}


def _content(script: Script) -> dict[str, Any]:
    return {
        "parents": script.parents,
        "depends_on": script.depends_on,
        "labels": script.labels,
        "doc": script.doc,
        "path": script.path,
        "line": script.lines.get("revision", 1),
    }
