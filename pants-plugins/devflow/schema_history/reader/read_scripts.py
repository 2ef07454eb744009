"""Runs in the sandbox: reads some of alembic's migration scripts and prints, by path, what each says as JSON.

python read_scripts.py <path>…
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

from devflow.schema_history.reader.alembic_scripts import Script, read_script
from devflow.schema_history.reader.problems import Problem


def contents(paths: Iterable[str]) -> dict[str, dict[str, Script | list[Problem]]]:
    """A script's fields in order, or everything that keeps it from being read."""
    read = {path: read_script(path) for path in paths}
    return {path: {"script" if isinstance(what, Script) else "problems": what} for path, what in read.items()}


if __name__ == "__main__":
    json.dump(contents(sys.argv[1:]), sys.stdout)
