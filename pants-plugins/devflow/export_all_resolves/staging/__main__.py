"""Builds the export that the sandbox describes; exits with 1, 3 or 4 and a message on stderr if it cannot."""

from __future__ import annotations

import os
import sys

from devflow.export_all_resolves.staging import start

_SPEC = os.path.join(".devflow", "spec.json")  # in `build.OWN_DIR`


def main() -> int:
    """The exit code."""
    try:
        started = start.started()
        from devflow.export_all_resolves.staging import run  # a fetch has begun
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return run.run(_SPEC, started)


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)  # to free the memory of an interpreter takes 10 ms; everything is closed
