"""Alembic's own order and flags, from data: its `RevisionMap` needs no script to be imported. 3.8 or newer."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from devflow.schema_history.reader.alembic_scripts import Script


def walk(scripts: Sequence[Script]) -> list[dict[str, Any]]:
    """As `ScriptDirectory.walk_revisions(base="base", head="heads")`. Raises: whatever alembic does."""
    # The only import that is not of the standard library.
    from alembic.script.revision import Revision, RevisionMap  # type: ignore[import-not-found]  # pants: no-infer-dep

    by_id = {script.revision: script for script in scripts}

    def revisions() -> list[Any]:
        return [
            Revision(script.revision, script.parents, dependencies=script.depends_on, branch_labels=script.labels)
            for script in scripts
        ]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        walked = RevisionMap(revisions).iterate_revisions("heads", "base", inclusive=True, assert_relative_length=False)
        return [
            {
                "id": revision.revision,
                "parents": by_id[revision.revision].parents,
                "depends_on": by_id[revision.revision].depends_on,
                "labels": by_id[revision.revision].labels,
                "doc": by_id[revision.revision].doc,
                "path": by_id[revision.revision].path,
                "line": by_id[revision.revision].lines.get("revision", 1),
                "is_head": revision.is_head,
                "is_branch_point": revision.is_branch_point,
                "is_merge_point": revision.is_merge_point,
            }
            for revision in walked
        ]
