"""Runs in the sandbox: reads the migration scripts of one tree and prints the history as JSON.

python read_alembic.py <recursive: 0 or 1> <directory>…
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from devflow.schema_history.reader.alembic_checks import check, doubtful
from devflow.schema_history.reader.alembic_scripts import Script, list_scripts, read_script
from devflow.schema_history.reader.alembic_walk import walk
from devflow.schema_history.reader.problems import Problem


def history(directories: Sequence[str], recursive: bool) -> dict[str, Any]:
    """`revisions` newest first; with a problem there are none. `warnings` do not keep them away."""
    scripts: list[Script] = []
    problems: list[Problem] = []
    for path in list_scripts(directories, recursive):
        read = read_script(path)
        if isinstance(read, Script):
            scripts.append(read)
        else:
            problems.extend(read)
    # A script that cannot be read would make others look as if their parents were missing.
    problems = problems or check(scripts)
    if problems:
        return {"revisions": [], "problems": problems, "warnings": []}
    try:
        revisions = walk(scripts)
    except ImportError as error:
        problems = [Problem(f"alembic cannot be imported: {error}.", "lock an alembic of 1.7 or newer")]
        return {"revisions": [], "problems": problems, "warnings": []}
    except Exception as error:
        problems = [Problem(f"alembic cannot walk this history: {error}", "run `alembic history` to see the same")]
        return {"revisions": [], "problems": problems, "warnings": []}
    return {"revisions": revisions, "problems": [], "warnings": doubtful(scripts)}


if __name__ == "__main__":
    json.dump(history(sys.argv[2:], sys.argv[1] == "1"), sys.stdout)
