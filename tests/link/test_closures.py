"""The closure of one walk is that of Pants, for each root, with exclusions, cycles and what is inferred."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pants.backend.python import dependency_inference
from pants.backend.python.target_types import PythonSourcesGeneratorTarget
from pants.backend.python.target_types_rules import rules as python_target_rules
from pants.core.target_types import GenericTarget
from pants.engine.addresses import Address
from pants.engine.rules import QueryRule, collect_rules, rule
from pants.engine.target import COMMON_TARGET_FIELDS, Dependencies, Target
from pants.engine.unions import UnionMembership
from pants.testutil.rule_runner import RuleRunner

from devflow.engine import transitive_targets
from devflow.engine.targets import targets_of_directories
from devflow.link.closures import Walked, closure_of

FILES = {
    "a/BUILD": "python_sources(name='src')\ntarget(name='top', dependencies=[':src', 'b:plain'])\n",
    "a/x.py": "import b.y\n",
    "b/BUILD": (
        "python_sources(name='src')\n"
        "target(name='plain', dependencies=[':src', 'c:left'])\n"
        "excluding(name='without', dependencies=[':plain', '!!c:far', '!!b/y.py:src'])\n"
        "target(name='over', dependencies=[':without', 'c:right'])\n"
    ),
    "b/y.py": "import b.z\n",
    "b/z.py": "import b.y\n",
    "c/BUILD": (
        "target(name='left', dependencies=[':far'])\n"
        "target(name='right', dependencies=[':left'])\n"
        "target(name='far', dependencies=[':farther'])\n"
        "target(name='farther')\n"
    ),
}


class ExcludingDependencies(Dependencies):
    supports_transitive_excludes = True


class Excluding(Target):
    alias = "excluding"
    core_fields = (*COMMON_TARGET_FIELDS, ExcludingDependencies)
    help = "Stands for its dependencies without some, as a distribution may."


@dataclass(frozen=True)
class AboutClosures:
    reverse: bool


@dataclass(frozen=True)
class Closures:
    ours: tuple[tuple[Address, tuple[Target, ...]], ...]
    of_pants: tuple[tuple[Address, tuple[Target, ...]], ...]


@rule
async def see_closures(about: AboutClosures, union_membership: UnionMembership) -> Closures:
    walked = Walked()
    ours, of_pants = [], []
    targets = await targets_of_directories(["a", "b", "c"])
    for target in sorted(targets, key=lambda one: one.address, reverse=about.reverse):
        ours.append((target.address, await closure_of(target, walked, union_membership)))
        transitive = await transitive_targets([target.address])
        of_pants.append((target.address, tuple(transitive.closure)))
    return Closures(tuple(ours), tuple(of_pants))


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    runner = RuleRunner(
        rules=[
            *collect_rules(),
            *python_target_rules(),
            *dependency_inference.rules.rules(),
            QueryRule(Closures, [AboutClosures]),
        ],
        target_types=[Excluding, GenericTarget, PythonSourcesGeneratorTarget],
    )
    runner.set_options(["--python-infer-use-rust-parser"])
    return runner


def closures(runner: RuleRunner, *, reverse: bool) -> dict[str, set[str]]:
    """Ours, which are those of Pants."""
    found = runner.request(Closures, [AboutClosures(reverse)])
    for (address, ours), (same, of_pants) in zip(found.ours, found.of_pants):
        assert (address, set(ours), len(ours)) == (same, set(of_pants), len(of_pants))
    return {address.spec: {target.address.spec for target in closure} for address, closure in found.ours}


@pytest.mark.parametrize("reverse", [False, True], ids=["from the top", "from the bottom"])
def test_like_pants(runner: RuleRunner, reverse: bool) -> None:
    runner.write_files(FILES)
    found = closures(runner, reverse=reverse)
    below_far = {"c:left", "c:farther"}
    assert found["b:plain"] >= {"b/y.py:src", "c:far", *below_far}
    assert found["b:without"] >= below_far
    assert not found["b:without"] & {"c:far", "b/y.py:src"}
    assert not found["b:over"] & {"c:far", "b/y.py:src"}
    assert found["c:right"] == {"c:right", "c:far", *below_far}


def test_the_next_run_sees_a_change(runner: RuleRunner) -> None:
    runner.write_files(FILES)
    assert "b/y.py:src" in closures(runner, reverse=False)["a/x.py:src"]
    runner.write_files({"a/x.py": "import json\n", "c/BUILD": FILES["c/BUILD"].replace("[':farther']", "[]")})
    found = closures(runner, reverse=False)
    assert found["a/x.py:src"] == {"a/x.py:src"}
    assert found["c:far"] == {"c:far"}
