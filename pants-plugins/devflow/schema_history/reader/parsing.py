"""Parses a Python file. Standard library only, 3.8 or newer."""

from __future__ import annotations

import ast
import sys

from devflow.common.errors import Problem


def parse_script(path: str) -> ast.Module | Problem:
    """The syntax tree of the file, for the running Python; from bytes, because they declare their encoding."""
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
            "correct that line, or choose a resolve whose Python can run the script",
        )
