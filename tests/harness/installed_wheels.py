"""Wheels that pex has installed on this machine already: in the caches of tests it takes a second for each of them."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path


def take_installed_wheels(pex_root: Path, *lockfiles: str) -> None:
    """Copy the wheels of lockfiles, which they name by hashes, from the user's own cache, as far as they are there.

    pex keeps a wheel by the hash of its file, links to it by the hash of what is installed, and zips it by that one.
    """
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    own = caches / "pants" / "named_caches" / "pex_root"
    wanted = {digest for text in lockfiles for digest in re.findall(r"sha256:([0-9a-f]{64})", text)}
    for wheel in own.glob("installed_wheels/*/*.whl"):
        target = os.readlink(wheel) if wheel.is_symlink() else str(wheel)
        if os.path.basename(os.path.dirname(target)) in wanted:
            for kind in ("installed_wheels", "installed_wheel_zips"):
                _copy(own / kind / wheel.parent.name, pex_root / kind / wheel.parent.name)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir() and not target.exists():
        shutil.copytree(source, target, symlinks=True)
