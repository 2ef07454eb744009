"""The program gives the markers that `packaging` gives, as a JSON document."""

from __future__ import annotations

import json
import subprocess
import sys

from packaging.markers import default_environment

from devflow.common.markers import MARKERS_PROGRAM


def test_the_markers_are_those_of_packaging() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"{MARKERS_PROGRAM}print(json.dumps(markers))"], capture_output=True, check=True
    )
    assert json.loads(done.stdout) == default_environment()


def test_a_prerelease_is_part_of_the_version_of_the_implementation() -> None:
    imitated = (
        "import collections, sys\n"
        "Version = collections.namedtuple('Version', 'major minor micro releaselevel serial')\n"
        "sys.implementation.version = Version(3, 15, 0, 'alpha', 2)\n"
    )
    program = f"{imitated}{MARKERS_PROGRAM}print(markers['implementation_version'])"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout == "3.15.0a2\n"
