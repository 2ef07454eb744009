"""Runs in the sandbox: reads some of alembic's migration scripts and prints, by path, what each says as JSON.

python read_scripts.py <path>…
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

from devflow.common.errors import Problem
from devflow.schema_history.reader.alembic_scripts import Script, read_script


def contents(paths: Iterable[str]) -> dict[str, dict[str, Script | list[Problem]]]:
    """By path: the fields of a script in order, or all problems that prevent reading it."""
    read = {path: read_script(path) for path in paths}
    return {path: {"script" if isinstance(what, Script) else "problems": what} for path, what in read.items()}


if __name__ == "__main__":
    json.dump(contents(sys.argv[1:]), sys.stdout, default=Problem.as_json)
