"""Runs in the sandbox: writes the wheel of one platform, and prints what it found as JSON.

python make_wheel.py '{"wheel": …, "output": …, "tags": […], "files": <directory>}'

Nothing is written if a file is misplaced: `contained` are those that the wheel has already, `outside` those in none of
its packages. `machines`: program → its machines.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from typing import Any

from devflow.platform_wheels.repack.archive import files_below, misplaced, repack
from devflow.platform_wheels.repack.machines import HEAD_BYTES, machines_of_file


def make(wheel: str, output: str, tags: list[str], files: str) -> dict[str, Any]:
    """See the module."""
    found = files_below(files)
    with zipfile.ZipFile(wheel) as archive:
        contained, outside = misplaced(archive.namelist(), found)
    if not contained and not outside:
        repack(wheel, output, tags, files)
    machines = {file: sorted(machines_of_file(_head(os.path.join(files, file)))) for file in found}
    return {
        "contained": contained,
        "outside": outside,
        "machines": {file: names for file, names in machines.items() if names},
    }


def _head(path: str) -> bytes:
    with open(path, "rb") as content:
        return content.read(HEAD_BYTES)


if __name__ == "__main__":
    json.dump(make(**json.loads(sys.argv[1])), sys.stdout)
