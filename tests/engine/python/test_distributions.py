"""The helpers for distributions, with a build that is none."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from link import fake_packages
from pants.backend.python.macros.python_artifact import PythonArtifact
from pants.backend.python.subsystems.setuptools import PythonDistributionFieldSet
from pants.backend.python.target_types import PythonDistribution, PythonSourcesGeneratorTarget
from pants.engine.addresses import Address
from pants.engine.rules import QueryRule, collect_rules, rule
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.engine import python, transitive_targets
from devflow.engine.python import python_source_files
from devflow.engine.python.pex import distribution_arguments
from devflow.engine.targets import built_package, package_rules
from engine.answer import Answer
from engine.recorder import executes


@dataclass(frozen=True)
class AboutDistribution:
    pass


@rule
async def see_distribution(_: AboutDistribution) -> Answer:
    transitive = await transitive_targets([Address("src/own", target_name="dist")])
    [dist] = transitive.roots
    return Answer(
        {
            "built": await built_package(PythonDistributionFieldSet.create(dist)),
            "arguments": await distribution_arguments(dist),
            "files": await python_source_files(transitive.closure),
        }
    )


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    runner = RuleRunner(
        rules=[
            *collect_rules(),
            *engine.rules(),
            *python.rules(),
            *package_rules(),
            *fake_packages.rules(),
            QueryRule(Answer, [AboutDistribution]),
        ],
        target_types=[PythonDistribution, PythonSourcesGeneratorTarget],
        objects={"python_artifact": PythonArtifact},
    )
    runner.write_files(
        {
            "src/own/BUILD": "python_sources(name='src')\npython_distribution(name='dist', dependencies=[':src'], "
            "provides=python_artifact(name='own', version='1.0'))",
            "src/own/a.py": "",
        }
    )
    runner.set_options(["--python-infer-use-rust-parser", "--source-root-patterns=['/src']"])
    return runner


@executes("transitive_targets", "distribution_arguments", "python_source_files")
def test_a_distribution(runner: RuleRunner) -> None:
    seen = runner.request(Answer, [AboutDistribution()])
    assert [artifact.relpath for artifact in seen.built.artifacts] == ["own-1.0-py3-none-any.whl"]
    assert (seen.arguments["name"], seen.arguments["version"]) == ("own", "1.0")
    assert seen.files.source_files.files == ("src/own/a.py",)
    assert seen.files.source_roots == ("src",)
