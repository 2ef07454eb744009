"""Writes catalogs of translations."""

from __future__ import annotations

from pathlib import Path

from devflow.common.destinations import leads_into_git, leads_outside, link_in
from devflow.common.errors import UserError
from devflow.common.files import atomic_write
from devflow.common.paths import shell_quote


def refuse_odd_destination(path: str, build_root: str) -> None:
    """Refuse a path, relative to the build root, that leads outside of the site's catalogs. Raises: UserError."""
    odd = leads_outside(build_root, path) or leads_into_git(build_root, path)
    link = link_in(build_root, path)
    if link and not odd:
        odd = f"leads through a symbolic link, {link}"
    if odd:
        raise UserError(f"{path} {odd}.", fix="set `locale_dirs` in conf.py to a directory of the site")


def write_catalog(path: str, content: bytes, build_root: str) -> None:
    """Write a file; its path is relative to the build root. Raises: UserError."""
    file = Path(build_root, path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(file, content)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror or error}.",
            fix=f"make its directory writable: chmod u+w {shell_quote(str(file.parent))}",
        ) from error
