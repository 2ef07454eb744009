"""Processes that fetch, for tests of what waits for them."""

from __future__ import annotations

import os
from pathlib import Path

from devflow.export_all_resolves.staging.fetching import Fetch
from devflow.export_all_resolves.staging.start import Started, as_file, started


def start(fetch: Fetch) -> Started:
    """As the process that assembles an export starts it."""
    path = Path(fetch.output) / "fetch"
    path.write_bytes(as_file(*fetch))
    process = started(os.fspath(path))
    assert process
    return process
