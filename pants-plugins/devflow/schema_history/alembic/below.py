"""Scripts in subdirectories, which alembic skips without a message. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from devflow.common.errors import Problem

_REVISION = re.compile(rb"^revision\s*(?::[^=\n]*)?=\s*[\"']([^\"'\n]+)[\"']", re.MULTILINE)


@dataclass(frozen=True)
class Below:
    """Revisions that are not read, each with its path; `fix` is the edit after which alembic reads them."""

    paths: Mapping[str, str] = field(default_factory=dict)
    fix: str = ""

    def __str__(self) -> str:
        first, *others = sorted(self.paths.values())
        more = f" and {len(others)} more" if others else ""
        return f"{first}{more}: not read, because alembic reads no directory below its version locations"

    def warnings(self) -> tuple[Problem, ...]:
        """A warning about skipped scripts; none if no script is skipped."""
        return (Problem(f"{self}.", self.fix),) if self.paths else ()


NOTHING_BELOW = Below()


def scripts_below(files: Iterable[tuple[str, bytes]], where: str) -> Below:
    """The files that are migration scripts, of these. `where` is the configuration: "alembic.ini: [alembic]"."""
    found = {}
    for path, content in files:
        revision = _REVISION.search(content)
        if revision and posixpath.basename(path) != "__init__.py":
            found[revision[1].decode(errors="replace")] = path
    path, _, table = where.partition(": ")
    return Below(found, f"set `recursive_version_locations = true` in {table} of {path}, or move them up")
