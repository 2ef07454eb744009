"""Locks a resolve with pins: one attempt, whose failure is data."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pants.backend.python.goals.lockfile import RequestedPythonUserResolveNames
from pants.backend.python.subsystems.setup import PythonSetup
from pants.core.goals.generate_lockfiles import GenerateLockfile, GenerateLockfilesSubsystem
from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.process import ProcessExecutionFailure
from pants.engine.rules import collect_rules, rule
from pants.util.logging import LogLevel
from pants.util.ordered_set import FrozenOrderedSet

from devflow.common.errors import Problem, as_problem, last_words
from devflow.engine import digest_contents, run_id
from devflow.engine.generation import HAS_GET, Get, MultiGet, Rules, by_name, concurrently, implicitly
from devflow.engine.python.lock import files_of_lock, is_made_by_pex, is_made_by_uv, try_pex_lock, try_uv_lock
from devflow.engine.resolves import make_lockfile, planned_lockfiles
from devflow.locking.facts import LockfileFormat, canonical_name, name_of
from devflow.locking.reading import UnreadableLockfileError, read_lockfile
from devflow.locking.requirement import with_bound

# The list of constraints in the document of pex, whose indentation Pants always asks for.
_CONSTRAINTS = re.compile(r'^  "constraints": \[(?:\n(.*?)\n  )?\](,?)$', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class LockAttemptRequest(EngineAwareParameter):
    """Lock a resolve with these pins (canonical name, version); without pins, as the builtin goal does.

    `layout` is a lockfile that has most of them, for a solver that begins with one. `requirements` are those to lock,
    as Pants writes them; None: those on disk. `bounds`: requirement without a bound → the operator of the bound that it
    gets, with the locked version. `upgraded` are the projects that must move, although a solver that begins with
    `layout` would keep them.
    """

    resolve: str
    pins: tuple[tuple[str, str], ...]
    layout: str = ""
    requirements: tuple[str, ...] | None = None
    bounds: tuple[tuple[str, str], ...] = ()
    upgraded: tuple[str, ...] = ()

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return f"{self.resolve}, {len(self.pins)} pins"


@dataclass(frozen=True)
class LockAttempt:
    """The files of the new lockfile, each with its path; or what the solver printed when it failed; or the problem.

    `pinned`: whether the pins had an effect; a solver that takes no constraints gets none.
    """

    files: tuple[tuple[str, bytes], ...] = ()
    output: str = ""
    problem: Problem | None = None
    pinned: bool = True


@dataclass(frozen=True)
class PlannedLock:
    """The inputs of a lock: the requirements of a resolve, normalised and sorted, and the path of its lockfile.

    The path is None if the backend makes no lockfile of this resolve.
    """

    requirements: tuple[str, ...]
    path: str | None
    problem: Problem | None = None


@dataclass(frozen=True)
class PlannedLockRequest:
    """Ask for the inputs of the lock of a resolve."""

    resolve: str


async def _request_of(resolve: str) -> GenerateLockfile | None:
    planned = await planned_lockfiles(RequestedPythonUserResolveNames([resolve]))
    return next((request for request in planned if request.resolve_name == resolve), None)


@rule(desc="Plan a lockfile", level=LogLevel.DEBUG)
async def plan_lock(request: PlannedLockRequest) -> PlannedLock:
    """Read the requirements of all targets; a file that cannot be read gives a problem."""
    try:
        planned: Any = await _request_of(request.resolve)
    except Exception as error:
        await run_id()  # the engine forgets what a failed rule has read
        return PlannedLock((), None, unreadable_inputs(error))
    if planned is None:
        return PlannedLock((), None)
    return PlannedLock(tuple(map(str, getattr(planned, "requirements", ()))), planned.lockfile_dest)


def unreadable_inputs(error: Exception) -> Problem:
    """The problem of BUILD files and requirements that Pants cannot read."""
    return Problem(
        f"The requirements cannot be read: {last_words(error)}",
        fix="correct the cause; if a file has conflict markers, resolve them and `git add` it. Then run the same "
        "command again",
    )


@rule(desc="Lock a resolve", level=LogLevel.DEBUG)
async def attempt_lock(
    request: LockAttemptRequest, python_setup: PythonSetup, options: GenerateLockfilesSubsystem
) -> LockAttempt:
    """Plan and lock, with the requirements on disk or with given ones."""
    await run_id()  # the content of an index changes, so each run asks it again
    doing = f"locking {request.resolve}"
    try:
        planned: Any = await _request_of(request.resolve)
        if planned is None:
            return LockAttempt(problem=_no_plan(request.resolve))
        planned = dataclasses.replace(planned, diff=False)
        if request.requirements is not None:
            planned = _with_requirements(planned, request.requirements)
        if (request.pins or request.bounds) and is_made_by_pex(planned):
            pins = [f"{name}=={version}" for name, version in request.pins]
            result = await try_pex_lock(planned, pins, python_setup)
            if result.exit_code:
                return LockAttempt(output=result.stderr.decode(errors="replace"))
            [lock] = await digest_contents(result.output_digest)
            text = without_pins(lock.content.decode(), dict(request.pins))
            bounded = bounded_requirements(planned.requirements, request.bounds, text)
            if request.bounds:
                planned, text = _with_requirements(planned, bounded), with_requirements(text, bounded)
            files = await files_of_lock(planned, text.encode(), python_setup, options)
            return LockAttempt(tuple(files.items()))
        if (request.pins or request.bounds) and is_made_by_uv(planned):
            result = await try_uv_lock(planned, *_for_uv(request))
            if request.bounds and not result.exit_code:
                [lock] = await digest_contents(result.output_digest)
                text = lock.content.decode()
                planned = _with_requirements(planned, bounded_requirements(planned.requirements, request.bounds, text))
                result = await try_uv_lock(planned, text, ())
            if result.exit_code:
                return LockAttempt(output=result.stderr.decode(errors="replace"))
            [lock] = await digest_contents(result.output_digest)
            files = await files_of_lock(planned, lock.content, python_setup, options)
            return LockAttempt(tuple(files.items()))
        made = await make_lockfile(planned)
        contents = await digest_contents(made.digest)
    except ProcessExecutionFailure as error:
        return LockAttempt(output=error.stderr.decode(errors="replace"), pinned=False)
    except Exception as error:
        return LockAttempt(
            problem=as_problem(error, doing=doing, fix="correct the cause, and run the same command again")
        )
    return LockAttempt(tuple((file.path, file.content) for file in contents), pinned=not request.pins)


def _for_uv(request: LockAttemptRequest) -> tuple[str, list[str]]:
    """The lockfile that uv begins with, and the projects that must differ from it: uv keeps all others."""
    try:
        present = read_lockfile(request.layout)
    except UnreadableLockfileError:
        return "", [f"{name}=={version}" for name, version in request.pins]
    layout = request.layout if present.format is LockfileFormat.UV else ""
    has = present.pins if layout else {}
    pins = [f"{name}=={version}" for name, version in request.pins if has.get(name) != version]
    return layout, [*pins, *(name for name in request.upgraded if name in has)]


def _with_requirements(planned: Any, requirements: Iterable[str]) -> Any:
    return dataclasses.replace(planned, requirements=FrozenOrderedSet(sorted(requirements)))


def bounded_requirements(requirements: Iterable[str], bounds: Iterable[tuple[str, str]], lock: str) -> tuple[str, ...]:
    """The requirements; those in `bounds` get a bound with the locked version."""
    operators = dict(bounds)
    versions = read_lockfile(lock).pins if operators else {}
    return tuple(
        with_bound(one, operators[one], versions[name_of(one)])
        if one in operators and name_of(one) in versions
        else one
        for one in requirements
    )


def with_requirements(lock: str, requirements: Iterable[str]) -> str:
    """The lockfile of pex as pex would write it for other requirements that its versions satisfy.

    Source: pex 2.1.137, whose text is that of `json.dumps(…, indent=2, sort_keys=True)`, its requirements sorted.
    """
    document = json.loads(lock)
    document["requirements"] = sorted(requirements)
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _no_plan(resolve: str) -> Problem:
    return Problem(
        f"Pants makes no lockfile of resolve {resolve}.",
        fix="set [python].enable_resolves and [python].resolves_generate_lockfiles to true, and give the resolve a "
        "requirement",
    )


def without_pins(lock: str, pins: Mapping[str, str]) -> str:
    """The lockfile of pex without the constraints of our pins; those of the user's constraints file are kept."""
    ours = {f"{name}=={version}" for name, version in pins.items()}

    def kept(found: re.Match[str]) -> str:
        listed = re.findall(r'^    "((?:[^"\\]|\\.)*)",?$', found[1] or "", re.MULTILINE)
        left = [one for one in listed if _as_pin(one) not in ours]
        body = ",".join(f'\n    "{one}"' for one in left)
        return f'  "constraints": [{body}{chr(10) + "  " if left else ""}]{found[2]}'

    return _CONSTRAINTS.sub(kept, lock, count=1)


def _as_pin(constraint: str) -> str:
    name, equals, version = constraint.partition("==")
    return f"{canonical_name(name)}{equals}{version}"


_plan_lock = by_name(plan_lock)
_attempt_lock = by_name(attempt_lock)


async def plan_locks(resolves: Iterable[str]) -> tuple[PlannedLock, ...]:
    """The inputs of the lock of each resolve; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(PlannedLock, PlannedLockRequest(resolve)) for resolve in resolves)
    return await concurrently(_plan_lock(PlannedLockRequest(resolve), **implicitly()) for resolve in resolves)


async def attempt_locks(requests: Iterable[LockAttemptRequest]) -> tuple[LockAttempt, ...]:
    """Lock in parallel; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(LockAttempt, LockAttemptRequest, request) for request in requests)
    return await concurrently(_attempt_lock(request, **implicitly()) for request in requests)


def rules() -> Rules:
    """The rules of this module."""
    return collect_rules()
