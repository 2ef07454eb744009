from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pants.backend.project_info import dependents, list_targets
from pants.backend.project_info.dependents import DependentsGoal
from pants.backend.python.target_types import PythonSourcesGeneratorTarget
from pants.core.goals.package import BuiltPackage, BuiltPackageArtifact, Package, PackageFieldSet
from pants.core.target_types import (
    FilesGeneratorTarget,
    FileTarget,
    GenericTarget,
    ResourcesGeneratorTarget,
    ResourceTarget,
)
from pants.engine.fs import CreateDigest, FileContent
from pants.engine.rules import collect_rules, rule
from pants.engine.target import (
    COMMON_TARGET_FIELDS,
    BoolField,
    Dependencies,
    StringField,
    StringSequenceField,
    Target,
)
from pants.engine.unions import UnionRule
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.engine import create_digest
from devflow.platform_wheels import register
from harness.rule_runners import emptied
from platform_wheels.wheels import ANY, ARM64, PACKAGE, X86_64, wheel

Run = Callable[..., GoalRuleResult]
THIS_PYTHON = f"=={sys.version_info.major}.{sys.version_info.minor}.*"


class FakeFileName(StringField):
    alias = "file_name"
    default = ANY
    help = "The file name of the wheel; empty for none."


class FakeFiles(StringSequenceField):
    alias = "files"
    default = tuple(PACKAGE)
    help = "The files in it."


class FakeSdist(BoolField):
    alias = "sdist"
    default = False
    help = "Whether there is an sdist, too."


class FakeDependencies(Dependencies):
    supports_transitive_excludes = True


class FakeDistribution(Target):
    """A distribution that is built without Python."""

    alias = "distribution"
    core_fields = (*COMMON_TARGET_FIELDS, FakeFileName, FakeFiles, FakeSdist, FakeDependencies)
    help = "A distribution."


@dataclass(frozen=True)
class FakeDistributionFieldSet(PackageFieldSet):
    required_fields = (FakeFileName,)

    file_name: FakeFileName
    files: FakeFiles
    sdist: FakeSdist


@rule
async def package_fake_distribution(field_set: FakeDistributionFieldSet) -> BuiltPackage:
    name = field_set.file_name.value
    made = {name: wheel({file: PACKAGE.get(file, b"") for file in field_set.files.value or ()}, name)} if name else {}
    if field_set.sdist.value:
        made["acme_runner-1.0.tar.gz"] = b"sources"
    digest = await create_digest(CreateDigest(FileContent(path, content) for path, content in made.items()))
    return BuiltPackage(digest, tuple(map(BuiltPackageArtifact, made)))


@pytest.fixture(scope="session")
def shared_runner() -> RuleRunner:
    """The backend with distributions of a fake one, and the goal that shows dependents."""
    return RuleRunner(
        rules=[
            *register.rules(),
            *collect_rules(globals()),
            *dependents.rules(),
            *list_targets.rules(),
            UnionRule(PackageFieldSet, FakeDistributionFieldSet),
        ],
        target_types=[
            *register.target_types(),
            FakeDistribution,
            FileTarget,
            FilesGeneratorTarget,
            GenericTarget,
            PythonSourcesGeneratorTarget,
            ResourceTarget,
            ResourcesGeneratorTarget,
        ],
    )


@pytest.fixture()
def rule_runner(shared_runner: RuleRunner) -> RuleRunner:
    return emptied(shared_runner)


@pytest.fixture()
def root(rule_runner: RuleRunner) -> Path:
    """A repository with a program for each of two platforms; a test adds the BUILD file."""
    rule_runner.write_files(
        {
            "src/acme/runner/bin/launch.arm": ARM64,
            "src/acme/runner/bin/launch.x86": X86_64,
            "src/acme/runner/__init__.py": "",
        }
    )
    path = Path(rule_runner.build_root)
    (path / "src/acme/runner/bin/launch.arm").chmod(0o755)
    return path


ARGUMENTS = [
    f"--python-interpreter-constraints=['{THIS_PYTHON}']",
    f"--python-bootstrap-search-path=['{Path(sys.executable).resolve().parent}']",
    "--source-root-patterns=['/src']",
]
ENVIRONMENT = {"PATH", "PANTS_PEX_CLI_URL_TEMPLATE", "PANTS_PEX_CLI_KNOWN_VERSIONS"}


@pytest.fixture()
def package(rule_runner: RuleRunner, root: Path) -> Run:
    """`package("src::")` runs the goal `package`; `settings` are options of Pants."""

    def run_goal(*targets: str, settings: tuple[str, ...] = ()) -> GoalRuleResult:
        return rule_runner.run_goal_rule(
            Package, global_args=[*ARGUMENTS, *settings], args=targets, env_inherit=ENVIRONMENT
        )

    return run_goal


@pytest.fixture()
def dependents_of(rule_runner: RuleRunner, root: Path) -> Callable[..., list[str]]:
    """All that depends on a target, directly or not."""

    def run_goal(target: str, settings: tuple[str, ...] = ()) -> list[str]:
        arguments = ["--transitive", target]
        return rule_runner.run_goal_rule(
            DependentsGoal, global_args=[*ARGUMENTS, *settings], args=arguments, env_inherit=ENVIRONMENT
        ).stdout.splitlines()

    return run_goal
