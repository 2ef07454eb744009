"""What the settings say about a Python resolve, how Pants reads requirements, and what to do without an interpreter."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlparse

from packaging.utils import canonicalize_name
from pants.backend.python.dependency_inference import default_module_mapping as tables
from pants.backend.python.dependency_inference import module_mapper
from pants.backend.python.macros import python_requirements
from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.engine.process import ProcessExecutionFailure
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError
from devflow.common.interpreters import Interpreter, examined, found_none, nearest
from devflow.engine.python.pex import find_python

try:
    from pants.backend.python.pip_requirement import PipRequirement as PipRequirement
except ImportError:
    from pants.util.pip_requirement import PipRequirement  # type: ignore[import-not-found,no-redef]

# Pants 2.19 and newer have patterns.
_pattern: Any = getattr(module_mapper, "generate_mappings_from_pattern", None)

_MINORS = tuple(f"3.{minor}" for minor in range(40))
_PATCHES = range(100)
_MOST = 3  # of the interpreters that are named


class NoPythonError(UserError):
    """No interpreter fits. `shared` says it without the resolve, for all resolves that want the same."""

    def __init__(self, resolve: str, constraints: InterpreterConstraints, output: str = "") -> None:
        """`output` is that of pex."""
        wanted = " OR ".join(str(constraint) for constraint in constraints)
        version = _version_to_install(constraints)
        get_it = "install one"
        if version:
            get_it = f"`uv python install {version}`, `pyenv install {version}`"
        if version in _MINORS:
            get_it += f", or your system's package python{version}"
        found_by = "where [python-bootstrap].search_path finds it (by default: on PATH, and in pyenv's versions)"
        section = "[python.resolves_to_interpreter_constraints]"
        there = nearest(examined(output), partial(_allows_minor, constraints))[:_MOST]
        seen = "".join(map(_seen, there))
        fix = f"{get_it}, {found_by}"
        if there and all(interpreter.fails_in_pex for interpreter in there):
            # One more of the same version would not help.
            fix = "set [GLOBAL].pants_version in pants.toml to a newer release, whose pex knows this Python"
        super().__init__(
            f"No Python interpreter on this machine matches {wanted}, which resolve {resolve} wants.{seen}",
            fix=f"{fix}; or change {section}.{resolve} in pants.toml",
        )
        self.shared = Problem(
            f"No Python interpreter on this machine matches {wanted}.{seen}",
            fix=f"{fix}; or change {section} in pants.toml",
            lacks=wanted,
        )


def _version_to_install(constraints: InterpreterConstraints) -> str | None:
    """The lowest minor version that fits, with its patch if the newest one of that minor version does not fit."""
    minor = next((minor for minor in _MINORS if _allows_minor(constraints, minor)), None)
    if minor is None:
        return None
    fitting = [patch for patch in _PATCHES if _allows(constraints, f"{minor}.{patch}")]
    return minor if fitting[-1] == _PATCHES[-1] else f"{minor}.{fitting[-1]}"


def have_common_python(one: InterpreterConstraints, other: InterpreterConstraints) -> bool:
    """Whether a version of Python meets both."""
    versions = (f"{minor}.{patch}" for minor in _MINORS if _allows_minor(one, minor) for patch in _PATCHES)
    return any(_allows(one, version) and _allows(other, version) for version in versions)


def _allows_minor(constraints: InterpreterConstraints, minor: str) -> bool:
    return any(_allows(constraints, f"{minor}.{patch}") for patch in _PATCHES)


def _allows(constraints: InterpreterConstraints, version: str) -> bool:
    specifiers = (constraint.specifier for constraint in constraints)  # type: ignore[attr-defined]
    return any(specifier.contains(version, prereleases=True) for specifier in specifiers)


def meets_all(constraints: InterpreterConstraints, version: str) -> bool:
    """Whether a version meets each constraint, which is what uv wants; for Pants, it has to meet one of them."""
    specifiers = (constraint.specifier for constraint in constraints)  # type: ignore[attr-defined]
    return all(specifier.contains(version, prereleases=True) for specifier in specifiers)


def _seen(interpreter: Interpreter) -> str:
    if interpreter.reason:
        return f" {interpreter.path} is there, and pex cannot use it: {interpreter.reason.rstrip('.')}."
    return f" The nearest is {interpreter.version}: {interpreter.path}."


def refuse_without_resolves(python_setup: PythonSetup) -> None:
    """Raises: UserError if the repository does not use resolves."""
    if not python_setup.enable_resolves:
        raise UserError("Resolves are off: [python].enable_resolves is false.", fix="set it to true in pants.toml")


def lockfile_paths(python_setup: PythonSetup) -> dict[str, str]:
    """The path of the lockfile of each resolve, relative to the build root."""
    return {resolve: _path_of(url) for resolve, url in python_setup.resolves.items()}


def _path_of(url: str) -> str:
    parts = urlparse(url)
    return parts.path.lstrip("/") if parts.scheme == "file" else url


def constraints_of(resolve: str, python_setup: PythonSetup) -> InterpreterConstraints:
    """As stock `export` chooses them."""
    return InterpreterConstraints(
        python_setup.resolves_to_interpreter_constraints.get(resolve, python_setup.interpreter_constraints)
    )


async def python_for(resolve: str, constraints: InterpreterConstraints) -> PythonExecutable:
    """The interpreter that Pants would choose. Raises: NoPythonError if there is none."""
    try:
        return await find_python(constraints)
    except ProcessExecutionFailure as error:
        output = error.stderr.decode(errors="replace")
        if not found_none(output):
            raise
        raise NoPythonError(resolve, constraints, output) from error


def how_to_make_lockfile(resolve: str, python_setup: PythonSetup) -> str:
    """The fix for a lockfile that is missing, unreadable, or lacks something."""
    if python_setup.resolves_generate_lockfiles:
        return f"{bin_name()} generate-lockfiles --resolve={resolve}"
    return (
        "make it as this repository makes its lockfiles ([python].resolves_generate_lockfiles is false), or set that "
        f"to true and run: {bin_name()} generate-lockfiles --resolve={resolve}"
    )


def normalised(requirement: str, origin: str = "") -> str:
    """The requirement as Pants writes it. Raises: ValueError if it is none."""
    return str(PipRequirement.parse(requirement, description_of_origin=origin))


def requirements_of_lines(text: str, path: str) -> tuple[str, ...]:
    """The requirements that Pants reads from a requirement file. Raises: ValueError with the line."""
    return tuple(map(str, python_requirements.parse_requirements_callback(text.encode(), path)))


def requirements_of_pyproject(text: str, path: str) -> tuple[str, ...]:
    """The requirements that Pants reads from pyproject.toml. Raises: KeyError, ValueError."""
    return tuple(map(str, python_requirements.parse_pyproject_callback(text.encode(), path)))


def inferred_modules(requirement: str) -> tuple[tuple[str, ...], bool]:
    """The modules that Pants infers for a requirement without a mapping, and whether these are type stubs.

    Source: `map_third_party_modules_to_addresses` of Pants 2.17 to 2.33.
    """
    parsed: Any = PipRequirement.parse(requirement)
    written = str(getattr(parsed, "project_name", None) or parsed.name)
    name = canonicalize_name(written)
    fallback = written.strip().lower().replace("-", "_")
    if name in tables.DEFAULT_MODULE_MAPPING:
        return tuple(tables.DEFAULT_MODULE_MAPPING[name]), False
    if name in tables.DEFAULT_TYPE_STUB_MODULE_MAPPING:
        return tuple(tables.DEFAULT_TYPE_STUB_MODULE_MAPPING[name]), True
    if _pattern is not None:
        for is_stub in (True, False):
            found = _pattern(name, is_type_stub=is_stub)
            if found:
                return tuple(found), is_stub
    elif fallback.startswith(("types_", "stubs_")):
        return (fallback[6:],), True
    elif fallback.endswith(("_types", "_stubs")):
        return (fallback[:-6],), True
    return (fallback,), False
