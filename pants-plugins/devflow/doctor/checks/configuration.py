"""Checks the configuration files of Pants: unreadable files, and keys that are not options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from devflow.common.errors import Problem
from devflow.doctor.checks.config_parsers import ONLY_ENGINE_SINCE, RefusedFile, refused, unreadable
from devflow.doctor.facts import UNSAID, Finding, HealthCheck, error, warning
from devflow.doctor.world import World

_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})")
_ASSIGNED = re.compile(r"""^\s*pants_version\s*=\s*["']([^"'\n]*)""", re.MULTILINE)
_NEWEST = (9999, 0)
_SCOPE = re.compile(r"GLOBAL|DEFAULT|[a-z0-9_]+(?:[-.][a-z0-9_]+)*")


@dataclass(frozen=True)
class ConfigFacts:
    """`broken` are configuration files that Pants cannot read; `version` is `pants_version`.

    `unknown` are the keys at the top of a file that name no scope of options: file, key, and whether it is a table.
    `modern`: Pants is 2.25 or newer, whose engine reads these files.
    """

    broken: tuple[RefusedFile, ...]
    unknown: tuple[tuple[str, str, bool], ...]
    settings_problem: Problem | None
    version: str | None
    in_pants: bool
    modern: bool = field(default=True, metadata=UNSAID)


def read_config(world: World) -> ConfigFacts:
    """The files that belong to the repository or are named by PANTS_CONFIG_FILES."""
    broken = _broken(world, is_rc=False)
    modern = _minor_version(world) >= ONLY_ENGINE_SINCE
    verified = str(world.config.value("GLOBAL", "verify_config", True)).lower() == "true"
    unknown = tuple(
        (file.name, key, isinstance(value, Mapping))
        for file in world.config.files
        for key, value in file.document.items()
        if (not _SCOPE.fullmatch(key) and verified) or (not isinstance(value, Mapping) and (verified or modern))
    )
    version = None if broken else world.config.value("GLOBAL", "pants_version", _of_unparsed(world))
    rc_is_broken = any(file.problem for file in world.config.files if file.is_rc)
    problem = None if broken or rc_is_broken else world.settings_problem
    return ConfigFacts(broken, unknown, problem, None if version is None else str(version), world.in_pants, modern)


def _broken(world: World, *, is_rc: bool) -> tuple[RefusedFile, ...]:
    version = _minor_version(world)
    files = (file for file in world.config.files if file.is_rc == is_rc)
    found = (refused(file, version, has_been_read=world.in_pants) for file in files)
    return tuple(one for one in found if one)


def _minor_version(world: World) -> tuple[int, int]:
    """That of `pants_version`, also if it is misplaced at the top of a file, or that file is no TOML.

    Without a version, the newest Pants starts.
    """
    at_the_top = (file.document.get("pants_version") for file in world.config.files)
    texts = (world.config.text("GLOBAL", "pants_version"), *at_the_top, _of_unparsed(world))
    version = next(filter(None, (_VERSION.match(text) for text in texts if isinstance(text, str))), None)
    return (int(version[1]), int(version[2])) if version else _NEWEST


def _of_unparsed(world: World) -> str | None:
    """`pants_version` in a file that is no TOML."""
    found = (_ASSIGNED.search(file.text) for file in world.config.files if file.problem)
    return next((one[1] for one in found if one), None)


def judge_config(facts: ConfigFacts) -> Iterator[Finding]:
    """Pants itself reports unknown options of a scope when it starts.

    Source: `config.py` of Pants 2.17.1, and what Pants 2.32.1 prints.
    """
    yield from unreadable(facts.broken)
    for name, key, is_table in facts.unknown:
        fix = f"rename [{key}]: scopes have small letters" if is_table else f"move {key} below the [scope] that has it"
        if not is_table and key == "pants_version":
            fix = "write [GLOBAL] on the line before it"
        said = f"Invalid section [{key}] in {name}: Invalid config entries detected."
        if facts.modern and is_table:
            said = f"Invalid table name [{key}] in {name}: Invalid config entries detected."
        elif facts.modern:
            said = (
                f"Expected the config file {name} to contain tables per section, but section {key} contained a value."
            )
        yield error(f"Pants does not start: {said}", f"{fix}, or remove it, in {name}")
    if facts.settings_problem:
        yield error(facts.settings_problem.what, facts.settings_problem.fix)
    if not facts.broken and facts.version is None:
        yield warning(
            "pants.toml does not say which Pants it is for.", 'write pants_version = "…" below [GLOBAL] in pants.toml'
        )


@dataclass(frozen=True)
class RcFilesFacts:
    """The rc files that are read, each with the options that it sets; those that Pants cannot read."""

    sets: Mapping[str, tuple[str, ...]]
    broken: tuple[RefusedFile, ...]


def read_rc_files(world: World) -> RcFilesFacts:
    """See `RcFilesFacts`."""
    sets = {
        file.name: tuple(
            f"[{scope}].{option}"
            for scope, table in sorted(file.document.items())
            if isinstance(table, Mapping)
            for option in sorted(table)
        )
        for file in world.config.files
        if file.is_rc
    }
    return RcFilesFacts(sets, _broken(world, is_rc=True))


def judge_rc_files(facts: RcFilesFacts) -> Iterator[Finding]:
    """See `unreadable`."""
    return unreadable(facts.broken)


CHECKS = (
    HealthCheck("config", "the configuration files can be read", read_config, judge_config),
    HealthCheck("rc-files", "the .pants.rc files can be read", read_rc_files, judge_rc_files),
)
