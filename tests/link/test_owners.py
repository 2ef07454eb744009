"""The owner of a target is the one that `package` finds."""

from __future__ import annotations

import pytest
from pants.backend.python.goals import package_dists
from pants.backend.python.macros.python_artifact import PythonArtifact
from pants.backend.python.target_types import PythonDistribution, PythonSourcesGeneratorTarget
from pants.backend.python.util_rules.package_dists import ExportedTarget, OwnedDependency
from pants.engine.addresses import Address
from pants.engine.internals.scheduler import ExecutionError
from pants.engine.rules import QueryRule
from pants.engine.target import TransitiveTargets, TransitiveTargetsRequest
from pants.testutil.rule_runner import RuleRunner

from devflow.common.errors import Problem
from devflow.engine import python
from devflow.link.owners import OwnerCandidate, owner_of

_DIST = "python_distribution(name='{name}', dependencies={on}, provides=python_artifact(name='{name}', version='1'))\n"
DISTS = {
    "top": ("", ["a/b:s", "a/c:s"]),
    "of_a": ("a", ["a/b:s"]),
    "of_c": ("a/c", ["a/c:s"]),
    "second": ("a/c", ["a/c:s"]),
    "beside": ("x", ["a/b:s", "y:s"]),
}
TARGETS = ["a/b", "a/c", "y"]


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    runner = RuleRunner(
        rules=[
            *python.rules(),
            *package_dists.rules(),
            QueryRule(ExportedTarget, [OwnedDependency]),
            QueryRule(TransitiveTargets, [TransitiveTargetsRequest]),
        ],
        target_types=[PythonDistribution, PythonSourcesGeneratorTarget],
        objects={"python_artifact": PythonArtifact},
    )
    files = {f"{directory}/f.py": "" for directory in TARGETS}
    builds: dict[str, str] = {directory: "python_sources(name='s')\n" for directory in TARGETS}
    for name, (directory, on) in DISTS.items():
        builds[directory] = builds.get(directory, "") + _DIST.format(name=name, on=on)
    runner.write_files({**files, **{f"{directory}/BUILD".lstrip("/"): text for directory, text in builds.items()}})
    runner.set_options(["--python-infer-use-rust-parser"])
    return runner


@pytest.mark.parametrize("directory", TARGETS)
def test_like_package(runner: RuleRunner, directory: str) -> None:
    candidates = []
    for name, (place, _) in DISTS.items():
        address = Address(place, target_name=name)
        found = runner.request(TransitiveTargets, [TransitiveTargetsRequest([address])])
        closure = frozenset(target.address.spec for target in found.closure)
        candidates.append(OwnerCandidate(address.spec, place, closure))
    target = runner.get_target(Address(directory, target_name="s", relative_file_path="f.py"))
    ours = owner_of(target.address.spec, directory, candidates)
    if isinstance(ours, Problem):
        words = "sibling" if "has several owners" in ours.what else "No python_distribution target found to own"
        with pytest.raises(ExecutionError, match=words):
            runner.request(ExportedTarget, [OwnedDependency(target)])
    else:
        assert ours.address == runner.request(ExportedTarget, [OwnedDependency(target)]).target.address.spec
