"""Writes the file of a history."""

from __future__ import annotations

import os
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.files import atomic_write, read_file
from devflow.common.paths import shell_quote


def write_file(path: str, content: str, build_root: str) -> bool:
    """Write the file, which is relative to the build root, unless it has this content. Raises: UserError.

    `read_output` has accepted the path before.
    """
    file = Path(build_root, path)
    try:
        if read_file(file) == content.encode():
            return False
    except OSError:
        pass  # it is written now
    try:
        atomic_write(file, content.encode())
    except OSError as error:
        parent = os.path.dirname(os.path.realpath(file))
        raise UserError(
            f"{path} cannot be written: {error.strerror or error}.",
            fix=f"make its directory writable: chmod u+w {shell_quote(parent)}; or choose another file",
        ) from error
    return True
