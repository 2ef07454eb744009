"""A tree that many exports begin with, made once and copied: a virtualenv with `pip`.

Installing `pip` is the most expensive part of a small virtualenv (about three seconds of processor time), and always
gives the same files.

    seed SEED PYTHON

makes that of an interpreter, if there is none.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from subprocess import DEVNULL, CalledProcessError, run

from devflow.export_all_resolves.staging.shebang import repointed
from devflow.export_all_resolves.staging.trees import remove, replace_content, staging_path

# Stands for the seed's path in its scripts: caches are moved, and a script that names the old place changes that place.
_ROOT = "{digest_root}"


def plant(seed: str, argv: Sequence[str], environment: Mapping[str, str], staged: str) -> None:
    """Copy the seed to `staged`; make it first if there is none, by `argv`, in which "{digest_root}" is its path.

    The seed may have been moved since it was made.

    If the seed cannot be made (by a Python without `ensurepip`, for example), nothing is copied, and the commands of
    the export make a complete tree.
    """
    if not ensure(seed, argv, environment):
        return
    try:
        shutil.copytree(seed, staged, symlinks=True)
    except shutil.Error as error:
        # The error has an entry for each of hundreds of files; the first one names the reason.
        _, _, why = error.args[0][0]
        raise OSError(why) from error
    for entry in os.scandir(os.path.join(staged, "bin")):
        if entry.is_file(follow_symlinks=False):
            _repoint(entry.path, _ROOT.encode(), os.fsencode(staged))


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 if this Python has no `ensurepip`."""
    seed, python = arguments
    return 0 if ensure_of(os.path.abspath(seed), python) else 1


def ensure_of(seed: str, python: str) -> bool:
    """Whether there is a seed of this interpreter; it is made if there is none."""
    return ensure(seed, (python, "-m", "venv", _ROOT), os.environ)


def ensure(seed: str, argv: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether there is such a seed; it is made if there is none."""
    os.makedirs(os.path.dirname(seed), exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(f"{seed}.lock", flags, 0o644), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return os.path.isdir(seed) or _make(seed, argv, environment)


def _make(seed: str, argv: Sequence[str], environment: Mapping[str, str]) -> bool:
    growing = staging_path(seed)
    try:
        command = [argument.replace(_ROOT, growing) for argument in argv]
        run(command, env=environment, stdin=DEVNULL, capture_output=True, check=True)  # noqa: S603
        for entry in os.scandir(os.path.join(growing, "bin")):
            if entry.is_file(follow_symlinks=False):
                _repoint(entry.path, os.fsencode(growing), _ROOT.encode())
        os.rename(growing, seed)
    except (CalledProcessError, OSError):
        remove(growing)
        return False
    return True


def _repoint(script: str, old: bytes, new: bytes) -> None:
    with open(script, "rb") as file:
        replace_content(script, repointed(file.read(), old, new))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
