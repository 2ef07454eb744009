"""The history of the database's schema."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from acme.manager import __version__


def _join(revisions: str | Sequence[str] | None) -> str | None:
    if revisions is None or isinstance(revisions, str):
        return revisions
    return ", ".join(revisions)


def dump_history(config_file: Path) -> str:
    """All revisions, newest first, as JSON: kept for each release in `revision_history/`."""
    scripts = ScriptDirectory.from_config(Config(str(config_file)))
    revisions = [
        {
            "down_revision": _join(script.down_revision),
            "revision": script.revision,
            "is_head": script.is_head,
            "is_branch_point": script.is_branch_point,
            "is_merge_point": script.is_merge_point,
            "doc": script.doc,
        }
        for script in scripts.walk_revisions(base="base", head="heads")
    ]
    history = {"manager_version": __version__, "revisions": revisions}
    return json.dumps(history, indent=2, ensure_ascii=False)
