"""No report of any goal prints a name as it is: what a terminal obeys is escaped, and a name makes no line."""

from __future__ import annotations

import ast
import collections.abc
import dataclasses
import enum
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import devflow.add_requirement.report as additions
import devflow.backport.report as backports
import devflow.doctor.report as doctor
import devflow.exec.report as commands
import devflow.export_all_resolves.report as exports
import devflow.ide_config.report as ide_config
import devflow.link.report as links
import devflow.merge_lockfiles.report as merges
import devflow.plugin_checkouts.report as checkouts
import devflow.release.report as release
import devflow.reset_cache.report as resets
import devflow.reset_cache.status_report as status
import devflow.schema_history.report as histories
import devflow.sphinx_docs.report as docs
from devflow.add_requirement.outcome import AddOutcome
from devflow.backport.report import BackportOutcome
from devflow.common.errors import Problem
from devflow.common.paths import shown_fact
from devflow.common.removal.trees import Removed
from devflow.common.report import said
from devflow.doctor.checks.registry import ALL_CHECKS
from devflow.doctor.facts import CheckResult, HealthCheck, as_facts
from devflow.doctor.plan import Diagnosis
from devflow.exec.report import FilesOutcome
from devflow.export_all_resolves.plan import ExportOutcome
from devflow.ide_config.documents import Document, OwnFile
from devflow.ide_config.report import SettingsOutcome
from devflow.link.report import LinkOutcome
from devflow.merge_lockfiles.outcome import MergeOutcome
from devflow.plugin_checkouts.report import CheckoutsOutcome
from devflow.release.plan import ReleaseOutcome
from devflow.reset_cache.apply import ResetOutcome
from devflow.reset_cache.facts import CacheState
from devflow.schema_history.formats.graph import as_text, graph_of
from devflow.schema_history.plan import DumpedText
from devflow.sphinx_docs.answer import report_lines
from devflow.sphinx_docs.facts import BrokenLink, SphinxAnswer
from house.sources import ROOT, SLICES, imports, syntax_tree

NAME = "refs/heads/dir\x1b[2J\x9b\u202e\udcff\nFORGED\r\n  Fix: FORGED"

# Who may print, and what makes that safe.
PRINTERS = {
    "common/goals.py": "the frame: `shown_fact`, `said`, or a JSON document",
    "add_requirement/imports/reader.py": "a process of the engine: JSON",
    "plain/command.py": "the frame of plain commands: the same",
    "reset_cache/__main__.py": "the plain command: a JSON document",
    "schema_history/goal.py": "documents, and `shown_fact`",
    "release/goal.py": "a draft, exactly as towncrier prints it",
    "export_all_resolves/staging/__main__.py": "a process of the engine: its output comes back in a problem",
    "export_all_resolves/staging/run.py": "the same process",
    "export_all_resolves/staging/download.py": "the same: its output is logged with -ldebug only",
    "sphinx_docs/sandbox/serve.py": "a process of the terminal: `shown_fact`",
    "release/steps/towncrier/run_towncrier.py": "a process of the engine: JSON",
}
_PRINTING = {"print", "print_stdout", "print_stderr", "write_stdout", "write_stderr", "write", "writelines"}


def _prints(path: Path) -> Iterator[int]:
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
            of = ast.unparse(function.value) if isinstance(function, ast.Attribute) else ""
            if name in _PRINTING and (name == "print" or "console" in of or "stdout" in of or "stderr" in of):
                yield node.lineno


def test_only_these_print() -> None:
    printing = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if any(_prints(path))}
    assert printing == set(PRINTERS), "print by `GoalRun`, which escapes names"


def test_nobody_logs_a_name() -> None:
    """What is logged goes to the terminal, too, and by no function of ours."""
    loggers = [path for path in ROOT.rglob("*.py") if "logging.getLogger" in imports(path)]
    assert loggers == []


