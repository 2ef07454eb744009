"""A lockfile with pins: what the builtin `generate-lockfiles` makes, with one more input.

For pex, that is a constraints file; for uv, the lockfile that is there.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pants.backend.python.goals import lockfile as stock
from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.lockfile_metadata import PythonLockfileMetadata
from pants.backend.python.util_rules.pex_cli import PexCliProcess
from pants.core.goals.generate_lockfiles import GenerateLockfile, GenerateLockfilesSubsystem
from pants.engine.fs import CreateDigest, FileContent
from pants.engine.platform import Platform
from pants.engine.process import FallibleProcessResult, Process, ProcessCacheScope
from pants.util.docutil import bin_name

from devflow.engine.binaries import Binary, selected_binary
from devflow.engine.files import create_digest, merge_digests
from devflow.engine.generation import HAS_GET, Get, implicitly
from devflow.engine.processes import try_process
from devflow.engine.python.pex import ResolvePexConfig, find_python, resolve_pex_config
from devflow.engine.python.resolves import PipRequirement
from devflow.engine.session import scoped_options

if not HAS_GET:
    from pants.engine.intrinsics import execute_process  # type: ignore[import-not-found]

try:
    from pants.backend.python.util_rules.lockfile_metadata import LockfileFormat  # type: ignore[attr-defined]
except ImportError:
    LockfileFormat = None

_LOCK = "lock.json"
_PINS = "__devflow_pins.txt"
# Pants 2.23 and newer choose the interpreter themselves.
_CHOOSES_PYTHON = hasattr(stock, "PythonExecutable") or hasattr(stock, "find_interpreter")


def is_made_by_pex(request: GenerateLockfile) -> bool:
    """Whether pex makes this lockfile of Python, and takes constraints."""
    has_requirements = isinstance(request, tuple(_pex_requests()))
    return has_requirements and not getattr(request, "complete_platforms", ())


def _pex_requests() -> list[type[Any]]:
    names = ("GeneratePexLockfile", "GeneratePythonLockfile")
    return [getattr(stock, name) for name in names if hasattr(stock, name)]


async def try_pex_lock(request: Any, pins: Collection[str], python_setup: PythonSetup) -> FallibleProcessResult:
    """Run pex as the builtin rule does, with pins ("attrs==22.2.0") as constraints; the exit code is data.

    `request` is one that `is_made_by_pex`. Source: `generate_lockfile` of Pants 2.17 to 2.31, `generate_pex_lockfile`
    since 2.32.
    """
    setup = await stock._setup_pip_args_and_constraints_file(request.resolve_name)
    pins_digest = await create_digest(CreateDigest([FileContent(_PINS, "\n".join([*sorted(pins), ""]).encode())]))
    style = getattr(request, "lock_style", "universal")
    process = PexCliProcess(
        subcommand=("lock", "create"),
        extra_args=(
            f"--output={_LOCK}",
            f"--style={style}",
            "--pip-version",
            str(getattr(python_setup.pip_version, "value", python_setup.pip_version)),
            "--resolver-version",
            "pip-2020-resolver",
            *(("--target-system", "linux", "--target-system", "mac") if style == "universal" else ()),
            "--indent=2",
            *(await _python_of(request) if _CHOOSES_PYTHON else ()),
            *(f"--find-links={link}" for link in getattr(request, "find_links", ())),
            *setup.args,
            f"--constraints={_PINS}",
            *request.interpreter_constraints.generate_pex_arg_list(),
            *_overrides(setup),
            *request.requirements,
        ),
        additional_input_digest=await merge_digests([setup.digest, pins_digest]),
        output_files=(_LOCK,),
        description=f"Lock {request.resolve_name}, keeping {len(pins)} pins",
        # As in the builtin rule: what an index has changes.
        cache_scope=ProcessCacheScope.PER_SESSION,
    )
    if HAS_GET:
        return await Get(FallibleProcessResult, PexCliProcess, process)
    return await execute_process(**implicitly({process: PexCliProcess}))


def _overrides(setup: Any) -> list[str]:
    """Those of the resolve; Pants 2.29 has them among its arguments."""
    arguments = (f"--override={override}" for override in getattr(setup.resolve_config, "overrides", ()))
    return [argument for argument in arguments if argument not in setup.args]


async def _python_of(request: Any) -> tuple[str, ...]:
    python = await find_python(request.interpreter_constraints)
    return (f"--python-path={python.path}",)


HAS_UV = hasattr(stock, "GenerateUvLockfile")  # Pants 2.32 and newer
_UV_REQUEST: Any = getattr(stock, "GenerateUvLockfile", ())

if HAS_UV:
    from pants.backend.python.subsystems.uv import Uv, download_uv_binary  # type: ignore[import-not-found]
    from pants.backend.python.util_rules import uv as uv_rules  # type: ignore[attr-defined]

    async def try_uv_lock(request: Any, lockfile: str, changed: Iterable[str]) -> FallibleProcessResult:
        """Run uv as the builtin rule does; the exit code is data, the output is `uv.lock`.

        uv keeps what fits of `lockfile`, but for what `changed` names: a pin ("attrs==22.2.0"), or a project, which
        gets the newest version that fits.
        Source: `generate_uv_lockfile` of Pants 2.32 and 2.33.
        """
        config: Any = await resolve_pex_config(request.resolve_name)
        config.validate_for_uv(request.resolve_name)
        more = {"indexes": config.indexes, "sources": config.sources}
        taken = inspect.signature(uv_rules.generate_pyproject_toml).parameters
        project = uv_rules.generate_pyproject_toml(
            request.resolve_name,
            request.interpreter_constraints,
            request.requirements,
            **{name: value for name, value in more.items() if name in taken},
        )
        files = {
            "pyproject.toml": project,
            "uv.toml": config.uv_config(extra_find_links=request.find_links),
            **({"uv.lock": lockfile} if lockfile else {}),
        }
        digest = await create_digest(CreateDigest([FileContent(path, text.encode()) for path, text in files.items()]))
        uv: Any = await download_uv_binary(**implicitly())
        environment: Any = await uv_rules.get_uv_environment(**implicitly())
        pins = [f"--upgrade-package={pin}" for pin in sorted(changed)]
        return await try_process(
            Process(
                argv=(*uv.args(), "lock", *pins),
                env=environment.env,
                input_digest=await merge_digests([uv.digest, digest]),
                output_files=("uv.lock",),
                append_only_caches=uv.append_only_caches(),
                description=f"Lock {request.resolve_name} with uv",
                cache_scope=ProcessCacheScope.PER_SESSION,  # as in the builtin rule
            )
        )

else:
    try_uv_lock = Uv = None  # type: ignore[assignment]


async def selected_uv(platform: Platform) -> Binary | None:
    """The uv that makes lockfiles and installs from them; None where Pants has none.

    Raises: UserError for a version that Pants does not know on this platform, or does not support.
    """
    if not HAS_UV:
        return None
    scoped = await scoped_options("uv")
    return selected_binary(Uv, scoped.options, platform)


def is_made_by_uv(request: GenerateLockfile) -> bool:
    """Whether uv makes this lockfile of Python."""
    return isinstance(request, _UV_REQUEST)


async def files_of_lock(
    request: Any, lock: bytes, python_setup: PythonSetup, options: GenerateLockfilesSubsystem
) -> Mapping[str, bytes]:
    """The files that the builtin rule makes of a lock by pex or uv: with its header, or with its `.metadata` beside it.

    The requirements of the request are those that the lock is for.
    """
    config = await resolve_pex_config(request.resolve_name)
    by_uv = is_made_by_uv(request)
    metadata: Any = PythonLockfileMetadata.new(**_metadata(request, config, by_uv=by_uv))
    command = options.custom_command or f"{bin_name()} generate-lockfiles --resolve={request.resolve_name}"
    if by_uv or python_setup.options.get("separate_lockfile_metadata_file"):
        described = f"This lockfile was generated by Pants. To regenerate, run: {command}"
        beside: str = metadata.metadata_location_for_lockfile(request.lockfile_dest)
        return {request.lockfile_dest: lock, beside: metadata.to_json(with_description=described).encode()}
    return {request.lockfile_dest: metadata.add_header_to_lockfile(lock, regenerate_command=command, delimeter="//")}


def _metadata(request: Any, config: ResolvePexConfig, *, by_uv: bool) -> dict[str, Any]:
    """The arguments of `PythonLockfileMetadata.new` that this Pants has."""
    origin = f"the lockfile {request.lockfile_dest} for the resolve {request.resolve_name}"
    constraints = config.constraints_file
    # What uv does not take, the builtin rule records as not set.
    for_pex = None if by_uv else config
    known = {
        "valid_for_interpreter_constraints": request.interpreter_constraints,
        "requirements": {PipRequirement.parse(one, description_of_origin=origin) for one in request.requirements},
        "manylinux": getattr(for_pex, "manylinux", None),
        "requirement_constraints": set(constraints.constraints) if for_pex and constraints else set(),
        "only_binary": set(config.only_binary),
        "no_binary": set(config.no_binary),
        "excludes": set(getattr(for_pex, "excludes", ())),
        "overrides": set(getattr(for_pex, "overrides", ())),
        "sources": set(getattr(for_pex, "sources", ())),
        "lock_style": getattr(request, "lock_style", "universal"),
        "complete_platforms": (),
        "uploaded_prior_to": getattr(config, "uploaded_prior_to", None),
        "lockfile_format": _format(by_uv=by_uv),
        "resolve": request.resolve_name,
    }
    taken = inspect.signature(PythonLockfileMetadata.new).parameters
    return {name: value for name, value in known.items() if name in taken}


def _format(*, by_uv: bool) -> Any:
    if LockfileFormat is None:
        return None
    return LockfileFormat.UV if by_uv else LockfileFormat.PEX
