"""Where a dump goes. Pure: imports nothing from Pants."""

from __future__ import annotations

import os
import re

from devflow.common.errors import UserError

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_KNOWN = ("version", "config_dir")


def output_path(template: str, *, version: str, config: str) -> str:
    """`{config_dir}/history/{version}.json` as a path from the build root. Raises: UserError."""
    unknown = [name for name in _PLACEHOLDER.findall(template) if name not in _KNOWN]
    if unknown:
        raise UserError(
            f"The output path '{template}' holds {{{unknown[0]}}}, which stands for nothing.",
            fix="use {version} and {config_dir} only",
        )
    values = {"version": checked_version(version), "config_dir": os.path.dirname(config) or "."}
    path = os.path.normpath(_PLACEHOLDER.sub(lambda found: values[found[1]], template))
    if os.path.isabs(path) or path.startswith("..") or path == ".":
        raise UserError(
            f"The output path '{template}' is no file of this repository.",
            fix="give a path from the build root, such as migrations/history/{version}.json",
        )
    return path


def checked_version(version: str) -> str:
    """One that can be a file name. Raises: UserError."""
    if not version or version in (".", "..") or re.search(r"[\s/\\\x00-\x1f]", version):
        raise UserError(f"'{version}' is no version.", fix="--for-version=24.03.10")
    return version
