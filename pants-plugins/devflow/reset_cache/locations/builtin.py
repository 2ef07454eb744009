"""The locations that this project fills: the virtualenvs of the launcher, and what interrupted exports left."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from devflow.reset_cache.facts import Claim, Location

LAUNCHER = "launcher"
EXPORTS = "exports"
LAUNCHER_VARIABLES = ("HOME", "PANTS_BOOTSTRAP_CACHE_DIR", "XDG_CACHE_HOME")


def launcher_location(environment: Mapping[str, str]) -> Location:
    """What `./pants` has installed, a directory for each version; the one that is running is kept.

    Not by default: other repositories may use the other versions, and each takes a minute to install again.
    """
    cache = environment.get("XDG_CACHE_HOME") or os.path.join(
        environment.get("HOME") or os.path.expanduser("~"), ".cache"
    )
    path = environment.get("PANTS_BOOTSTRAP_CACHE_DIR") or os.path.join(cache, "devflow", "pants")
    return Location(
        LAUNCHER,
        os.path.realpath(path),
        "PANTS_BOOTSTRAP_CACHE_DIR",
        patterns=("[0-9]*-" + "[0-9a-f]" * 16,),
        keep=(os.path.realpath(sys.prefix),),
        by_default=False,
        entries_age=True,
        claim=Claim.ALL,
    )


def exports_location(dist_dir: str, build_root: str) -> Location:
    """Staging directories of interrupted `export-all-resolves` runs. The exports themselves are never removed."""
    path = os.path.join(build_root, dist_dir, "export")
    return Location(
        EXPORTS, path, "[GLOBAL].pants_distdir", patterns=("*/*/*/.+*", "*/.+*"), exactly=r"\.\+[a-z0-9]{3,}"
    )
