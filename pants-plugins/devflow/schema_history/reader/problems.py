"""What keeps a script from being read, for the user to mend. Standard library only, 3.8 or newer."""

from __future__ import annotations

import ast
import sys
from typing import NamedTuple


class Problem(NamedTuple):
    """What is wrong, with file and line, and what to do."""

    what: str
    fix: str


def parsed(path: str) -> ast.Module | Problem:
    """The file as the running Python understands it: from its bytes, because they say how they are encoded."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        return ast.parse(content, path)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        version = ".".join(str(part) for part in sys.version_info[:2])
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or str(error) or type(error).__name__
        return Problem(
            f"{path}:{line}: Python {version} cannot parse this script: {reason}.",
            "mend it, or choose a resolve whose Python can run it",
        )