def test_no_report_is_joined_before_it_is_shown() -> None:
    """`report` and `say` get facts one by one: in a text that is joined, a line of a name is like one of ours."""
    joined = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in ROOT.rglob("*.py")
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("report", "say", "_say")
        for argument in (*node.args, *(keyword.value for keyword in node.keywords))
        if "'\\n'.join" in ast.unparse(argument)
    ]
    assert joined == []


def hostile(kind: Any, *, choose: Callable[[type[enum.Enum]], enum.Enum]) -> Any:
    """A value of a type in which each text is NAME, each flag is set, and each collection has one item."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, getattr(types, "UnionType", typing.Union)):
        return hostile(next(one for one in arguments if one is not type(None)), choose=choose)
    if origin is collections.abc.Callable:
        return lambda *_: hostile(arguments[-1], choose=choose)
    if origin in (dict, collections.abc.Mapping):
        return {hostile(arguments[0], choose=choose): hostile(arguments[1], choose=choose)}
    if origin is tuple and Ellipsis not in arguments:
        return tuple(hostile(one, choose=choose) for one in arguments)
    if origin in (tuple, list, frozenset, set, collections.abc.Sequence, collections.abc.Iterable):
        made = list if origin in (collections.abc.Sequence, collections.abc.Iterable) else origin
        return made([hostile(arguments[0], choose=choose)])
    if kind is Document:
        return OwnFile(NAME, NAME)
    if kind in (str, Any, object):
        return NAME
    if kind is bytes:
        return NAME.encode(errors="surrogateescape")
    if kind is bool:
        return True
    if kind in (int, float):
        return kind(2)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return choose(kind)
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        fields = {one.name: hints[one.name] for one in dataclasses.fields(kind) if one.init}
        return kind(**{name: hostile(hint, choose=choose) for name, hint in fields.items()})  # type: ignore[operator]
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return kind(*(hostile(hint, choose=choose) for hint in typing.get_type_hints(kind).values()))
    if kind is Removed:
        removed = Removed()
        removed.files, removed.freed_bytes, removed.failed, removed.failures = 2, 2, 2, [NAME]
        removed.immutable, removed.error_number = True, 2
        return removed
    raise AssertionError(f"{kind} is not known here")


def _hints(kind: Any) -> dict[str, Any]:
    """As `get_type_hints`; Python 3.9 has no `|` for a generic type such as `tuple[int, ...]`."""

    def annotated() -> None:
        """Has the annotations."""

    texts = {
        one.name: re.sub(r"\b(\w+) \| None", r"typing.Optional[\1]", str(one.type)) for one in dataclasses.fields(kind)
    }
    annotated.__annotations__ = {
        name: re.sub(r"^(.+) \| None$", r"typing.Optional[\1]", text) for name, text in texts.items()
    }
    return typing.get_type_hints(annotated, {**vars(sys.modules[kind.__module__]), "typing": typing})


def _in_turn(turn: int, kind: type[enum.Enum]) -> enum.Enum:
    return list(kind)[turn % len(kind)]


def _reset(outcome: ResetOutcome) -> list[str]:
    return [*resets.announcement(outcome.plan, "/root"), *resets.lines(outcome, "/root")]


def _dump(text: DumpedText) -> list[str]:
    drawn = as_text(graph_of(text.dump.revisions, fold=False), NAME, NAME)
    assert drawn.count("\n") == 2, "a title and a revision"
    return [*drawn.splitlines(), *histories.check_lines(NAME, [NAME]), histories.written_line(text, changed=True)]


@dataclasses.dataclass(frozen=True)
class DocsPrinted:
    """What the goals of sites print."""

    answer: SphinxAnswer
    links: Mapping[str, Sequence[BrokenLink]]


def _docs(printed: DocsPrinted) -> list[str]:
    catalogs = docs.catalog_lines(printed.answer.catalogs, check=True)
    return [*report_lines(printed.answer.warnings, NAME), *docs.link_lines(printed.links), *catalogs]


def _added(outcome: AddOutcome) -> list[str]:
    """An action is a word of the goal's own."""
    changes = tuple(dataclasses.replace(one, action="added") for one in outcome.changes)
    return additions.lines(dataclasses.replace(outcome, changes=changes))


