"""`package` for `platform_wheel`: builds the distribution once, and makes the wheel of each platform from its wheel."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.core.goals.package import BuiltPackage, BuiltPackageArtifact, PackageFieldSet
from pants.engine.fs import EMPTY_DIGEST, CreateDigest
from pants.engine.process import Process
from pants.engine.rules import collect_rules, rule
from pants.engine.target import Target
from pants.engine.unions import UnionMembership, UnionRule
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem, tail
from devflow.common.options import command_line, split_commas
from devflow.common.paths import shown
from devflow.engine import Rules, create_digest, merge_digests, try_processes
from devflow.engine.python.resolves import constraints_of, python_for
from devflow.engine.sandbox_package import module_path, modules_as_files
from devflow.platform_wheels.inspect import (
    PackagedDistribution,
    PlatformFiles,
    find_distribution,
    find_resources,
    refuse_empty,
    refuse_lacking,
    refuse_owners,
)
from devflow.platform_wheels.plan import PlatformsError, desired_wheels, left_out, machines_of, notes_of, selected
from devflow.platform_wheels.subsystem import PlatformWheelsSubsystem
from devflow.platform_wheels.targets import (
    PlatformWheelAllowEmptyField,
    PlatformWheelDistributionField,
    PlatformWheelPlatformsField,
    directory_of,
)

_REPACK = "devflow.platform_wheels.repack"
_MODULES = tuple(f"{_REPACK}.{name}" for name in ("archive", "machines", "make_wheel"))
_OWN_DIR = ".devflow"
_FILES_DIR = "files"


@dataclass(frozen=True)
class PlatformWheelFieldSet(PackageFieldSet):
    """The fields from which `package` makes the wheels."""

    required_fields = (PlatformWheelDistributionField, PlatformWheelPlatformsField)

    distribution: PlatformWheelDistributionField
    platforms: PlatformWheelPlatformsField
    allow_empty: PlatformWheelAllowEmptyField


def output_path(dist: PackagedDistribution, tags: tuple[str, ...]) -> str:
    """The path of the wheel for a platform: beside the wheel for any platform."""
    return os.path.join(os.path.dirname(dist.wheel.path), dist.name.for_platforms(tags))


async def making(dist: PackagedDistribution, files: PlatformFiles, python: PythonExecutable) -> Process:
    """The process that makes the wheel of one platform."""
    tags = files.wheel.tags
    output = output_path(dist, tags)
    base = dataclasses.replace(dist.wheel, path=f"base/{os.path.basename(dist.wheel.path)}")
    spec = {
        "wheel": base.path,
        "output": output,
        "tags": dist.name.tags_for_platforms(tags),
        "files": _FILES_DIR,
    }
    modules = modules_as_files(_MODULES, _OWN_DIR)
    moved = (dataclasses.replace(entry, path=f"{_FILES_DIR}/{entry.path}") for entry in files.entries)
    return Process(
        argv=(python.path, "-S", module_path(f"{_REPACK}.make_wheel", _OWN_DIR), json.dumps(spec)),
        env={"PYTHONPATH": _OWN_DIR, "PYTHONUTF8": "1", "DEVFLOW_PYTHON_FINGERPRINT": python.fingerprint or ""},
        input_digest=await create_digest(CreateDigest([*modules, base, *moved])),
        output_files=(output,),
        append_only_caches=python.append_only_caches,
        description=f"Make {os.path.basename(output)}",
        level=LogLevel.DEBUG,
    )


def refuse_misplaced(said: Iterable[Mapping[str, Any]], dist: PackagedDistribution) -> None:
    """Refuse files that the wheel has already, or that no package would install. Raises: PlatformsError."""
    said = tuple(said)
    refuse_owners(dist, {file for one in said for file in one["contained"]})
    problems = [
        Problem(
            f"{shown(file)}: it is in no package of {dist.target.address}, and would not be installed with one.",
            fix="move it into the directory of a package, or give its directory an __init__.py that is in the "
            "distribution",
        )
        for file in sorted({file for one in said for file in one["outside"]})
    ]
    if problems:
        raise PlatformsError(problems)


def log_lines(said: Mapping[str, Any], tags: tuple[str, ...]) -> tuple[str, ...]:
    """The lines that `package` prints below the wheel: notes about tags, and programs that do not fit the tags."""
    expected = machines_of(tags)
    foreign = [
        f"Warning: {shown(file)} is for {' and '.join(machines)}, "
        f"and the tags are for {' and '.join(sorted(expected))}."
        for file, machines in sorted(said["machines"].items())
        if expected is not None and expected.isdisjoint(machines)
    ]
    return (*notes_of(tags), *foreign)


def failed(dist: Target, files: PlatformFiles, stderr: bytes) -> Problem:
    """The problem of a process that failed: it reads one wheel and some files."""
    package = command_line(bin_name(), "package", str(dist.address))
    return Problem(
        f"Making the wheel for {files.wheel.platform} failed: {tail(stderr.decode(errors='replace'))}",
        fix=f"correct {dist.address}, until `python3 -m zipfile --test` accepts the wheel that this makes: {package}",
    )


@rule(desc="Make the wheels of a distribution for each platform", level=LogLevel.DEBUG)
async def package_platform_wheels(
    field_set: PlatformWheelFieldSet,
    options: PlatformWheelsSubsystem,
    python_setup: PythonSetup,
    union_membership: UnionMembership,
) -> BuiltPackage:
    """See docs/goals/platform-wheels.md. Raises: PlatformsError, UserError."""
    platforms, allow_empty = field_set.platforms, bool(field_set.allow_empty.value)
    target = str(field_set.address)
    only = selected(split_commas(options.only))
    wheels = desired_wheels(target, directory_of(field_set.address), platforms.value, only, allow_empty)
    await refuse_lacking(platforms, only)
    if not wheels:
        return BuiltPackage(EMPTY_DIGEST, (BuiltPackageArtifact(None, extra_log_lines=(left_out(target, only),)),))
    files = await find_resources(platforms, wheels, union_membership)
    if not allow_empty:
        refuse_empty(files, platforms)
    resources = [one for several in files for one in several.targets]
    dist = await find_distribution(field_set.distribution, resources, union_membership)
    resolve = python_setup.default_resolve
    python = await python_for(resolve, constraints_of(resolve, python_setup))
    processes = []
    for one in files:
        processes.append(await making(dist, one, python))
    results = await try_processes(processes)
    failures = [failed(dist.target, one, result.stderr) for one, result in zip(files, results) if result.exit_code]
    if failures:
        raise PlatformsError(failures)
    said = [json.loads(result.stdout) for result in results]
    refuse_misplaced(said, dist)
    digests = [await create_digest(CreateDigest(dist.others)), *(result.output_digest for result in results)]
    artifacts = [
        *(BuiltPackageArtifact(entry.path) for entry in dist.others),
        *(
            BuiltPackageArtifact(output_path(dist, one.wheel.tags), extra_log_lines=log_lines(facts, one.wheel.tags))
            for one, facts in zip(files, said)
        ),
    ]
    return BuiltPackage(await merge_digests(digests), tuple(artifacts))


def rules() -> Rules:
    """The rule and the union membership."""
    return [*collect_rules(), UnionRule(PackageFieldSet, PlatformWheelFieldSet)]
