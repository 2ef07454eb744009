"""Whether an installed Pants is damaged: compared, file by file, with what its wheels say of themselves.

That an import fails proves nothing: the Python below, a library of the system or the disk may be at fault, and then an
installation that replaces this one would fail in the same way.
"""

from __future__ import annotations

import base64
import csv
import hashlib
from pathlib import Path


def find_damage(entry: Path) -> str:
    """The first file that is gone or changed, and which of the two; "" if all are as they were installed.

    Source: the format of RECORD, from "Binary distribution format" of the Python packaging specifications.
    """
    records = sorted(entry.glob("lib/python3.*/site-packages/*.dist-info/RECORD"))
    if not records:
        return f"{entry / 'lib'} has no packages"
    for record in records:
        with record.open(newline="", encoding="utf-8") as file:
            for name, digest, _ in csv.reader(file):
                # The launcher removes scripts, which are outside; Python itself writes bytecode.
                if name.startswith("../") or name.endswith(".pyc"):
                    continue
                path = record.parent.parent / name
                if not path.is_file():
                    return f"{path} is missing"
                if digest and not _fits(path, digest):
                    return f"{path} has other contents than it was installed with"
    return ""


def _fits(path: Path, digest: str) -> bool:
    algorithm, _, expected = digest.partition("=")
    actual = hashlib.new(algorithm, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(actual).rstrip(b"=").decode() == expected
