"""The documented JSON file: its text, and its differences from another one. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from devflow.schema_history.facts import Revision


def as_document(revisions: Iterable[Revision], version: str, *, version_key: str) -> str:
    """The documented dump, byte for byte: keys in this order, a merge's parents joined, a final newline."""
    document = {
        version_key: version,
        "revisions": [
            {
                "down_revision": ", ".join(revision.parents) if revision.parents else None,
                "revision": revision.id,
                "is_head": revision.is_head,
                "is_branch_point": revision.is_branch_point,
                "is_merge_point": revision.is_merge_point,
                "doc": revision.doc,
            }
            for revision in revisions
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def version_of(document: str, *, version_key: str) -> str | None:
    """The version of a dump; None if the text is not a dump."""
    try:
        parsed = json.loads(document)
    except (ValueError, RecursionError):
        return None
    version = parsed.get(version_key) if isinstance(parsed, dict) else None
    return version if isinstance(version, str) else None


def differences(old: str, new: str, *, version_key: str) -> tuple[str, ...]:
    """The differences, one line for each revision; none if the two texts are equal."""
    if old == new:
        return ()
    before, after = _parsed(old), _parsed(new)
    if before is None or after is None:
        return ("the file is no dump of a schema history",)
    found = []
    if before.get(version_key) != after.get(version_key):
        found.append(f"{version_key}: {_shown(before.get(version_key))} → {_shown(after.get(version_key))}")
    old_revisions, new_revisions = _by_id(before), _by_id(after)
    found += [
        f"+ {name}: {_shown(revision.get('doc'))}"
        for name, revision in new_revisions.items()
        if name not in old_revisions
    ]
    found += [
        f"- {name}: {_shown(revision.get('doc'))}"
        for name, revision in old_revisions.items()
        if name not in new_revisions
    ]
    for name, revision in new_revisions.items():
        was = old_revisions.get(name, revision)
        keys = [key for key in dict.fromkeys([*was, *revision]) if was.get(key) != revision.get(key)]
        if keys:
            changes = ", ".join(f"{key} {_shown(was.get(key))} → {_shown(revision.get(key))}" for key in keys)
            found.append(f"~ {name}: {changes}")
    if found:
        return tuple(found)
    if list(old_revisions) != list(new_revisions):
        return ("the same revisions, in another order",)
    return ("the same revisions, written in another way",)


def _parsed(document: str) -> Mapping[str, Any] | None:
    try:
        parsed = json.loads(document)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) and isinstance(parsed.get("revisions"), Sequence) else None


def _by_id(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    revisions = [revision for revision in document["revisions"] if isinstance(revision, dict)]
    return {str(revision.get("revision")): revision for revision in revisions}


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
