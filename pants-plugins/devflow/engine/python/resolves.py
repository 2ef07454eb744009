"""What the settings say about a Python resolve, and what to do when it cannot be used."""

from __future__ import annotations

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.engine.process import ProcessExecutionFailure
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError
from devflow.engine.python import find_python

_NO_INTERPRETER = "interpreter compatible with the requested constraints was found"  # pex says so
_VERSIONS = tuple(f"3.{minor}" for minor in range(40))


class NoPythonError(UserError):
    """No interpreter fits. `shared` says it without the resolve, for all resolves that want the same."""

    def __init__(self, resolve: str, constraints: InterpreterConstraints) -> None:
        wanted = " OR ".join(str(constraint) for constraint in constraints)
        version = constraints.minimum_python_version(_VERSIONS)
        get_it = (
            f"`uv python install {version}`, `pyenv install {version}`, or your system's package python{version}"
            if version
            else "install one"
        )
        found_by = "where [python-bootstrap].search_path finds it (by default: on PATH, and in pyenv's versions)"
        section = "[python.resolves_to_interpreter_constraints]"
        super().__init__(
            f"No Python interpreter on this machine matches {wanted}, which resolve {resolve} wants.",
            fix=f"{get_it}, {found_by}; or change {section}.{resolve} in pants.toml",
        )
        self.shared = Problem(
            f"No Python interpreter on this machine matches {wanted}.",
            fix=f"{get_it}, {found_by}; or change {section} in pants.toml",
            lacks=wanted,
        )


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
        if _NO_INTERPRETER not in error.stderr.decode(errors="replace"):
            raise
        raise NoPythonError(resolve, constraints) from error


def how_to_make_lockfile(resolve: str, python_setup: PythonSetup) -> str:
    """The fix for a lockfile that is missing, unreadable, or lacks something."""
    if python_setup.resolves_generate_lockfiles:
        return f"{bin_name()} generate-lockfiles --resolve={resolve}"
    return (
        "make it as this repository makes its lockfiles ([python].resolves_generate_lockfiles is false), or set that "
        f"to true and run: {bin_name()} generate-lockfiles --resolve={resolve}"
    )
