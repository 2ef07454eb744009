"""Builds the export that the sandbox describes; exits with 1 or 3 and a message on stderr if it cannot."""

from __future__ import annotations

import os
import sys

from devflow.export_all_resolves.staging.build import CANNOT_ASSEMBLE, OWN_DIR, BuildError, Spec, build
from devflow.export_all_resolves.staging.part_cache import CannotAssembleError


def main() -> int:
    """The exit code."""
    try:
        build(Spec.load(os.path.join(OWN_DIR, "spec.json")), os.getcwd())
    except CannotAssembleError as error:
        print(error, file=sys.stderr)
        return CANNOT_ASSEMBLE
    except (BuildError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
