"""A lockfile of uv with pins: what the builtin `generate-lockfiles` makes, beginning with a lockfile that is there."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from pants.backend.python.goals import lockfile as stock
from pants.core.goals.generate_lockfiles import GenerateLockfile
from pants.engine.fs import CreateDigest, FileContent
from pants.engine.process import FallibleProcessResult, Process, ProcessCacheScope

from devflow.engine.files import create_digest, merge_digests
from devflow.engine.generation import implicitly
from devflow.engine.processes import try_process
from devflow.engine.python.pex import resolve_pex_config

HAS_UV = hasattr(stock, "GenerateUvLockfile")  # Pants 2.32 and newer
_UV_REQUEST: Any = getattr(stock, "GenerateUvLockfile", ())

if HAS_UV:
    from pants.backend.python.subsystems.uv import download_uv_binary  # type: ignore[import-not-found]
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
    try_uv_lock = None  # type: ignore[assignment]


def is_made_by_uv(request: GenerateLockfile) -> bool:
    """Whether uv makes this lockfile of Python."""
    return isinstance(request, _UV_REQUEST)
