"""What programs print when they fail, as something that a user can read."""

from __future__ import annotations

import re

_LINES = 12
_CREDENTIALS = re.compile(r"://[^/@\s]+@")  # of an index, which pip repeats in its command line


def tail(text: str) -> str:
    """The last lines, without the frames of tracebacks and without passwords in addresses."""
    lines: list[str] = []
    in_traceback = False
    for line in filter(str.strip, _CREDENTIALS.sub("://…@", text).splitlines()):
        in_traceback = line.lstrip().startswith("Traceback (most") or (in_traceback and line.startswith(" "))
        if not in_traceback:
            lines.append(line.rstrip())
    return "\n    ".join(lines[-_LINES:]).strip()


def disk_full_fix(text: str) -> str:
    """A fix, if the text says that a disk is full."""
    return "free some space on that disk, then run the same command again" if "No space left on device" in text else ""