def _merged(outcome: MergeOutcome) -> list[str]:
    """With a problem, a lockfile has no line but that."""
    lockfiles = tuple(dataclasses.replace(one, problem=None) for one in outcome.lockfiles)
    return merges.lines(dataclasses.replace(outcome, lockfiles=lockfiles))


REPORTS: list[tuple[Any, Callable[[Any], list[str]], Callable[[Any], list[Any]]]] = [
    (AddOutcome, _added, lambda _: [Problem(NAME, NAME)]),
    (BackportOutcome, backports.lines, lambda outcome: backports.closing(outcome, "backport", NAME)),
    (CheckoutsOutcome, checkouts.lines, checkouts.closing),
    (FilesOutcome, commands.lines, lambda outcome: commands.closing(outcome, [NAME])),
    (LinkOutcome, links.lines, links.closing),
    (MergeOutcome, _merged, merges.closing),
    (ExportOutcome, exports.lines, lambda outcome: exports.closing(outcome, NAME)),
    (SettingsOutcome, ide_config.lines, ide_config.closing),
    (ReleaseOutcome, release.lines, lambda outcome: release.closing(outcome, "release", NAME)),
    (ResetOutcome, _reset, lambda outcome: resets.closing(outcome, NAME)),
    (CacheState, status.lines, status.closing),
    (DumpedText, _dump, lambda text: [Problem(NAME, NAME)]),
    (DocsPrinted, _docs, lambda printed: [*docs.links_closing(printed.links)]),
]


def test_each_report_is_one_of_these() -> None:
    """That of `doctor` is below."""
    reports = {f"devflow.{path.parent.name}.report" for path in ROOT.glob("*/report.py") if path.parent.name in SLICES}
    assert reports <= set(imports(Path(__file__)))


def facts_shown(lines: list[str], *others: str) -> bool:
    """Whether a name is in them; no line of them is one of a name, and a terminal obeys none of their characters."""
    facts = [shown_fact(line) for line in lines]
    for printed in ("\n".join(facts), *others):
        assert not [line for line in printed.split("\n") if line.startswith(("FORGED", "  Fix: FORGED"))]
        assert not set(printed) & {"\x1b", "\x9b", "\u202e", "\udcff", "\r"}
    return any("FORGED" in fact for fact in facts)


@pytest.mark.parametrize(("kind", "lines", "closing"), REPORTS, ids=[kind.__name__ for kind, *_ in REPORTS])
def test_each_report(kind: Any, lines: Callable[[Any], list[str]], closing: Callable[[Any], list[Any]]) -> None:
    """With every value of each kind of status in turn."""
    named = False
    for turn in range(6):
        outcome = hostile(kind, choose=partial(_in_turn, turn))
        named |= facts_shown(lines(outcome), said(closing(outcome)))
    assert named


# The facts of `store-limit` have names of this project only.
CHECKS = {check.name: check for check in ALL_CHECKS if check.name != "store-limit"}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_each_check_of_doctor(check: HealthCheck) -> None:
    """What it finds, what it saw, and why it was not made."""
    kind = typing.get_type_hints(check.judge)["facts"]
    for turn in range(2):
        read = hostile(kind, choose=partial(_in_turn, turn))
        findings = tuple(check.judge(read))
        results = (
            CheckResult(check.name, findings, facts=as_facts(read)),
            CheckResult(check.name, facts=as_facts(read)),
            CheckResult(check.name, not_checked=NAME),
        )
        assert facts_shown(doctor.lines(Diagnosis(results), verbose=True), doctor.as_json(Diagnosis(results)))
