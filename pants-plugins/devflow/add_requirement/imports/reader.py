"""Print the files of an installed distribution as JSON. Runs in a sandbox, with the Python of the resolve.

Standard library only, and no newer syntax than that of Python 3.7: `python reader.py NAME`.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys

_NAMESPACE = re.compile(r"declare_namespace|extend_path")


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _record(directory: str, name: str) -> str | None:
    """The RECORD of the distribution in a directory of sys.path, or None."""
    for entry in sorted(os.listdir(directory)) if os.path.isdir(directory) else ():
        if entry.endswith(".dist-info") and _canonical(entry[: -len(".dist-info")].rpartition("-")[0]) == name:
            record = os.path.join(directory, entry, "RECORD")
            if os.path.isfile(record):
                return record
    return None


def main(name: str) -> None:
    """Print the files, and those directories whose `__init__` only extends the path of a namespace."""
    for directory in sys.path:
        record = _record(directory, _canonical(name))
        if record is None:
            continue
        with open(record, encoding="utf-8", newline="") as stream:
            files = [row[0] for row in csv.reader(stream) if row]
        namespaces = []
        for path in files:
            if os.path.basename(path) == "__init__.py":
                with open(os.path.join(directory, path), encoding="utf-8", errors="replace") as stream:
                    text = stream.read(2000)
                if len(text) < 2000 and _NAMESPACE.search(text):
                    namespaces.append(os.path.dirname(path))
        print(json.dumps({"files": files, "namespaces": namespaces}))
        return
    sys.exit("no distribution has the name " + name)


if __name__ == "__main__":
    main(sys.argv[1])
