from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from link import fake_packages, worlds
from pants.backend.python.macros.python_artifact import PythonArtifact
from pants.backend.python.target_types import (
    PythonDistribution,
    PythonSourceField,
    PythonSourcesGeneratorTarget,
    PythonTestsGeneratorTarget,
    PythonTestUtilsGeneratorTarget,
)
from pants.core.target_types import LockfilesGeneratorTarget, ResourcesGeneratorTarget, ResourceTarget
from pants.engine.fs import CreateDigest, Digest, FileContent, Snapshot
from pants.engine.rules import collect_rules, rule
from pants.engine.target import (
    COMMON_TARGET_FIELDS,
    GeneratedSources,
    GenerateSourcesRequest,
    SingleSourceField,
    Target,
)
from pants.engine.unions import UnionRule
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.engine import create_digest
from devflow.engine.generation import HAS_GET, Get
from devflow.link import register
from devflow.link.goal import LinkDistributions
from devflow.platform_wheels import register as platform_wheels
from harness.package_index import make_index
from harness.rule_runners import emptied
from harness.uv import real_uv

if not HAS_GET:
    from pants.engine.intrinsics import digest_to_snapshot  # type: ignore[import-not-found]

Run = Callable[..., GoalRuleResult]


class WireField(SingleSourceField):
    expected_file_extensions = (".wire",)


class Wire(Target):
    alias = "wire"
    core_fields = (*COMMON_TARGET_FIELDS, WireField)
    help = "A file that Python code is generated from."


class GenerateFromWire(GenerateSourcesRequest):
    input = WireField
    output = PythonSourceField


@rule
async def generate_from_wire(request: GenerateFromWire) -> GeneratedSources:
    path = request.protocol_target[WireField].file_path.replace(".wire", "_wire.py")
    digest = await create_digest(CreateDigest([FileContent(path, b"GENERATED = True\n")]))
    if HAS_GET:
        return GeneratedSources(await Get(Snapshot, Digest, digest))
    return GeneratedSources(await digest_to_snapshot(digest))


@pytest.fixture(scope="session")
def shared_runner() -> RuleRunner:
    """The goal, with distributions that are built by no setuptools, and a backend that generates Python code."""
    wire = [*collect_rules(), UnionRule(GenerateSourcesRequest, GenerateFromWire)]
    return RuleRunner(
        rules=[*register.core_rules(), *platform_wheels.rules(), *fake_packages.rules(), *wire],
        target_types=[
            LockfilesGeneratorTarget,
            PythonDistribution,
            PythonSourcesGeneratorTarget,
            PythonTestsGeneratorTarget,
            PythonTestUtilsGeneratorTarget,
            ResourcesGeneratorTarget,
            ResourceTarget,
            Wire,
            *platform_wheels.target_types(),
        ],
        objects={"python_artifact": PythonArtifact},
    )


@pytest.fixture()
def rule_runner(shared_runner: RuleRunner) -> RuleRunner:
    return emptied(shared_runner)


@pytest.fixture()
def root(rule_runner: RuleRunner) -> Path:
    rule_runner.write_files(dict(worlds.files()))
    worlds.make_links(Path(rule_runner.build_root))
    return Path(rule_runner.build_root)


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The third-party projects, and the published releases of our own: for pip, and for uv by `uv.toml`."""
    helpers = {"1.0": (), "2.0": ("below",)}
    own = {f"acme-{name}": {"24.3.0": (), "24.3.0rc1": ()} for name in worlds.NAMES}
    directory = tmp_path_factory.mktemp("index")
    url = make_index(directory, {"helper": helpers, "below": {"0.1": ()}, **own})
    (directory / "uv.toml").write_text(f"no-index = true\nfind-links = ['{directory}']\n")
    return url


@pytest.fixture()
def venv(tmp_path: Path) -> Path:
    """A virtualenv with pip."""
    return worlds.new_virtualenv(tmp_path / "other" / ".venv")


@pytest.fixture()
def quick_venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A virtualenv that uv installs into, in a tenth of pip's time: for tests that are not about installers."""
    monkeypatch.setenv("PATH", f"{real_uv().parent}{os.pathsep}{os.environ['PATH']}")
    return worlds.new_virtualenv(tmp_path / "other" / ".venv", pip=False)


@pytest.fixture()
def run(rule_runner: RuleRunner, root: Path, index: str) -> Run:
    """`run("src/acme/cli:dist", "--into=…")`."""

    def run_goal(*args: str, env: dict[str, str] | None = None, settings: tuple[str, ...] = ()) -> GoalRuleResult:
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": index,
            "UV_CONFIG_FILE": f"{index.partition('://')[2]}/uv.toml",
            "PYTHONPATH": "/misleading",
            **(env or {}),
        }
        return rule_runner.run_goal_rule(
            LinkDistributions,
            global_args=["--python-infer-use-rust-parser", "--source-root-patterns=['/src', '/lib']", *settings],
            args=args,
            env=variables,
        )

    return run_goal
