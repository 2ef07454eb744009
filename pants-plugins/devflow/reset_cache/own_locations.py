"""The places that this project fills: the virtualenvs of the launcher, and what killed exports left."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from devflow.reset_cache.locations import Claim, Location

LAUNCHER = "launcher"
EXPORTS = "exports"
LAUNCHER_VARIABLES = ("HOME", "PANTS_BOOTSTRAP_CACHE_DIR", "XDG_CACHE_HOME")


def launcher(environment: Mapping[str, str]) -> Location:
    """What `./pants` has installed, a directory for each version; the one that is running stays.

    Not by default: other repositories may use the others, and each takes a minute to come back.
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


def exports(dist_dir: str, build_root: str) -> Location:
    """What killed runs of `export-all-resolves` left beside the exports. The exports themselves are the user's."""
    path = os.path.join(build_root, dist_dir, "export")
    return Location(EXPORTS, path, "[GLOBAL].pants_distdir", patterns=("*/*/*/.+[a-z0-9][a-z0-9]*",))
