"""The processes that read scripts: their files, their environment, and their output."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.engine.fs import Digest, FileContent
from pants.engine.process import FallibleProcessResult, Process
from pants.util.logging import LogLevel

from devflow.common.errors import UserError, tail
from devflow.engine.sandbox_package import module_path, modules_as_files

_READER = "devflow.schema_history.reader"
_ERRORS = ("devflow.common.errors", "devflow.common.masking", "devflow.common.paths")
_OWN_DIR = ".devflow"
# With a random hash seed, an order that depends on it would differ in each run. Byte code is written: pex has none for
# the packages in its cache, and compiling alembic and SQLAlchemy takes longer than reading a thousand scripts.
ENVIRONMENT = {"PYTHONPATH": _OWN_DIR, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


def script_path(module: str) -> str:
    """Run a module by its path: with `-m`, files of the repository could hide those of the standard library."""
    return module_path(f"{_READER}.{module}", _OWN_DIR)


def package(modules: Iterable[str]) -> Iterator[FileContent]:
    """These modules of the reader, and the modules of errors that they import."""
    return modules_as_files([*_ERRORS, *(f"{_READER}.{module}" for module in modules)], _OWN_DIR)


def reading(python: PythonExecutable, module: str, *arguments: str, files: Digest, description: str) -> Process:
    """Run a module that needs the standard library only, without the packages that are installed for this Python."""
    return Process(
        argv=(python.path, "-S", script_path(module), *arguments),
        env={**ENVIRONMENT, "DEVFLOW_PYTHON_FINGERPRINT": python.fingerprint or ""},
        input_digest=files,
        append_only_caches=python.append_only_caches,
        description=description,
        level=LogLevel.DEBUG,
    )


def printed(result: FallibleProcessResult, doing: str) -> dict[str, Any]:
    """The JSON output of a reader. Raises: UserError if the process failed."""
    if result.exit_code:
        said = tail(result.stderr.decode(errors="replace"))
        raise UserError(
            f"{doing} failed: {said}", fix="see the error above; with -ldebug, Pants says what it runs and where"
        )
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed
