"""Builds distributions as `package` does, and keeps the metadata of their wheels; failures are data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.backend.python.subsystems.setuptools import PythonDistributionFieldSet
from pants.engine.rules import collect_rules, rule
from pants.engine.target import Target
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem, as_problem
from devflow.engine import Rules, digest_contents, run_id
from devflow.engine.generation import HAS_GET, Get, MultiGet, by_name, concurrently, implicitly
from devflow.engine.targets import built_package
from devflow.link.facts import DistributionMetadata
from devflow.link.wheels import read_wheel


@dataclass(frozen=True)
class DescribeDistributionRequest:
    """A `python_distribution`."""

    target: Target


@dataclass(frozen=True)
class DescribedDistribution:
    """The metadata of the wheel, or the reason why there is none."""

    metadata: DistributionMetadata | None = None
    problem: Problem | None = None


@rule(desc="Read the metadata of a distribution", level=LogLevel.DEBUG)
async def describe_distribution(request: DescribeDistributionRequest) -> DescribedDistribution:
    """Build the distribution, and read its wheel. Memoised, so that only a change causes a new build."""
    address = request.target.address.spec
    try:
        built = await built_package(PythonDistributionFieldSet.create(request.target))
        contents = await digest_contents(built.digest)
        wheels = [file for file in contents if file.path.endswith(".whl")]
        if wheels:
            return DescribedDistribution(read_wheel(wheels[0].content))
    except Exception as error:
        # A failure must not be memoised beyond the run, so that the next run tries again.
        await run_id()
        fix = f"see why: {bin_name()} package {address}"
        return DescribedDistribution(problem=as_problem(error, doing=f"building {address}", fix=fix))
    return DescribedDistribution(
        problem=Problem(f"{address} makes no wheel.", fix=f"set wheel=True in the BUILD file of {address}")
    )


_describe_distribution = by_name(describe_distribution)


async def describe_distributions(targets: Iterable[Target]) -> tuple[DescribedDistribution, ...]:
    """The metadata of these distributions, whose wheels are built in parallel; results in order."""
    requests = [DescribeDistributionRequest(target) for target in targets]
    if HAS_GET:
        return await MultiGet(Get(DescribedDistribution, DescribeDistributionRequest, request) for request in requests)
    return await concurrently(_describe_distribution(request, **implicitly()) for request in requests)


def rules() -> Rules:
    """The rules that read the metadata."""
    return collect_rules()
