"""Plan the copies of templates, and the updates of their symbolic links, for a new series. Pure."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from devflow.common.errors import Problem
from devflow.common.git_entries import REGULAR, SYMLINK
from devflow.release.facts import Action, Committed, FileChange
from devflow.release.versions.formats import fill
from devflow.release.versions.version import Version

_OPTION = "[release-branch].templates"
_SERIES = re.compile(r"\{(series|series_digits)\}")


@dataclass(frozen=True)
class TemplateChanges:
    """The changes for templates, and why a change cannot be made."""

    changes: tuple[FileChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def directories_of(templates: Mapping[str, str]) -> tuple[str, ...]:
    """The directories of the patterns; "" is the build root."""
    return tuple(sorted({posixpath.dirname(pattern) for pattern in templates}))


def paths_to_read(templates: Mapping[str, str], listed: Iterable[str]) -> tuple[str, ...]:
    """The paths that `template_changes` needs: the matches of the patterns among those listed, and the links."""
    names = list(listed)
    found = {path for pattern in templates if _has_one_placeholder(pattern) for path in _matching(pattern, names)}
    return tuple(sorted({*found, *filter(None, templates.values())}))


def _has_one_placeholder(pattern: str) -> bool:
    return len(_SERIES.findall(pattern)) == 1


def targets_of(templates: Mapping[str, str], new: Version, date: str) -> tuple[str, ...]:
    """The paths of the copies in the new series. Raises: UserError."""
    return tuple(fill(_OPTION, pattern, new, date) for pattern in templates if _has_one_placeholder(pattern))


def all_template_changes(
    templates: Mapping[str, str], committed: Committed, new: Version, date: str
) -> TemplateChanges:
    """The changes for every template, in the order of the patterns. Raises: UserError."""
    results = [template_changes(pattern, link, committed, new, date) for pattern, link in sorted(templates.items())]
    return TemplateChanges(
        tuple(change for result in results for change in result.changes),
        tuple(problem for result in results for problem in result.problems),
        tuple(note for result in results for note in result.notes),
    )


def template_changes(pattern: str, link: str, committed: Committed, new: Version, date: str) -> TemplateChanges:
    """Copy the newest file of a pattern to its name in the new series, and point the link to the copy.

    `pattern` is a path with one `{series}` or `{series_digits}`. The file that the link points to is copied; it often
    belongs to an older series than the present one. Without a link (""), the file of the highest series is copied.
    """
    if not _has_one_placeholder(pattern):
        what = f"{_OPTION} has the pattern {pattern!r}, which does not have exactly one placeholder for the series."
        return TemplateChanges(problems=(Problem(what, "write {series} or {series_digits} in it, once"),))
    if _SERIES.search(posixpath.dirname(pattern)):
        what = f"{_OPTION} has the pattern {pattern!r}, whose placeholder is in the name of a directory."
        return TemplateChanges(problems=(Problem(what, "write {series} or {series_digits} in the name of the file"),))
    target = fill(_OPTION, pattern, new, date)
    candidates = _matching(pattern, committed.files)
    if link:
        text = committed.links.get(link)
        if text is None:
            what = f"{link} is a file, not a symbolic link." if link in committed.files else f"There is no {link}."
            hint = candidates[-1] if candidates else fill(_OPTION, pattern, new, date)
            fix = f"make it: ln -s {posixpath.relpath(hint, posixpath.dirname(link) or '.')} {link}"
            return TemplateChanges(problems=(Problem(what, fix),))
        source = posixpath.normpath(posixpath.join(posixpath.dirname(link), text))
        if link not in committed.files:
            what = f"{link} points to {text}, which is not a file of the repository."
            return TemplateChanges(problems=(Problem(what, f"let it point to the newest {pattern}"),))
    elif candidates:
        source, text = candidates[-1], ""
    else:
        what = f"No file is named like {pattern!r} of {_OPTION}."
        return TemplateChanges(problems=(Problem(what, "add the first one, or correct the pattern"),))
    if source == target:
        return TemplateChanges(notes=(f"{target} is there already: nothing to copy.",))
    if target in committed.modes:
        what = f"{target} is there already, and {link or 'the newest'} is {source}."
        return TemplateChanges(problems=(Problem(what, f"remove {target}, or let the link point to it"),))
    content, mode = committed.files[link or source], committed.modes.get(source, REGULAR)
    copy = FileChange(target, Action.CREATE, content, f"a copy of {source}, to be edited by hand", mode)
    if not link:
        return TemplateChanges(changes=(copy,))
    moved = _moved(text, target, link)
    changed = FileChange(link, Action.CHANGE, os.fsencode(moved), f"points to {moved} instead of {text}", SYMLINK)
    return TemplateChanges(changes=(copy, changed))


def _moved(text: str, target: str, link: str) -> str:
    """The text of the link to its new target, with "./" before it if the present text has that."""
    relative = posixpath.relpath(target, posixpath.dirname(link) or ".")
    return f"./{relative}" if text.startswith("./") else relative


def _matching(pattern: str, paths: Iterable[str]) -> list[str]:
    """The paths that match a pattern, the highest series last."""
    before, after = _SERIES.sub("\0", pattern).split("\0")
    number = re.compile(re.escape(before) + r"([0-9]+(?:\.[0-9]+)*)" + re.escape(after))
    found = [(match[1], path) for path in paths if (match := number.fullmatch(path))]
    return [path for _, path in sorted(found, key=lambda pair: [int(part) for part in pair[0].split(".")])]
