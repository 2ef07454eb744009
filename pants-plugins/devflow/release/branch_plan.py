"""What a new series changes besides its version: templates that are copied, and links that follow. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from devflow.common.errors import Problem
from devflow.common.git import REGULAR, SYMLINK
from devflow.release.facts import Committed
from devflow.release.formats import fill
from devflow.release.plan import Action, Change
from devflow.release.versions import Version

_SERIES = re.compile(r"\{(series|series_digits)\}")


@dataclass(frozen=True)
class TemplateChanges:
    """The changes for one template, or why there are none."""

    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def directories_of(templates: Mapping[str, str]) -> tuple[str, ...]:
    """Where the files of the templates are: "" is the build root."""
    return tuple(sorted({posixpath.dirname(pattern) for pattern in templates}))


def paths_to_read(templates: Mapping[str, str], listed: Iterable[str]) -> tuple[str, ...]:
    """What `template_changes` needs of the files in those directories: those of the patterns, and the links."""
    names = list(listed)
    found = {path for pattern in templates if _has_one_place(pattern) for path in _matching(pattern, names)}
    return tuple(sorted({*found, *filter(None, templates.values())}))


def _has_one_place(pattern: str) -> bool:
    return len(_SERIES.findall(pattern)) == 1


def template_changes(pattern: str, link: str, committed: Committed, new: Version, date: str) -> TemplateChanges:
    """Copy the newest file of a pattern to its name in the new series, and move the link to it.

    `pattern` is a path with one `{series}` or `{series_digits}`. What is copied is what the link points to, which is
    often of an older series than the present one; without a link ("") it is the highest that there is.
    """
    option = "[release-branch].templates"
    if not _has_one_place(pattern):
        what = f"{option} has the pattern {pattern!r}, which does not have one place for the series."
        return TemplateChanges(problems=(Problem(what, "write {series} or {series_digits} in it, once"),))
    target = fill(option, pattern, new, date)
    candidates = _matching(pattern, committed.files)
    if link:
        text = committed.links.get(link)
        if text is None:
            what = f"{link} is a file, not a symbolic link." if link in committed.files else f"There is no {link}."
            hint = candidates[-1] if candidates else fill(option, pattern, new, date)
            fix = f"make it: ln -s {posixpath.relpath(hint, posixpath.dirname(link) or '.')} {link}"
            return TemplateChanges(problems=(Problem(what, fix),))
        source = posixpath.normpath(posixpath.join(posixpath.dirname(link), text))
        if link not in committed.files:
            what = f"{link} points to {text}, which is not a file of the repository."
            return TemplateChanges(problems=(Problem(what, f"let it point to the newest {pattern}"),))
    elif candidates:
        source, text = candidates[-1], ""
    else:
        what = f"No file is named like {pattern!r} of {option}."
        return TemplateChanges(problems=(Problem(what, "add the first one, or mend the pattern"),))
    if source == target:
        return TemplateChanges(notes=(f"{target} is there already: nothing to copy.",))
    if target in committed.modes:
        what = f"{target} is there already, and {link or 'the newest'} is {source}."
        return TemplateChanges(problems=(Problem(what, f"remove {target}, or let the link point to it"),))
    content, mode = committed.files[link or source], committed.modes.get(source, REGULAR)
    copy = Change(target, Action.CREATE, content, f"a copy of {source}, to be edited by hand", mode)
    if not link:
        return TemplateChanges(changes=(copy,))
    moved = _moved(text, target, link)
    changed = Change(link, Action.CHANGE, moved.encode(), f"points to {moved} instead of {text}", SYMLINK)
    return TemplateChanges(changes=(copy, changed))


def _moved(text: str, target: str, link: str) -> str:
    """The text of the link for its new target, in the way that the present one is written ("./…")."""
    relative = posixpath.relpath(target, posixpath.dirname(link) or ".")
    return f"./{relative}" if text.startswith("./") else relative


def _matching(pattern: str, paths: Iterable[str]) -> list[str]:
    """The files of a pattern, the highest series last."""
    before, after = _SERIES.sub("\0", pattern).split("\0")
    number = re.compile(re.escape(before) + r"(\d+(?:\.\d+)*)" + re.escape(after))
    found = [(match[1], path) for path in paths if (match := number.fullmatch(path))]
    return [path for _, path in sorted(found, key=lambda pair: [int(part) for part in pair[0].split(".")])]
