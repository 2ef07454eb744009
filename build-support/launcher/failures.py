"""What `./pants` says when it cannot install Pants: what happened, where, and what to do."""

from __future__ import annotations

import argparse
import errno
import os
import re
import shutil
from pathlib import Path

from masking import masked

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# An installer that gives up for want of space may not say so.
HARDLY_ANY_BYTES = 1 << 20
# pip and urllib3, of the versions that come with Python 3.9.
UNREACHABLE = re.compile(
    "NewConnectionError|Retrying|Max retries exceeded|ProxyError|SSLError|certificate|timed out|HTTP error"
)


def printable(line: str) -> str:
    """A line without passwords, whose control characters are escaped: it may have come from the network."""
    return masked("".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line))


class Failure(Exception):
    """What happened, in the first line; what to do, in the others."""

    def __init__(self, exit_code: int, *lines: str) -> None:
        super().__init__(lines[0])
        self.exit_code = exit_code
        self.lines = lines


def explain_os_error(error: OSError, cache: Path) -> Failure:
    """For an error that this script met itself, in the cache directory."""
    if error.errno in FULL:
        return cache_full(cache)
    return Failure(
        73,
        f"cannot write to the cache directory {cache}: {error.strerror} ({error.filename or cache}).",
        "Make it a directory that you may write to, or set PANTS_BOOTSTRAP_CACHE_DIR to one.",
    )


def cache_full(cache: Path) -> Failure:
    """For a disk without space."""
    return Failure(
        74,
        f"the disk is full: Pants does not fit into {cache}.",
        "It takes some 400 MB. Free some space there, or set PANTS_BOOTSTRAP_CACHE_DIR to a directory on another disk.",
    )


def explain_installer(output: str, args: argparse.Namespace) -> Failure:
    """For an installer (venv, pip, pex) that failed with this output."""
    said_full = any(os.strerror(number) in output for number in FULL)
    if said_full or shutil.disk_usage(args.cache).free < HARDLY_ANY_BYTES:
        return cache_full(args.cache)
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("[notice]")]
    last_words = [f"| {line}" for line in lines[-4:]]
    if "DO NOT MATCH THE HASHES" in output:
        return Failure(
            65,
            f"the package index has other files than {args.lockfile} was made with.",
            *last_words,
            "If you trust that index, regenerate the lockfile with 3rdparty/python/lock.sh; else use another index.",
        )
    unreachable = UNREACHABLE.search(output)
    others = re.search(r"from versions: (?!none)(.*?)\)", output)
    if others and not unreachable:
        versions = others.group(1).split(", ")
        newest = ([version for version in versions if re.fullmatch(r"[\d.]+", version)] or versions)[-1]
        return Failure(
            72,
            f"the package index has no Pants {args.version} for Python 3.9, which {args.wanted_by} asks for;"
            f" its newest is {newest}.",
            "Pants 2.18 and later are not on the public package index: install Pants' official launcher",
            "(pantsbuild.org, 'Installing Pants') and run 'pants' instead of './pants';",
            f"or set PANTS_VERSION={newest} to try that version here.",
        )
    if unreachable or "from versions: none" in output:
        return Failure(
            68,
            f"no package index to install Pants {args.version} from.",
            *last_words,
            "Check the network. For a mirror or a proxy, set PIP_INDEX_URL or HTTPS_PROXY;",
            "for its certificate, PIP_CERT.",
            "A machine without network can use a copy of another machine's cache directory: docs/launcher.md.",
        )
    return Failure(
        70,
        f"Pants {args.version} could not be installed.",
        *last_words,
        "Run it again; if that does not help, report it with these lines.",
    )
