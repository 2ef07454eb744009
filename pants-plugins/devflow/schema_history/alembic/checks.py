"""Problems of a history that alembic cannot walk, each with file and line. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from devflow.common.errors import Problem
from devflow.schema_history.alembic.below import NOTHING_BELOW, Below
from devflow.schema_history.reader.alembic_scripts import Script
from devflow.schema_history.reader.cycles import cycles


def check(scripts: Sequence[Script], below: Below = NOTHING_BELOW) -> list[Problem]:
    """All problems; none if alembic can walk the history."""
    problems = [*_duplicate_ids(scripts), *_duplicate_labels(scripts), *_missing(scripts, below)]
    if problems:
        return problems
    return list(_cycles(scripts))


def doubtful(scripts: Sequence[Script]) -> list[Problem]:
    """Merges of a branch with itself: alembic walks them, and they merge nothing. Needs a history without cycles."""
    by_id = {script.revision: script for script in scripts}
    problems = []
    for script in scripts:
        if len(script.parents) < 2:
            continue
        for index, parent in enumerate(script.parents):
            others = script.parents[:index] + script.parents[index + 1 :]
            if parent in script.parents[:index] or _is_ancestor(parent, others, by_id):
                problems.append(
                    Problem(
                        f"{script.at('down_revision')}: Revision {script.revision} merges a branch with itself: "
                        f"{parent} comes before another of its parents, or twice.",
                        f"leave {parent} out of its down_revision",
                    )
                )
                break
    return problems


def _is_ancestor(wanted: str, starts: Sequence[str], by_id: dict[str, Script]) -> bool:
    seen: set[str] = set()
    queue = [parent for start in starts for parent in by_id[start].parents]
    while queue:
        current = queue.pop()
        if current == wanted:
            return True
        if current not in seen:
            seen.add(current)
            queue.extend(by_id[current].parents)
    return False


def _duplicate_ids(scripts: Sequence[Script]) -> Iterator[Problem]:
    first: dict[str, Script] = {}
    for script in scripts:
        other = first.setdefault(script.revision, script)
        if other is not script:
            yield Problem(
                f"{script.at('revision')}: The revision id '{script.revision}' is that of {other.at('revision')}, too.",
                "give one of the two an id of its own, here and where others name it",
            )


def _duplicate_labels(scripts: Sequence[Script]) -> Iterator[Problem]:
    owners = {script.revision: script for script in scripts}
    for script in scripts:
        for label in script.labels:
            if label in owners:
                name = "revision" if owners[label].revision == label else "branch_labels"
                yield Problem(
                    f"{script.at('branch_labels')}: The branch label '{label}' is used by "
                    f"{owners[label].at(name)}, too.",
                    "give each branch a label of its own",
                )
            else:
                owners[label] = script


def _missing(scripts: Sequence[Script], below: Below) -> Iterator[Problem]:
    known = {script.revision for script in scripts}
    named = known | {label for script in scripts for label in script.labels}
    for script in scripts:
        for parent in script.parents:
            if parent not in named:
                yield Problem(
                    f"{script.at('down_revision')}: Revision {script.revision} comes after '{parent}', "
                    f"{_which(parent, below)}.",
                    below.fix
                    if parent in below.paths
                    else "add the script that is missing, or name the right " "down_revision",
                )
            elif parent not in known:
                yield Problem(
                    f"{script.at('down_revision')}: Revision {script.revision} names the branch '{parent}' as its "
                    "down_revision.",
                    "name the id of a revision",
                )
        for needed in script.depends_on:
            if needed not in named:
                yield Problem(
                    f"{script.at('depends_on')}: Revision {script.revision} depends on '{needed}', "
                    f"{_which(needed, below)}.",
                    below.fix
                    if needed in below.paths
                    else "add the script that is missing, or name a full id or a " "branch label",
                )


def _which(revision: str, below: Below) -> str:
    if revision in below.paths:
        return f"which is in {below.paths[revision]}: alembic reads no directory below its version locations"
    return "which no script has"


def _cycles(scripts: Sequence[Script]) -> Iterator[Problem]:
    """One problem for each cycle."""
    by_id = {script.revision: script for script in scripts}
    labels = {label: script.revision for script in scripts for label in script.labels}
    edges = {
        script.revision: [*script.parents, *(labels.get(needed, needed) for needed in script.depends_on)]
        for script in scripts
    }
    for cycle in cycles(edges):
        script = by_id[cycle[0]]
        name = "down_revision" if cycle[1] in script.parents else "depends_on"
        yield Problem(
            f"{script.at(name)}: The history has a cycle: {' → '.join(cycle)}.",
            "name the right revision in one of their down_revision or depends_on",
        )
