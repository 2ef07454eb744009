"""Alembic's own order and flags of revisions, from the links between them alone. Python 3.8 or newer.

Runs in the sandbox: python alembic_walk.py <JSON file: of each revision, in the order in which alembic loads them, its
id, parents, dependencies and labels>
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Sequence
from typing import Any


def walk(links: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """As `ScriptDirectory.walk_revisions(base="base", head="heads")`: `walked`, newest first, or a `problem`."""
    try:
        return {"walked": list(_walk(links))}
    except ImportError as error:
        return _problem(f"alembic cannot be imported: {error}.", "lock an alembic of 1.7 or newer")
    except Exception as error:
        return _problem(
            f"alembic cannot walk this history: {error}",
            "correct the migration scripts until `alembic history` succeeds",
        )


def _problem(what: str, fix: str) -> dict[str, Any]:
    return {"problem": {"what": what, "fix": fix}}


def _walk(links: Sequence[Sequence[Any]]) -> Any:
    # The only import that is not of the standard library.
    from alembic.script.revision import Revision, RevisionMap  # type: ignore[import-not-found]  # pants: no-infer-dep

    def revisions() -> list[Any]:
        return [
            Revision(name, tuple(parents), dependencies=tuple(dependencies), branch_labels=tuple(labels))
            for name, parents, dependencies, labels in links
        ]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        walked = RevisionMap(revisions).iterate_revisions("heads", "base", inclusive=True, assert_relative_length=False)
        for revision in walked:
            yield {
                "id": revision.revision,
                "is_head": revision.is_head,
                "is_branch_point": revision.is_branch_point,
                "is_merge_point": revision.is_merge_point,
            }


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        json.dump(walk(json.load(file)), sys.stdout)
