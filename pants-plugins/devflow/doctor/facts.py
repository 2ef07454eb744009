"""Checks and findings, as data. No Pants, no IO."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from devflow.common.errors import Problem
from devflow.common.masking import masked
from devflow.common.paths import as_text

# Marks a field that only the fix of a judgement needs, and that is left out of JSON: `field(metadata=UNSAID)`.
UNSAID = {"unsaid": True}


class Severity(Enum):
    """How bad a finding is: with an error, Pants fails or will fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """A problem of this machine or this clone."""

    severity: Severity
    problem: Problem


def error(what: str, fix: str) -> Finding:
    """Pants fails, or will fail."""
    return Finding(Severity.ERROR, Problem(what, fix))


def warning(what: str, fix: str) -> Finding:
    """Pants works, but not as it should, or not for long."""
    return Finding(Severity.WARNING, Problem(what, fix))


def note(what: str, fix: str) -> Finding:
    """Pants works; the user may want to know."""
    return Finding(Severity.NOTE, Problem(what, fix))


class NotCheckedError(Exception):
    """A check does not apply to this machine, or cannot read its facts; the message says why."""


@dataclass(frozen=True)
class HealthCheck:
    """A check: `read` gives the facts, a frozen dataclass, and `judge`, which is pure, turns them into findings.

    `about` describes the check for `--list`. A check with `network` is made only if the user asks for it. A check with
    `asks_if_allowed` is always made, but uses the network only if the user allows it. `read` raises `NotCheckedError`
    where there is nothing to check. It changes nothing, and runs no code of the repository.
    """

    name: str
    about: str
    read: Callable[[Any], Any]
    judge: Callable[[Any], Iterable[Finding]]
    network: bool = False
    asks_if_allowed: bool = False


@dataclass(frozen=True)
class CheckResult:
    """The result of a check. `not_checked` is the reason why it was not made. `facts` are the facts as in JSON."""

    check: str
    findings: tuple[Finding, ...] = ()
    not_checked: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def as_facts(read: object) -> dict[str, object]:
    """A frozen dataclass as JSON, without passwords and without its fields that are `UNSAID`."""
    fields = dataclasses.fields(read)  # type: ignore[arg-type]
    return {one.name: _plain(getattr(read, one.name)) for one in fields if one.metadata != UNSAID}


def _plain(value: object) -> object:
    if isinstance(value, str):
        return masked(as_text(value))
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return {masked(as_text(str(key))): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, map(_plain, value)))
    if dataclasses.is_dataclass(value):
        return as_facts(value)
    return value if value is None or isinstance(value, (bool, int, float)) else masked(as_text(str(value)))
