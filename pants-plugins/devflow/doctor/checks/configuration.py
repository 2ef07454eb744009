"""The configuration files of Pants: those that cannot be read, and what Pants takes for no option."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from devflow.common.errors import Problem
from devflow.doctor.facts import Finding, HealthCheck, error, warning
from devflow.doctor.world import World

_SCOPE = re.compile(r"GLOBAL|DEFAULT|[a-z0-9_]+(?:[-.][a-z0-9_]+)*")


@dataclass(frozen=True)
class ConfigFacts:
    """`broken` are configuration files that cannot be read, each with the problem; `version` is `pants_version`.

    `unknown` are the keys at the top of a file that name no scope of options: file, key, and whether it is a table.
    """

    broken: tuple[tuple[str, Problem], ...]
    unknown: tuple[tuple[str, str, bool], ...]
    settings_problem: Problem | None
    version: str | None
    in_pants: bool


def read_config(world: World) -> ConfigFacts:
    """The files that belong to the repository or are named by PANTS_CONFIG_FILES."""
    broken = tuple((file.name, file.problem) for file in world.config.files if file.problem and not file.is_rc)
    verified = str(world.config.value("GLOBAL", "verify_config", True)).lower() == "true"
    unknown = tuple(
        (file.name, key, isinstance(value, Mapping))
        for file in world.config.files
        for key, value in file.document.items()
        if verified and not (isinstance(value, Mapping) and _SCOPE.fullmatch(key))
    )
    version = None if broken else world.config.value("GLOBAL", "pants_version")
    rc_is_broken = any(file.problem for file in world.config.files if file.is_rc)
    problem = None if broken or rc_is_broken else world.settings_problem
    return ConfigFacts(broken, unknown, problem, None if version is None else str(version), world.in_pants)


def judge_config(facts: ConfigFacts) -> Iterator[Finding]:
    """Source: `config.py` of Pants 2.17.1. Which options of a scope there are, Pants says itself as it starts."""
    yield from _unreadable(facts.broken, in_pants=facts.in_pants)
    for name, key, is_table in facts.unknown:
        fix = f"rename [{key}]: scopes have small letters" if is_table else f"move {key} below the [scope] that has it"
        if not is_table and key == "pants_version":
            fix = "write [GLOBAL] on the line before it"
        yield error(
            f"Pants does not start: Invalid section [{key}] in {name}: Invalid config entries detected.",
            f"{fix}, or remove it, in {name}",
        )
    if facts.settings_problem:
        yield error(facts.settings_problem.what, facts.settings_problem.fix)
    if not facts.broken and facts.version is None:
        yield warning(
            "pants.toml does not say which Pants it is for.", 'write pants_version = "…" below [GLOBAL] in pants.toml'
        )


@dataclass(frozen=True)
class RcFilesFacts:
    """The rc files that are read, each with the options that it sets; those that cannot be read, with the problem."""

    sets: Mapping[str, tuple[str, ...]]
    broken: tuple[tuple[str, Problem], ...]
    in_pants: bool


def read_rc_files(world: World) -> RcFilesFacts:
    """See `RcFilesFacts`."""
    files = [file for file in world.config.files if file.is_rc]
    sets = {
        file.name: tuple(
            f"[{scope}].{option}"
            for scope, table in sorted(file.document.items())
            if isinstance(table, Mapping)
            for option in sorted(table)
        )
        for file in files
    }
    return RcFilesFacts(sets, tuple((file.name, file.problem) for file in files if file.problem), world.in_pants)


def judge_rc_files(facts: RcFilesFacts) -> Iterator[Finding]:
    """Source: `config.py` of Pants 2.17.1."""
    return _unreadable(facts.broken, in_pants=facts.in_pants)


def _unreadable(broken: tuple[tuple[str, Problem], ...], *, in_pants: bool) -> Iterator[Finding]:
    """The parser of Pants up to 2.24 takes some files that are no TOML: one that Pants has just read is a warning."""
    for name, problem in broken:
        quoted = f"Config file {name} could not be parsed as TOML"
        what = f"Pants from 2.25 on does not start: {quoted}" if in_pants else f"Pants does not start: {quoted}"
        yield (warning if in_pants else error)(f"{what}: {problem.what}", problem.fix)


CHECKS = (
    HealthCheck("config", "the configuration files can be read", read_config, judge_config),
    HealthCheck("rc-files", "the .pants.rc files can be read", read_rc_files, judge_rc_files),
)
