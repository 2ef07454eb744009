"""Where the cache of parts has what was installed from a wheel.

Pins with other hashes may lead to the same wheel, such as those from before and after another wheel of the release was
uploaded. What was installed from it has a place of its own, and the path of each such pin is a link to it.
"""

from __future__ import annotations

import hashlib
import os


def place(path: str, made_as: str, wheel: str, digest: str) -> str:
    """The place for the part at this path, if it is installed from the wheel with this file name and SHA-256 (hex).

    `made_as` is a hash of what else decides how.
    """
    name = hashlib.sha256("\n".join((made_as, wheel, digest)).encode()).hexdigest()[:32]
    return os.path.join(os.path.dirname(path), name)


def place_of(path: str) -> str:
    """The place to which the path of a part leads: itself, if it is no link."""
    try:
        return os.path.join(os.path.dirname(path), os.path.basename(os.readlink(path)))
    except OSError:
        return path
