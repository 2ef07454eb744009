"""A copy of a site's files, from which `docs-serve` builds. Runs in the virtualenv of Sphinx; standard library only."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from importlib.util import cache_from_source, source_from_cache
from typing import Any

_UNDECODED = frozenset(map(chr, range(0xDC80, 0xDD00)))  # of bytes that are not UTF-8: PEP 383


class Mirror:
    """A copy of a site's files, with the time of the copy, which is what tells Sphinx that a file has changed."""

    def __init__(self, spec: dict[str, Any], root: str) -> None:
        self.spec, self.root = spec, root
        self.include, self.exclude = (tuple(map(pattern_of, spec[name])) for name in ("include", "exclude"))
        self.generated: set[str] = set()
        self.seen: dict[str, tuple[int, int]] = {}
        for path in spec["files"]:
            generated = os.path.join(spec["inputs"], path)
            if not os.path.exists(path) and os.path.exists(generated):
                self._copy(generated, path)
                self.generated.add(path)

    def paths(self) -> Iterator[str]:
        """The present files of the site."""
        directory = self.spec["directory"] or "."
        for path in map(os.path.normpath, files_below(directory)):
            name = os.path.relpath(path, directory)
            if any(one.fullmatch(name) for one in self.include) and not any(
                one.fullmatch(name) for one in self.exclude
            ):
                yield path
        yield from self.spec["files"]

    def update(self) -> tuple[bool, bool]:
        """Copy changed files. Returns whether a file has changed, and whether one was removed."""
        now: dict[str, tuple[int, int]] = {}
        for path in self.paths():
            with contextlib.suppress(FileNotFoundError):
                status = os.stat(path)
                now[path] = (status.st_mtime_ns, status.st_size)
        changed = [path for path, state in now.items() if self.seen.get(path) != state]
        gone = [path for path in self.seen if path not in now]
        for path in changed:
            with contextlib.suppress(FileNotFoundError):  # removed since the scan: the next update sees that
                self._copy(path, path)
        for path in gone:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self.root, path))
        self.seen = now
        return bool(changed or gone), bool(gone)

    def _copy(self, source: str, path: str) -> None:
        target = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.exists(target) or not _same(source, target):
            shutil.copyfile(source, target)
            if path.endswith(".py"):  # Python tells a changed file by whole seconds and by its size
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(cache_from_source(target))

    def sweep(self) -> bool:
        """Remove copies of an earlier server, and what was made from them. Returns whether there were any."""
        found, known = False, {*self.seen, *self.generated}
        for parent, _, names in os.walk(self.root):
            for name in names:
                path = os.path.join(parent, name)
                if os.path.relpath(_made_from(path), self.root) not in known:
                    os.unlink(path)
                    found = True
        return found


def _made_from(path: str) -> str:
    """The source of a file that Sphinx or Python has written beside it, else the path itself."""
    if path.endswith(".mo"):
        return f"{path[:-3]}.po"
    with contextlib.suppress(ValueError):
        return source_from_cache(path)
    return path


def files_below(directory: str, above: frozenset[tuple[int, int]] = frozenset()) -> Iterator[str]:
    """The files below a directory that are not in hidden ones, and whose names are UTF-8: Sphinx fails for others.

    Links are followed, but for one to a directory that it is in; `above` are those, by device and inode.
    """
    with contextlib.suppress(OSError), os.scandir(directory) as entries:
        status = os.stat(directory)
        within = above | {(status.st_dev, status.st_ino)}
        for entry in entries if within != above else ():
            if not _UNDECODED.isdisjoint(entry.name):
                continue
            is_link = entry.is_symlink()  # which may be its own target
            if os.path.isdir(entry.path) if is_link else entry.is_dir():
                yield from () if entry.name.startswith(".") else files_below(entry.path, within)
            elif os.path.isfile(entry.path) if is_link else entry.is_file():
                yield entry.path


def pattern_of(glob: str) -> re.Pattern[str]:
    """A glob of Pants, which is relative to the directory of a target; a hidden file must be named as such."""
    *parents, last = glob.split("/")
    text = "".join("(?:.*/)?" if part == "**" else f"{_part(part)}/" for part in parents)
    return re.compile(text + (f"(?:.*/)?{_part('*')}" if last == "**" else _part(last)), re.DOTALL)


def _part(glob: str) -> str:
    words = {"*": "[^/]*", "?": "[^/]"}
    return ("" if glob.startswith(".") else r"(?!\.)") + "".join(
        words.get(token)
        or (f"[^{token[2:]}" if token.startswith("[!") else token if len(token) > 1 else re.escape(token))
        for token in re.findall(r"\[!?[^\]]+\]|.", glob, re.DOTALL)
    )


def _same(one: str, other: str) -> bool:
    with open(one, "rb") as first, open(other, "rb") as second:
        return first.read() == second.read()
