"""Checks the start of Pants: the Python that `.pants.bootstrap` names, and the locale."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from devflow.common.paths import display_path
from devflow.doctor.facts import Finding, HealthCheck, NotCheckedError, error, note, warning
from devflow.doctor.world import World

_FILES = (".pants.bootstrap", ".pants.env")
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)=(.*)")
_PYENV_PREFIX = re.compile(r"\$\(\s*pyenv\s+prefix\s+([\w.-]+)\s*\)((?:/[\w.-]+)*)")
_PYTHONS = ("PY", "PYTHON", "PANTS_PYTHON")
_UTF8_LOCALES = ("C.UTF-8", "en_US.UTF-8")
_UTF8_LOCALE = re.compile(r"C|POSIX|[^.]+\.utf-?8(?:@.*)?", re.IGNORECASE)
_C_LOCALE = "unset PYTHONUTF8 PYTHONCOERCECLOCALE; export LC_ALL=C"
_ASK = "import locale; print(locale.getpreferredencoding())"
_IGNORE = "PANTS_IGNORE_UNRECOGNIZED_ENCODING"


@dataclass(frozen=True)
class BootstrapLine:
    """A line that gives a variable a path. `version` is that of pyenv, if `pyenv prefix` gives the path."""

    where: str
    variable: str
    path: str
    exists: bool
    version: str | None = None


@dataclass(frozen=True)
class BootstrapFacts:
    """The paths that the files for the launcher name."""

    lines: tuple[BootstrapLine, ...]


def read_bootstrap(world: World) -> BootstrapFacts:
    """Parse the files; nothing in them is run."""
    found: list[BootstrapLine] = []
    for name in _FILES:
        path = os.path.join(world.build_root, name)
        if os.path.lexists(path):
            for number, line in enumerate(world.read_text(path).splitlines(), start=1):
                found += _line(line.strip(), f"{name}:{number}", world)
    if not found and not any(os.path.lexists(os.path.join(world.build_root, name)) for name in _FILES):
        raise NotCheckedError(f"there is no {_FILES[0]}")
    return BootstrapFacts(tuple(found))


def _line(line: str, where: str, world: World) -> Iterator[BootstrapLine]:
    if not line or line.startswith("#"):
        return
    match = _ASSIGNMENT.fullmatch(line)
    value = match[2].strip().strip("\"'") if match else ""
    pyenv = _PYENV_PREFIX.fullmatch(value)
    if pyenv:
        value = _pyenv_path(pyenv[1], world) + pyenv[2]
    for reference in ("$HOME", "${HOME}", "~"):
        value = value.replace(reference, world.home) if value.startswith(reference) else value
    if not match or re.search(r"[$`;&|<>\s]", value):
        raise NotCheckedError(f"{where} is a script, which is not run here")
    if os.path.isabs(value):
        yield BootstrapLine(where, match[1], value, os.path.exists(value), pyenv[1] if pyenv else None)


def _pyenv_path(version: str, world: World) -> str:
    """The prefix of a version: of `3.9`, that of the newest 3.9."""
    root = world.environment.get("PYENV_ROOT") or os.path.join(world.home, ".pyenv")
    versions = os.path.join(root, "versions")
    exact = os.path.join(versions, version)
    if os.path.exists(exact) or not os.path.isdir(versions):
        return exact
    newer = [name for name in os.listdir(versions) if re.fullmatch(re.escape(version) + r"\.\d+", name)]
    newest = max(newer, key=lambda name: int(name.rpartition(".")[2]), default=version)
    return os.path.join(versions, newest)


def judge_bootstrap(facts: BootstrapFacts) -> Iterator[Finding]:
    """A missing Python prevents Pants from starting, so it is an error; another missing path is a note."""
    for line in facts.lines:
        if line.exists:
            continue
        if line.version:
            what = (
                f"{line.where}: {line.variable} names pyenv's {line.version}, which is not installed "
                f"(pyenv: version `{line.version}' not installed)."
            )
            fix = f"pyenv install {line.version}; or name an installed version in {line.where.partition(':')[0]}"
        else:
            what = f"{line.where}: {line.variable} names {display_path(line.path)}, which does not exist."
            fix = f"name an existing path in {line.where.partition(':')[0]}, or remove the line"
        yield (error if line.variable in _PYTHONS else note)(what, fix)


@dataclass(frozen=True)
class LocaleFacts:
    """The preferred encoding of a Python in the user's shell, with and without the PYTHON… variables of that shell.

    `remedy` is a locale in which Python prefers UTF-8. `own`: the clone has a launcher of its own, which unsets these
    variables.
    """

    encoding: str
    without_variables: str
    ignored: bool
    own: bool
    remedy: str | None = None


def read_locale(world: World) -> LocaleFacts:
    """Ask a new Python process, because this one may have been started in another environment."""
    ignored = _IGNORE in world.environment
    own = os.access(os.path.join(world.build_root, "pants"), os.X_OK)
    if _is_surely_utf8(world.environment):
        return LocaleFacts("UTF-8", "UTF-8", ignored, own)
    encoding = _preferred(world)
    if _is_utf8(encoding) or ignored:
        return LocaleFacts(encoding, encoding, ignored, own)
    remedy = next((name for name in _UTF8_LOCALES if _is_utf8(_preferred(world, LC_ALL=name))), None)
    return LocaleFacts(encoding, _preferred(world, isolated=True), ignored, own, remedy)


def _is_surely_utf8(environment: Mapping[str, str]) -> bool:
    """Whether the variables alone decide: to ask a Python takes as long as all other checks.

    In the locale C, which also replaces an unknown one, Python prefers UTF-8 unless a variable forbids that. Source:
    PEP 540.
    """
    name = next((value for one in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environment.get(one))), "C")
    return environment.get("PYTHONUTF8", "") in ("", "1") and bool(_UTF8_LOCALE.fullmatch(name))


def _preferred(world: World, *, isolated: bool = False, **environment: str) -> str:
    flags = "-ES" if isolated else "-S"
    done = world.run(sys.executable, flags, "-c", _ASK, environment=environment)
    if done.returncode:
        raise NotCheckedError(f"{sys.executable} does not say its encoding: {done.stderr.strip()[-200:]}")
    return done.stdout.strip()


def _is_utf8(encoding: str) -> bool:
    return encoding.lower() == "utf-8"


def judge_locale(facts: LocaleFacts) -> Iterator[Finding]:
    """Source: `pants_loader.py` of Pants 2.17.1 and 2.32.1."""
    if facts.ignored or _is_utf8(facts.encoding):
        return
    fails = not (facts.own and _is_utf8(facts.without_variables))
    who = "Pants does not start" if fails else "The official launcher does not start Pants"
    yield (error if fails else warning)(
        f"{who}: Your system's preferred encoding is `{facts.encoding}`, but Pants requires `UTF-8`.",
        f"export LC_ALL={facts.remedy}" if facts.remedy else _C_LOCALE,
    )


CHECKS = (
    HealthCheck(
        "bootstrap-file", "the Python that .pants.bootstrap names is installed", read_bootstrap, judge_bootstrap
    ),
    HealthCheck("locale", "the preferred encoding is UTF-8", read_locale, judge_locale),
)
