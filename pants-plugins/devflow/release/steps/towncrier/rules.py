"""Runs of towncrier, from the repository's own resolve, in a sandbox."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.pex import VenvPexProcess
from pants.core.util_rules.system_binaries import BinaryPathRequest
from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.fs import EMPTY_DIGEST, CreateDigest, Digest, FileContent
from pants.engine.rules import collect_rules, rule
from pants.option.option_types import StrOption
from pants.option.subsystem import Subsystem
from pants.util.logging import LogLevel
from pants.util.strutil import softwrap

from devflow.common.errors import Problem, UserError, disk_full_fix, tail
from devflow.engine import Rules, create_digest, environment_vars, find_binary
from devflow.engine.generation import HAS_GET, Get, MultiGet, by_name, concurrently, implicitly
from devflow.engine.python import try_venv_pex
from devflow.engine.python.tool import tool_resolve, tool_venv, unless_taken, wanted_tool
from devflow.engine.sandbox_package import module_file

_SCRIPT = "run_towncrier.py"
_SPEC = "run_towncrier.json"
_SANDBOX = re.compile(r"[^\s'\"]*/pants-sandbox-[^/\s]+/")  # before a path that towncrier names


class TowncrierSubsystem(Subsystem):
    """Where towncrier comes from."""

    options_scope = "towncrier"
    help = "The changelog generator towncrier (https://towncrier.readthedocs.io), run from one of your own resolves."

    install_from_resolve = StrOption(
        default=None,
        help=softwrap(
            """
            The resolve whose lockfile has towncrier. If not set: the default resolve if it has towncrier, else the only
            resolve that has it. Example: `towncrier`.
            """
        ),
    )


@dataclass(frozen=True)
class Towncrier(EngineAwareParameter):
    """Run `towncrier` with arguments. `tracked` are the files and directories that git knows in the sandbox.

    `package` is the one that towncrier imports for a name; it is not in the sandbox, and is made up there. `name` is
    the one that its version has; None where that is a string.
    """

    arguments: tuple[str, ...]
    inputs: tuple[FileContent, ...]
    directories: tuple[str, ...]
    changelog: str
    tracked: tuple[str, ...]
    package: str | None = None
    name: str | None = None

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return " ".join(self.arguments)

    def spec(self) -> dict[str, object]:
        """What `run_towncrier.py` is given."""
        return {
            "ask": False,
            "arguments": self.arguments,
            "changelog": self.changelog,
            "directories": self.directories,
            "inputs": _packed(self.inputs),
            "name": self.name,
            "package": self.package,
            "tracked": self.tracked,
        }


@dataclass(frozen=True)
class AskTowncrier(EngineAwareParameter):
    """Ask `towncrier` which files it would read and write. `inputs` are the files of its settings."""

    arguments: tuple[str, ...]
    inputs: tuple[FileContent, ...]

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return " ".join(self.arguments)

    def spec(self) -> dict[str, object]:
        """What `run_towncrier.py` is given."""
        return {"ask": True, "arguments": self.arguments, "inputs": _packed(self.inputs)}


@dataclass(frozen=True)
class TowncrierResult:
    """What towncrier printed, and the changelog and the fragments after it. With a problem, both are meaningless."""

    stdout: bytes
    outputs: Digest
    problem: Problem | None = None


@dataclass(frozen=True)
class TowncrierAnswer:
    """The output of `run_towncrier.py` about settings: see `config_of`. With a problem, it is meaningless."""

    text: str
    problem: Problem | None = None


def _packed(files: Iterable[FileContent]) -> dict[str, str]:
    """One file instead of a thousand: the engine takes longer to store and lay them out than towncrier to read them."""
    return {file.path: base64.b64encode(file.content).decode() for file in files}


async def _in_sandbox(
    request: Towncrier | AskTowncrier,
    description: str,
    python_setup: PythonSetup,
    *,
    output_file: tuple[str, ...] = (),
    output_directories: tuple[str, ...] = (),
) -> TowncrierResult:
    """Run `run_towncrier.py`, which says what happens there."""
    tool = await wanted_tool("towncrier")
    try:
        resolve = await tool_resolve(tool, python_setup)
        venv = await tool_venv(resolve, "towncrier", python_setup)
    except UserError as error:
        return TowncrierResult(b"", EMPTY_DIGEST, error.problem)
    path = (await environment_vars(["PATH"])).get("PATH", os.defpath)
    git = await find_binary(BinaryPathRequest(binary_name="git", search_path=path.split(os.pathsep)))
    if not git.first_path:
        return TowncrierResult(b"", EMPTY_DIGEST, Problem("There is no `git` on PATH.", "install git"))
    script = module_file("devflow.release.steps.towncrier.run_towncrier", _SCRIPT)
    runner = await create_digest(CreateDigest([script, FileContent(_SPEC, json.dumps(request.spec()).encode())]))
    result = await try_venv_pex(
        VenvPexProcess(
            venv,
            argv=(_SCRIPT, _SPEC),
            description=description,
            level=LogLevel.DEBUG,
            input_digest=runner,
            extra_env={"PATH": str(PurePath(git.first_path.path).parent), "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"},
            output_files=output_file,
            output_directories=output_directories,
        )
    )
    failure: Problem | None = None
    if result.exit_code:
        output = _SANDBOX.sub("", (result.stderr or result.stdout).decode(errors="replace"))
        words = tail(output)
        fix = disk_full_fix(words) or "correct what towncrier reports, and commit the correction"
        failure = Problem(f"towncrier failed: {words or f'exit code {result.exit_code}'}", fix)
    return TowncrierResult(result.stdout, result.output_digest, failure)


@rule(desc="Run towncrier", level=LogLevel.DEBUG)
async def run_towncrier(request: Towncrier, python_setup: PythonSetup) -> TowncrierResult:
    """Run `towncrier build` once."""
    return await _in_sandbox(
        request,
        f"Running towncrier {' '.join(request.arguments)}",
        python_setup,
        output_file=(request.changelog,),
        output_directories=request.directories,
    )


@rule(desc="Read towncrier's settings", level=LogLevel.DEBUG)
async def ask_towncrier(request: AskTowncrier, python_setup: PythonSetup) -> TowncrierAnswer:
    """Read the settings as the locked towncrier does."""
    result = await _in_sandbox(request, "Reading towncrier's settings", python_setup)
    return TowncrierAnswer(result.stdout.decode(errors="replace"), result.problem)


_run_towncrier = by_name(run_towncrier)
_ask_towncrier = by_name(ask_towncrier)


async def towncrier_result(request: Towncrier) -> TowncrierResult:
    """Run towncrier on files in a sandbox; its failure is data."""
    if HAS_GET:
        return await Get(TowncrierResult, Towncrier, request)
    return await _run_towncrier(request, **implicitly())  # type: ignore[no-any-return]


async def towncrier_results(requests: Iterable[Towncrier]) -> tuple[TowncrierResult, ...]:
    """Run towncrier for each request at once; a failure is data."""
    if HAS_GET:
        return await MultiGet(Get(TowncrierResult, Towncrier, request) for request in requests)
    return await concurrently(_run_towncrier(request, **implicitly()) for request in requests)


async def towncrier_answer(request: AskTowncrier) -> TowncrierAnswer:
    """Ask towncrier about its settings; its failure is data."""
    if HAS_GET:
        return await Get(TowncrierAnswer, AskTowncrier, request)
    return await _ask_towncrier(request, **implicitly())  # type: ignore[no-any-return]


def rules() -> Rules:
    """The rule, and the options unless another backend has the scope `towncrier`."""
    return [*collect_rules(), *unless_taken(TowncrierSubsystem)]
