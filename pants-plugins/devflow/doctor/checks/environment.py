"""Checks environment variables of Pants: those that override the configuration, and those that are no option."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from devflow.common.errors import did_you_mean
from devflow.common.masking import masked
from devflow.doctor.facts import Finding, HealthCheck, note, warning
from devflow.doctor.world import World

# Variables that Pants, its launchers or this project read, and that set no option. Source: `pants_env_vars.py`,
# `build_root.py`, `remote_pants_runner.py`, `pants_loader.py` of Pants 2.17 to 2.33; `scie-pants`; docs/launcher.md.
_NO_OPTIONS = re.compile(
    r"PANTS_(?:BOOTSTRAP_\w+|BUILDROOT_OVERRIDE|SOURCE|SHA|NO_NATIVE_CLIENT|RECURSION_LIMIT|DAEMON_ENTRYPOINT|PYTHON"
    r"|IGNORE_UNRECOGNIZED_ENCODING|PEX_CLI_\w+|BIN_NAME|DEBUG|SHIM_\w+|SERVER_EXE|VERSION|ENTRYPOINT|SEMVER"
    r"|SANDBOXER_BINARY_PATH|INTERNAL_ABSOLUTE_PREFIX|PARENT_BUILD_ID|DISABLE_GETS|CHROOT|SCIE\w*)"
)


@dataclass(frozen=True)
class PantsVersionFacts:
    """Variables that choose another Pants than the configuration, and the version there; `ci`: this runs in CI."""

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
    """In CI it is a note: build matrices override the version on purpose."""
    found = note if facts.ci else warning
    for name, value in facts.overrides.items():
        if facts.configured is None:
            what = f"{name}={value} chooses Pants, and no configuration file names a version."
            pinned = f"set pants_version = {json.dumps(value)} in [GLOBAL] of pants.toml"  # as TOML has it, too
            yield found(what, pinned if name == "PANTS_VERSION" else f"unset {name}")
        elif value != facts.configured:
            yield found(f'{name}={value} overrides pants_version = "{facts.configured}".', f"unset {name}")


@dataclass(frozen=True)
class EnvironmentFacts:
    """The variables that set options, with their values.

    `overrides`: variable → option, value and file of a configuration file with another value. `unknown`: variables that
    set no option of an active backend → a hint for the message; None if only Pants knows the options.
    """

    variables: Mapping[str, str]
    overrides: Mapping[str, tuple[str, str, str]]
    unknown: Mapping[str, str] | None


def read_environment(world: World) -> EnvironmentFacts:
    """Read the variables; passwords in values are masked."""
    variables = [name for name in sorted(world.environment) if name.startswith("PANTS_")]
    # A variable to which a file refers, as %(env.PANTS_CACHE)s or in `extra_env_vars`, is the team's own.
    mentioned = {name for name in variables for file in world.config.files if name in str(file.document)}
    named = [name for name in variables if not _NO_OPTIONS.fullmatch(name)]
    unknown = None
    if world.known_options is not None:
        found = ((name, _mistake(name, world.known_options)) for name in named if name not in mentioned)
        unknown = {name: hint for name, hint in found if hint is not None}
    overrides = {name: one for name in named if (one := _overridden(name, world))}
    return EnvironmentFacts({name: _shown(name, world) for name in named}, overrides, unknown)


def _shown(name: str, world: World) -> str:
    return masked(f"{name}={world.environment[name]}").partition("=")[2]


def _overridden(name: str, world: World) -> tuple[str, str, str] | None:
    """The option that a variable overrides, its value in a configuration file, and that file."""
    value = world.environment[name]
    for file in reversed(world.config.files):
        for scope, table in file.document.items():
            for option, configured in table.items() if isinstance(table, Mapping) else ():
                if name in _variables(scope, option) and isinstance(configured, (str, int, float)):
                    same = str(configured).lower() == value.lower()
                    shown = masked(f"{option}={configured}").partition("=")[2]
                    return None if same else (f"[{scope}].{option}", shown, file.name)
    return None


def _variables(scope: str, option: str) -> tuple[str, ...]:
    """The variables that set an option. Source: `parser.py` of Pants 2.17.1."""
    name = option.upper().replace("-", "_")
    if scope not in ("", "GLOBAL"):
        return (f"PANTS_{re.sub('[-.]', '_', scope.upper())}_{name}",)
    return (f"PANTS_GLOBAL_{name}", f"PANTS_{name}", *((name,) if name.startswith("PANTS_") else ()))


def could_set(variable: str, scope: str) -> bool:
    """Whether the name of a variable has the prefix of the variables of a scope."""
    return not scope or variable.startswith(f"PANTS_{re.sub('[-.]', '_', scope.upper())}_")


def _mistake(name: str, known: Mapping[str, Collection[str]]) -> str | None:
    """None for a variable that sets an option; else "Did you mean …?" with the nearest such variable, or ""."""
    near: list[str] = []
    for scope in sorted(known, key=len, reverse=True):
        if could_set(name, scope):
            near += (variable for option in known[scope] for variable in _variables(scope, option))
    # The common prefix would make all names similar.
    start = len("PANTS_")
    hint = did_you_mean(name[start:], [variable[start:] for variable in near]).replace("'", "'PANTS_", 1)
    return None if name in near else hint


def judge_environment(facts: EnvironmentFacts) -> Iterator[Finding]:
    """A variable is set on purpose: an override is a note. One that Pants silently ignores is more severe."""
    for name, hint in (facts.unknown or {}).items():
        yield warning(f"{name} is no option of any active backend, so Pants ignores it.{hint}", f"unset {name}")
    for name, (option, value, file) in facts.overrides.items():
        if name not in (facts.unknown or {}):
            yield note(
                f"{name}={facts.variables[name]} overrides {option} = {value} of {file}.",
                f"unset {name}, if it is not meant",
            )


CHECKS = (
    HealthCheck("pants-version", "no variable overrides pants_version", read_pants_version, judge_pants_version),
    HealthCheck("environment", "the variables that set options are options", read_environment, judge_environment),
)
