"""A tool that runs from one of the repository's own resolves, so in the version that the repository has locked."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlparse

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.target_types import MainSpecification, PexLayout
from pants.backend.python.util_rules.pex import PexRequest, VenvPex
from pants.backend.python.util_rules.pex_requirements import EntireLockfile, Lockfile, PexRequirements, Resolve
from pants.engine.fs import PathGlobs
from pants.util.strutil import path_safe

from devflow.common.errors import UserError, as_problem, last_words
from devflow.common.tool_resolve import WantedTool, choose_resolve
from devflow.engine import read_files
from devflow.engine.python import create_pex, create_venv_pex, load_lockfile
from devflow.engine.python.resolves import constraints_of, how_to_make_lockfile, python_for


async def tool_resolve(tool: WantedTool, python_setup: PythonSetup) -> str:
    """Choose the resolve that the tool runs from: see `choose_resolve`. Raises: UserError."""
    if not python_setup.enable_resolves:
        raise UserError("Resolves are off: [python].enable_resolves is false.", fix="set it to true in pants.toml")
    paths = {resolve: _path(url) for resolve, url in python_setup.resolves.items()}
    files = await read_files(PathGlobs(sorted(set(paths.values()))))
    texts = {file.path: file.content.decode(errors="replace") for file in files}
    return choose_resolve(
        tool,
        {resolve: texts.get(path) for resolve, path in paths.items()},
        default=python_setup.default_resolve,
        how_to_lock={resolve: how_to_make_lockfile(resolve, python_setup) for resolve in paths},
    )


async def tool_venv(
    resolve: str,
    requirement: str,
    python_setup: PythonSetup,
    *,
    main: MainSpecification | None = None,
    plugins: Iterable[str] | None = (),
) -> VenvPex:
    """Install a requirement and its plugins, with what they need and nothing else, from the lockfile of a resolve.

    `plugins` are requirements, too; None installs all of the lockfile. Runs `main` (`ConsoleScript("towncrier")`), else
    as the interpreter of the resolve. Raises: UserError.
    """
    url = python_setup.resolves[resolve]
    lockfile = Lockfile(url=url, url_description_of_origin=f"the resolve `{resolve}`", resolve_name=resolve)
    how_to_make = how_to_make_lockfile(resolve, python_setup)
    try:
        loaded = await load_lockfile(lockfile)
    except Exception as error:
        raise UserError(
            f"{url}, the lockfile of resolve {resolve}, cannot be read: {last_words(error)}", fix=how_to_make
        ) from error
    constraints = constraints_of(resolve, python_setup)
    await python_for(resolve, constraints)
    try:
        # This is the request by which tests and checks take theirs: where they have run, it is in the cache.
        everything = PexRequest(
            description=f"Installing {url} for the resolve `{resolve}`",
            output_filename=f"{path_safe(resolve)}_lockfile.pex",
            internal_only=True,
            requirements=EntireLockfile(lockfile),
            interpreter_constraints=constraints,
            layout=PexLayout.PACKED,
        )
        if plugins is None:
            return await create_venv_pex(everything)
        wanted = [requirement, *plugins]
        if loaded.as_constraints_strings is None:
            requirements = PexRequirements(wanted, from_superset=Resolve(resolve, False))
        else:
            # A requirement file says nothing of what needs what, so all of it is installed before a part is taken.
            requirements = PexRequirements(wanted, from_superset=await create_pex(everything))
        return await create_venv_pex(
            PexRequest(
                output_filename=f"{path_safe(requirement)}.pex",
                internal_only=True,
                requirements=requirements,
                interpreter_constraints=constraints,
                main=main,
            )
        )
    except Exception as error:
        problem = as_problem(error, doing=f"installing {requirement} from resolve {resolve}", fix=how_to_make)
        raise UserError(problem.what, fix=problem.fix) from error


def _path(url: str) -> str:
    parts = urlparse(url)
    return parts.path.lstrip("/") if parts.scheme == "file" else url
