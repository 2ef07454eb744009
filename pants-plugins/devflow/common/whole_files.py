"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from devflow.common.errors import UserError

_LEFT_OVER_AFTER_S = 600


def write_whole(file: Path, content: bytes, *, shown: str) -> None:
    """Write beside the file and rename, with its mode and through a link; directories are made. Raises: UserError.

    `shown` names the file in messages. Whatever interrupts it, the file holds the old content or the new.
    """
    target = Path(os.path.realpath(file))
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}~")
    try:
        if target.is_dir():
            raise IsADirectoryError(f"{shown} is a directory")
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_overs(target)
        try:
            with open(temporary, "xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                os.chmod(temporary, target.stat().st_mode & 0o7777)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(
            f"{shown} cannot be written: {error.strerror or error}.",
            fix=f"make its directory writable: chmod u+w {target.parent}; or choose another file",
        ) from error


def _remove_left_overs(target: Path) -> None:
    """What a run that was killed left; a run that writes at this moment keeps its own."""
    for left in target.parent.glob(f".{target.name}.????????~"):
        if time.time() - left.stat().st_mtime > _LEFT_OVER_AFTER_S:
            left.unlink(missing_ok=True)
