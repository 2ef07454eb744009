"""What the settings say about a Python resolve, and what to do when it cannot be used."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlparse

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.engine.process import ProcessExecutionFailure
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError
from devflow.common.interpreters import Interpreter, examined, found_none, nearest
from devflow.engine.python import find_python

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
        seen = "".join(_seen(one) for one in nearest(examined(output), partial(_allows_minor, constraints))[:_MOST])
        super().__init__(
            f"No Python interpreter on this machine matches {wanted}, which resolve {resolve} wants.{seen}",
            fix=f"{get_it}, {found_by}; or change {section}.{resolve} in pants.toml",
        )
        self.shared = Problem(
            f"No Python interpreter on this machine matches {wanted}.{seen}",
            fix=f"{get_it}, {found_by}; or change {section} in pants.toml",
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


def _seen(interpreter: Interpreter) -> str:
    if interpreter.reason:
        return f" {interpreter.path} is there, and pex cannot use it: {interpreter.reason.rstrip('.')}."
    return f" The nearest is {interpreter.version}: {interpreter.path}."


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
