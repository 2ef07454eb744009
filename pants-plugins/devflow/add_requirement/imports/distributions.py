"""Installs one distribution in a sandbox, without its dependencies, to see which modules it has."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.pex import PexRequest, VenvPexProcess
from pants.backend.python.util_rules.pex_requirements import PexRequirements
from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.fs import CreateDigest
from pants.engine.rules import collect_rules, rule
from pants.util.logging import LogLevel

from devflow.add_requirement.imports.modules import ModuleNames, modules_in
from devflow.common.errors import Problem, as_problem, tail
from devflow.engine import create_digest
from devflow.engine.generation import HAS_GET, Get, MultiGet, Rules, by_name, concurrently, implicitly
from devflow.engine.python import create_venv_pex, try_venv_pex
from devflow.engine.python.resolves import constraints_of
from devflow.engine.sandbox_package import module_file
from devflow.locking.facts import name_of

_READER = "devflow_reader.py"


@dataclass(frozen=True)
class DistributionRequest(EngineAwareParameter):
    """Ask for the modules of a distribution: `requirement` names one version of it ("aiohttp==3.9.1")."""

    resolve: str
    requirement: str

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return self.requirement


@dataclass(frozen=True)
class Distribution:
    """The modules of the distribution, or the reason why they are not known."""

    modules: ModuleNames = field(default_factory=ModuleNames)
    problem: Problem | None = None


@rule(desc="Look for the modules of a distribution", level=LogLevel.DEBUG)
async def read_distribution(request: DistributionRequest, python_setup: PythonSetup) -> Distribution:
    """A distribution that cannot be installed gives a problem."""
    name = name_of(request.requirement)
    fix = f"name the modules yourself: --modules={name}=MODULE, or do not look for them: --no-import-names"
    try:
        pex = await create_venv_pex(
            PexRequest(
                output_filename="distribution.pex",
                internal_only=True,
                requirements=PexRequirements([request.requirement]),
                interpreter_constraints=constraints_of(request.resolve, python_setup),
                # Its process starts although what the distribution requires is not there.
                additional_args=("--intransitive", "--ignore-errors"),
                description=f"Install {request.requirement} alone, for its modules",
            )
        )
        reader = await create_digest(CreateDigest([module_file("devflow.add_requirement.imports.reader", _READER)]))
        result = await try_venv_pex(
            VenvPexProcess(pex, argv=(_READER, name), input_digest=reader, description=f"List the files of {name}")
        )
    except Exception as error:
        return Distribution(problem=as_problem(error, doing=f"installing {request.requirement}", fix=fix))
    if result.exit_code:
        what = f"The files of {request.requirement} cannot be read: {tail(result.stderr.decode(errors='replace'))}"
        return Distribution(problem=Problem(what, fix=fix))
    found = json.loads(result.stdout)
    return Distribution(modules_in(found["files"], found["namespaces"]))


_read_distribution = by_name(read_distribution)


async def read_distributions(requests: Iterable[DistributionRequest]) -> tuple[Distribution, ...]:
    """Ask for the modules of all distributions in parallel; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(Distribution, DistributionRequest, request) for request in requests)
    return await concurrently(_read_distribution(request, **implicitly()) for request in requests)


def rules() -> Rules:
    """The rules of this module."""
    return collect_rules()
