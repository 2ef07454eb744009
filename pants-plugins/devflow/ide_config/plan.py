"""What to write into which file, and why: decided from texts alone, before anything changes."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.ide_config.documents import Change, Document, JsonFile, OwnFile, edit
from devflow.ide_config.splices import CannotEditError

FALLBACK = "vscode"  # of a repository without any editor's files


class Mode(Enum):
    """What a run is for; they share one plan and differ in the last step."""

    WRITE = "write"
    CHECK = "check"
    DRY_RUN = "dry-run"
    PRINT = "print"


class Status(Enum):
    """A file, compared with what should be in it."""

    UP_TO_DATE = "up-to-date"
    MISSING = "missing"
    STALE = "stale"
    FAILED = "failed"


@dataclass(frozen=True)
class Wanted:
    """What one editor wants in one file."""

    editor: str
    document: Document


@dataclass(frozen=True)
class Found:
    """A file as it is: its text, None if it does not exist, or why it cannot be read or written."""

    text: str | None
    problem: Problem | None = None


@dataclass(frozen=True)
class FilePlan:
    """One file. With a problem it is left alone, and `snippet` is what should be in it."""

    path: str
    editors: tuple[str, ...]
    before: str | None
    after: str
    changes: tuple[Change, ...] = ()
    dead: tuple[tuple[str, str], ...] = ()
    problem: Problem | None = None
    snippet: str = ""

    @property
    def status(self) -> Status:
        """Before the run."""
        if self.problem:
            return Status.FAILED
        if self.before is None:
            return Status.MISSING
        return Status.UP_TO_DATE if self.before == self.after else Status.STALE

    @property
    def changed(self) -> bool:
        """There is something to write."""
        return self.status in (Status.MISSING, Status.STALE)


def choose(names: Sequence[str], known: Iterable[str], used: Iterable[str]) -> tuple[str, ...]:
    """The editors to configure, sorted: those that were named, or else those in use. Raises: UserError."""
    valid = sorted(known)
    for name in names:
        if name not in valid:
            raise UserError(
                f"--editors={name}: there is no such editor.{did_you_mean(name, valid)}",
                fix=f"choose from {', '.join(valid)}",
            )
    return tuple(sorted(set(names))) or tuple(sorted(used)) or (FALLBACK,)


def with_overruling(chosen: Iterable[str], overruled_by: Mapping[str, str], used: Iterable[str]) -> Mapping[str, str]:
    """Each editor to configure, and whom it overrules: one in use whose files win over those of a chosen one."""
    chosen, in_use = tuple(chosen), set(used)
    added: dict[str, str] = {}
    for name in chosen:
        winner = overruled_by.get(name, "")
        if winner in in_use and winner not in chosen:
            added[winner] = f"{added[winner]}, {name}" if winner in added else name
    return {**{name: "" for name in chosen}, **added}


def plan_files(
    wanted: Iterable[Wanted], find: Callable[[str], Found], obstacle: Callable[[str], Problem | None]
) -> tuple[FilePlan, ...]:
    """A plan for each file, in the order in which editors want them. `obstacle`: why a path cannot be written."""
    by_path: dict[str, list[Wanted]] = {}
    for one in wanted:
        by_path.setdefault(one.document.path, []).append(one)
    return tuple(_plan_file(path, ones, find(path), obstacle) for path, ones in by_path.items())


def _plan_file(
    path: str, wanted: Sequence[Wanted], found: Found, obstacle: Callable[[str], Problem | None]
) -> FilePlan:
    editors = tuple(one.editor for one in wanted)

    def failed(problem: Problem) -> FilePlan:
        snippet = "".join(snippet_of(one.document) for one in wanted)
        return FilePlan(path, editors, found.text, text, problem=problem, snippet=snippet)

    text = found.text or ""
    if found.problem:
        return failed(found.problem)
    changes: list[Change] = []
    dead: list[tuple[str, str]] = []
    for one in wanted:
        try:
            edited = edit(text, one.document)
        except CannotEditError as error:
            fix = "mend that, or put what follows into it yourself"
            return failed(Problem(f"{path} is left alone: {error}.", fix=fix))
        text = edited.text
        changes += edited.changes
        dead += edited.dead
    planned = FilePlan(path, editors, found.text, text, tuple(changes), tuple(dead))
    in_the_way = obstacle(path) if planned.changed else None
    return failed(in_the_way) if in_the_way else planned


def snippet_of(document: Document) -> str:
    """What a file with nothing else in it would be."""
    return edit("", document).text


def print_of(documents: Sequence[Document]) -> str:
    """What `--print` shows: the one file as it is, or each below its name, in a comment of its kind if it has one."""
    if len(documents) == 1:
        return snippet_of(documents[0])
    return "\n".join(f"{_comment(document)} {document.path}\n{snippet_of(document)}" for document in documents)


def _comment(document: Document) -> str:
    if isinstance(document, (JsonFile, OwnFile)):
        return "//"
    return getattr(getattr(document, "syntax", None), "comment", "#")


def diff(planned: FilePlan) -> str:
    """As `diff -u` says it, and `patch` takes it."""
    if not planned.changed:
        return ""
    before = (planned.before or "").splitlines(keepends=True)
    after = planned.after.splitlines(keepends=True)
    old = f"a/{planned.path}" if planned.before is not None else "/dev/null"
    lines = difflib.unified_diff(before, after, old, f"b/{planned.path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
