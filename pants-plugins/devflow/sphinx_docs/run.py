"""Runs Sphinx in a sandbox, with the packages of the repository's own resolve; failures are data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from json import dumps
from typing import Any

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.pex import VenvPex, VenvPexProcess
from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.fs import EMPTY_DIGEST, CreateDigest, Digest
from pants.engine.process import ProcessCacheScope
from pants.engine.rules import collect_rules, rule
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem, UserError, as_problem, tail
from devflow.engine import Rules, create_digest, environment_vars, merge_digests, run_id
from devflow.engine.generation import HAS_GET, Get, MultiGet, by_name, concurrently, implicitly
from devflow.engine.python import try_venv_pex
from devflow.engine.python.resolves import constraints_of, have_common_python, how_to_make_lockfile
from devflow.engine.python.tool import tool_resolve, tool_venv, wanted_tool
from devflow.engine.sandbox_package import module_file
from devflow.sphinx_docs.answer import answer_of
from devflow.sphinx_docs.facts import Site, SphinxAnswer
from devflow.sphinx_docs.failures import why_it_failed
from devflow.sphinx_docs.inspect import SiteInputs, inputs_of
from devflow.sphinx_docs.plan import RUNNER, WORK, carried, environment, job
from devflow.sphinx_docs.subsystem import NETWORK_VARIABLES, SphinxSubsystem
from devflow.sphinx_docs.targets import SphinxDocsFieldSet


@dataclass(frozen=True)
class SphinxRun(EngineAwareParameter):
    """Run a builder on a site.

    `output` is the directory that the builder writes to; the result has its files if `kept` is set. `language` replaces
    that of conf.py; `catalogs_of` is a language whose catalogs are updated. A run with `asks_network` is never cached,
    and may use the network. `nitpicky` overrides the target.
    """

    fields: SphinxDocsFieldSet
    builder: str
    output: str = f"{WORK}/out"
    kept: str | None = None
    language: str | None = None
    catalogs_of: str | None = None
    nitpicky: bool | None = None
    asks_network: bool = False

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return f"{self.fields.address} by {self.builder}"


@dataclass(frozen=True)
class SphinxResult:
    """The result of a run. With a `problem`, the other fields are empty; `resolve` is the resolve that has Sphinx."""

    resolve: str = ""
    answer: SphinxAnswer = field(default_factory=SphinxAnswer)
    written: Digest = EMPTY_DIGEST
    problem: Problem | None = None


async def sphinx_venv(site: Site, python_setup: PythonSetup) -> tuple[str, VenvPex]:
    """The resolve that a site is built from, and its packages. Raises: UserError."""
    tool = replace(await wanted_tool("sphinx"), requirement="Sphinx")
    if site.resolve:
        tool = replace(tool, option=f"the field `resolve` of {site.address}", configured=site.resolve)
    resolve = await tool_resolve(tool, python_setup)
    own = constraints_of(resolve, python_setup)
    for code, constraints in site.wanted_pythons:
        if not have_common_python(own, InterpreterConstraints(constraints)):
            raise UserError(
                f"{site.address}: {code} needs Python {' OR '.join(constraints)}, and resolve {resolve} has "
                f"{' OR '.join(map(str, own))}.",
                fix=f"change [python.resolves_to_interpreter_constraints].{resolve}, then: "
                f"{how_to_make_lockfile(resolve, python_setup)}; or name the code in `autodoc_mock_imports`, and take "
                "it out of `dependencies`",
            )
    venv = await tool_venv(resolve, "Sphinx", python_setup, plugins=site.requirements)
    # Pex's entry point ignores the environment, and so the hash seed; the interpreter does not.
    return resolve, replace(venv, pex=venv.python)


async def build_variables(site: Site, subsystem: SphinxSubsystem, *, network: bool) -> dict[str, str]:
    """The environment of a process that builds a site."""
    given = await environment_vars((*subsystem.extra_env_vars, *(NETWORK_VARIABLES if network else ())))
    return carried({**given, **environment(site, network=network)})


async def sphinx_process(
    inputs: SiteInputs, venv: VenvPex, arguments: dict[str, Any], subsystem: SphinxSubsystem, **more: Any
) -> VenvPexProcess:
    """The process that runs a job of `run_sphinx.py`; `more` are arguments of `VenvPexProcess`."""
    runner = await create_digest(CreateDigest([module_file("devflow.sphinx_docs.sandbox.run_sphinx", RUNNER)]))
    return VenvPexProcess(
        venv,
        argv=(RUNNER, dumps(arguments, sort_keys=True)),
        input_digest=await merge_digests([inputs.files, runner]),
        extra_env=await build_variables(inputs.site, subsystem, network=bool(arguments["network"])),
        timeout_seconds=inputs.site.timeout_s,
        level=LogLevel.DEBUG,
        **more,
    )


async def _answered(request: SphinxRun, python_setup: PythonSetup, subsystem: SphinxSubsystem) -> SphinxResult:
    """Raises: UserError."""
    inputs = await inputs_of(request.fields)
    site = inputs.site
    resolve, venv = await sphinx_venv(site, python_setup)
    arguments = job(
        site,
        request.builder,
        output=request.output,
        python_path=inputs.python_path,
        foreign=inputs.foreign,
        language=request.language,
        catalogs_of=request.catalogs_of,
        nitpicky=request.nitpicky,
        network=site.network or request.asks_network,
    )
    scope = ProcessCacheScope.SUCCESSFUL
    if site.network:  # the result depends on the day and the machine
        scope = ProcessCacheScope.PER_RESTART_SUCCESSFUL
    if request.asks_network:
        scope = ProcessCacheScope.PER_SESSION
    result = await try_venv_pex(
        await sphinx_process(
            inputs,
            venv,
            arguments,
            subsystem,
            output_directories=[request.kept] if request.kept else None,
            cache_scope=scope,
            description=f"Sphinx: {request.builder} of {site.address}",
        )
    )
    try:
        answer = answer_of(result.stdout.decode(), site.directory)
    except ValueError:
        said = tail(result.stderr.decode(errors="replace"))
        raise UserError(
            f"{site.address}: Sphinx was ended before it was done (exit code {result.exit_code}): {said}",
            fix=f"see the lines above; after a timeout, raise `timeout` of {site.address}, which is {site.timeout_s}",
        ) from None
    if answer.failure:
        raise UserError.of(
            why_it_failed(
                site.address, site.conf_py, answer.failure, resolve, how_to_make_lockfile(resolve, python_setup)
            )
        )
    return SphinxResult(resolve, answer, result.output_digest)


@rule(desc="Run Sphinx", level=LogLevel.DEBUG)
async def run_sphinx(request: SphinxRun, python_setup: PythonSetup, subsystem: SphinxSubsystem) -> SphinxResult:
    """Never raises, so that one site that fails does not stop the others."""
    try:
        return await _answered(request, python_setup, subsystem)
    except Exception as error:
        # The engine forgets what a failed rule has read, so this result must end with the run.
        await run_id()
        problem = as_problem(
            error,
            doing=f"building {request.fields.address}",
            fix=f"{bin_name()} -ldebug package {request.fields.address}",
        )
        return SphinxResult(problem=problem)


_run_sphinx = by_name(run_sphinx)


async def sphinx_results(requests: Iterable[SphinxRun]) -> tuple[SphinxResult, ...]:
    """Run Sphinx for each, in parallel; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(SphinxResult, SphinxRun, request) for request in requests)
    return await concurrently(_run_sphinx(request, **implicitly()) for request in requests)


def rules() -> Rules:
    """The rule."""
    return collect_rules()
