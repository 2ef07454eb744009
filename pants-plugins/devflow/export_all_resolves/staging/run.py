"""Builds the export of a sandbox, and says what went wrong."""

from __future__ import annotations

import json
import os
import sys

from devflow.export_all_resolves.staging.build import CANNOT_ASSEMBLE, CANNOT_FETCH, BuildError, Spec, build
from devflow.export_all_resolves.staging.fetching import CannotFetchError, fetching
from devflow.export_all_resolves.staging.part_cache import CannotAssembleError
from devflow.export_all_resolves.staging.start import Started


def run(spec: str, started: Started | None) -> int:
    """The exit code; a message on stderr if it is not 0. `spec` is the path of a `Spec` in JSON."""
    try:
        with fetching(started) as wheels:
            with open(spec, encoding="utf-8") as file:
                fields = json.load(file)
            build(Spec.load(fields), os.getcwd(), wheels)
    except CannotAssembleError as error:
        print(error, file=sys.stderr)
        return CANNOT_ASSEMBLE
    except CannotFetchError as error:
        print(error, file=sys.stderr)
        return CANNOT_FETCH
    except (BuildError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
