"""The configuration of Pants: files that cannot be read, variables that override them, a clock that is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from devflow.common.errors import Problem
from devflow.common.masking import masked
from devflow.common.units import duration
from devflow.doctor.facts import Finding, HealthCheck, NotCheckedError, error, note, warning
from devflow.doctor.world import World

# Variables that Pants, its launchers or this project read, and that set no option. Source: `pants_env_vars.py`,
# `build_root.py`, `remote_pants_runner.py` of Pants; `scie-pants`; docs/launcher.md.
_NO_OPTIONS = re.compile(
    r"PANTS_(?:BOOTSTRAP_\w+|BUILDROOT_OVERRIDE|SOURCE|SHA|NO_NATIVE_CLIENT|RECURSION_LIMIT|DAEMON_ENTRYPOINT|PYTHON"
    r"|IGNORE_UNRECOGNIZED_ENCODING|PEX_CLI_\w+|BIN_NAME|DEBUG|SHIM_\w+|SERVER_EXE|VERSION)"
)
_FUTURE_S = 300.0


@dataclass(frozen=True)
class ConfigFacts:
    """`broken` are configuration files that cannot be read, each with the problem; `version` is `pants_version`."""

    broken: tuple[tuple[str, Problem], ...]
    settings_problem: Problem | None
    version: str | None
    in_pants: bool


def read_config(world: World) -> ConfigFacts:
    """The files that belong to the repository or are named by PANTS_CONFIG_FILES."""
    broken = tuple((file.name, file.problem) for file in world.config.files if file.problem and not file.is_rc)
    version = None if broken else world.config.value("GLOBAL", "pants_version")
    rc_is_broken = any(file.problem for file in world.config.files if file.is_rc)
    problem = None if broken or rc_is_broken else world.settings_problem
    return ConfigFacts(broken, problem, None if version is None else str(version), world.in_pants)


def judge_config(facts: ConfigFacts) -> Iterator[Finding]:
    """Source: `config.py` of Pants 2.17.1."""
    yield from _unreadable(facts.broken, in_pants=facts.in_pants)
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


@dataclass(frozen=True)
class PantsVersionFacts:
    """Variables that choose another Pants than the configuration, and what that says; `ci`: nobody types there."""

    overrides: Mapping[str, str]
    configured: str | None
    ci: bool


def read_pants_version(world: World) -> PantsVersionFacts:
    """See `PantsVersionFacts`."""
    files = [file for file in world.config.files if file.has("GLOBAL", "pants_version")]
    configured = str(files[-1].document["GLOBAL"]["pants_version"]) if files else None
    names = ("PANTS_VERSION", "PANTS_SHA")
    overrides = {name: world.environment[name] for name in names if world.environment.get(name)}
    return PantsVersionFacts(overrides, configured, bool(world.environment.get("CI")))


def judge_pants_version(facts: PantsVersionFacts) -> Iterator[Finding]:
    """Matrices of CI do that on purpose."""
    for name, value in facts.overrides.items():
        if value != facts.configured:
            configured = f'pants_version = "{facts.configured}"' if facts.configured else "pants.toml"
            yield (note if facts.ci else warning)(f"{name}={value} overrides {configured}.", f"unset {name}")


@dataclass(frozen=True)
class EnvironmentFacts:
    """The variables that set options, with their values."""

    variables: Mapping[str, str]


def read_environment(world: World) -> EnvironmentFacts:
    """Which of them are options of an active backend, only Pants could say."""
    return EnvironmentFacts(
        {
            name: masked(f"{name}={value}").partition("=")[2]
            for name, value in sorted(world.environment.items())
            if name.startswith("PANTS_") and not _NO_OPTIONS.fullmatch(name)
        }
    )


def judge_environment(facts: EnvironmentFacts) -> Iterator[Finding]:
    """Nothing: they are set on purpose, so this is for `--verbose` and JSON only."""
    return iter(())


@dataclass(frozen=True)
class ClockFacts:
    """The files whose last change is in the future, by how many seconds."""

    ahead_s: Mapping[str, int]


def read_clock(world: World) -> ClockFacts:
    """Look at files that change often."""
    ahead = {}
    for name in ("pants.toml", ".git/index", ".git/HEAD"):
        try:
            ahead[name] = int(os.stat(os.path.join(world.build_root, name)).st_mtime - world.now_s)
        except OSError:
            continue
    if not ahead:
        raise NotCheckedError("there is no file to compare the clock with")
    return ClockFacts({name: seconds for name, seconds in ahead.items() if seconds > _FUTURE_S})


def judge_clock(facts: ClockFacts) -> Iterator[Finding]:
    """A file of an unpacked archive may be in the future; two files of git hardly are."""
    if facts.ahead_s:
        name, seconds = max(facts.ahead_s.items(), key=lambda one: one[1])
        yield warning(
            f"The clock may be wrong: {name} was changed {duration(seconds)} in the future. With a wrong clock, "
            "certificates of package indexes are refused.",
            "sudo timedatectl set-ntp true",
        )


CHECKS = (
    HealthCheck("config", "the configuration files can be read", read_config, judge_config),
    HealthCheck("rc-files", "the .pants.rc files can be read", read_rc_files, judge_rc_files),
    HealthCheck("pants-version", "no variable overrides pants_version", read_pants_version, judge_pants_version),
    HealthCheck("environment", "the variables that set options (--verbose)", read_environment, judge_environment),
    HealthCheck("clock", "no file is from the future", read_clock, judge_clock),
)
