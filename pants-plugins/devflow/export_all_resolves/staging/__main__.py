"""Builds the export that the sandbox describes; exits with 1, 3 or 4 and a message on stderr if it cannot."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from devflow.export_all_resolves.staging.fetching import CannotFetchError, Fetch, Fetching, fetching

_SPEC = os.path.join(".devflow", "spec.json")  # in `build.OWN_DIR`


def main() -> int:
    """The exit code."""
    with open(_SPEC, encoding="utf-8") as file:
        fields = json.load(file)
    assembly = fields["assembly"]
    fetch = assembly and assembly["sources"]["fetch"]
    # What builds an export takes longer to import than to start a process.
    with fetching(Fetch(*fetch) if fetch else None) as wheels:
        return _build(fields, wheels)


def _build(fields: Mapping[str, Any], wheels: Fetching | None) -> int:
    building = import_module("devflow.export_all_resolves.staging.build")
    assembling = import_module("devflow.export_all_resolves.staging.part_cache")
    try:
        building.build(building.Spec.load(fields), os.getcwd(), wheels)
    except assembling.CannotAssembleError as error:
        print(error, file=sys.stderr)
        return int(building.CANNOT_ASSEMBLE)
    except CannotFetchError as error:
        print(error, file=sys.stderr)
        return int(building.CANNOT_FETCH)
    except (building.BuildError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)  # to free the memory of an interpreter takes 10 ms; everything is closed
