"""The helpers that need the Python backend. They build with the real pex, from a resolve of one small package."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from pants.backend.python import target_types_rules
from pants.backend.python.subsystems import pytest as pytest_tool
from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.target_types import PexLayout, PythonSourcesGeneratorTarget
from pants.backend.python.typecheck.mypy import subsystem as mypy_tool
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.pex import PexRequest, VenvPexProcess
from pants.backend.python.util_rules.pex_requirements import Lockfile, PexRequirements, Resolve
from pants.core.target_types import LockfilesGeneratorTarget, LockfileTarget
from pants.engine.fs import EMPTY_DIGEST
from pants.engine.platform import Platform
from pants.engine.rules import QueryRule, collect_rules, rule
from pants.engine.unions import UnionMembership
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.common.tool_resolve import WantedTool
from devflow.engine import all_targets, python
from devflow.engine.python import (
    ResolvePexConfig,
    create_pex,
    create_venv_pex,
    editable_local_dists,
    export_pex,
    export_venv,
    exported_codegen,
    find_python,
    load_lockfile,
    python_source_files,
    python_tools_by_resolve,
    resolve_pex_config,
    try_venv_pex,
)
from devflow.engine.python.lock import HAS_UV, selected_uv
from devflow.engine.python.tool import tool_export, wanted_tool
from devflow.engine.resolves import ExportableTool
from engine.answer import Answer
from engine.recorder import executes

THIS_PYTHON = f"=={sys.version_info.major}.{sys.version_info.minor}.*"
VERSION = ".".join(str(part) for part in sys.version_info[:3])


@dataclass(frozen=True)
class AboutResolve:
    name: str
    lockfile: str


@rule
async def see_resolve(about: AboutResolve) -> Answer:
    exported = await export_venv(about.name)
    empty = PexRequest(
        output_filename="empty.pex",
        internal_only=True,
        layout=PexLayout.PACKED,
        interpreter_constraints=InterpreterConstraints([THIS_PYTHON]),
    )
    return Answer(
        {
            "python": await find_python(InterpreterConstraints([THIS_PYTHON])),
            "lockfile": await load_lockfile(Lockfile(about.lockfile, "the test", about.name)),
            "config": await resolve_pex_config(about.name),
            "editable": await editable_local_dists(about.name),
            "exported": exported,
            "exported_pex": await export_pex(empty, about.name, VERSION),
            "codegen": await exported_codegen(about.name),
            "sources": await python_source_files(await all_targets()),
            "unknown": await export_venv("no-such-resolve"),
        }
    )


@dataclass(frozen=True)
class AboutTools:
    pass


@rule
async def see_tools(
    _: AboutTools, union_membership: UnionMembership, python_setup: PythonSetup, platform: Platform
) -> Answer:
    return Answer(
        {
            "by_resolve": await python_tools_by_resolve(),
            "mypy": await wanted_tool("mypy"),
            "own": await tool_export("pytest", python_setup, union_membership),
            "none": await tool_export("mypy", python_setup, union_membership),
            "uv": await selected_uv(platform),
        }
    )


@dataclass(frozen=True)
class AboutPex:
    requirement: str
    resolve: str


@rule
async def run_pex(about: AboutPex) -> Answer:
    request = PexRequest(
        output_filename="test.pex",
        internal_only=True,
        requirements=PexRequirements(
            [about.requirement], from_superset=Resolve(about.resolve, True), description_of_origin="the test"
        ),
        interpreter_constraints=InterpreterConstraints([THIS_PYTHON]),
    )
    venv = await create_venv_pex(request)

    def python_process(script: str) -> VenvPexProcess:
        return VenvPexProcess(
            venv, argv=("-c", script), description=f"Run `{script}`", extra_env={"PEX_INTERPRETER": "1"}
        )

    return Answer(
        {
            "pex": await create_pex(request),
            "stdout": (await try_venv_pex(python_process("import colors; print(colors.strip_color('hello'))"))).stdout,
            "exit_code": (await try_venv_pex(python_process("raise SystemExit(3)"))).exit_code,
        }
    )


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    runner = RuleRunner(
        rules=[
            *collect_rules(),
            *engine.rules(),
            *python.rules(),
            *target_types_rules.rules(),
            *pytest_tool.rules(),
            *mypy_tool.rules(),
            *(QueryRule(Answer, [topic]) for topic in (AboutResolve, AboutTools, AboutPex)),
        ],
        target_types=[PythonSourcesGeneratorTarget, LockfilesGeneratorTarget, LockfileTarget],
    )
    runner.write_files(
        {
            "locks/colors.lock": "# A comment.\nansicolors==1.1.8\n",
            "code/app/BUILD": "python_sources(sources=['*.py'])",
            "code/app/main.py": "",
        }
    )
    runner.set_options(
        [
            "--python-enable-resolves",
            "--python-resolves={'colors': 'locks/colors.lock'}",
            "--python-default-resolve=colors",
            f"--python-interpreter-constraints=['{THIS_PYTHON}']",
            f"--python-bootstrap-search-path=['{Path(sys.executable).resolve().parent}']",
            "--source-root-patterns=['/code']",
            "--mypy-install-from-resolve=colors",
        ],
        env_inherit={"PATH", "PANTS_PEX_CLI_URL_TEMPLATE", "PANTS_PEX_CLI_KNOWN_VERSIONS"},
    )
    return runner


@executes(
    "find_python",
    "load_lockfile",
    "resolve_pex_config",
    "editable_local_dists",
    "export_pex",
    "export_venv",
    "exported_codegen",
    "python_source_files",
)
def test_resolve(runner: RuleRunner) -> None:
    seen = runner.request(Answer, [AboutResolve("colors", "locks/colors.lock")])
    assert Path(seen.python.path).exists()
    assert seen.lockfile.lockfile_path == "locks/colors.lock"
    assert isinstance(seen.config, ResolvePexConfig)
    assert seen.editable.optional_digest is None
    assert seen.codegen == EMPTY_DIGEST
    assert seen.exported.resolve == "colors"
    for exported in (seen.exported, seen.exported_pex):
        assert exported.reldir == f"python/virtualenvs/colors/{VERSION}"
        assert exported.post_processing_cmds
    assert seen.unknown is None
    assert seen.sources.source_files.snapshot.files == ("code/app/main.py",)
    assert seen.sources.source_roots == ("code",)


@executes("python_tools_by_resolve", "selected_uv", "tool_export", "wanted_tool")
def test_tools(runner: RuleRunner) -> None:
    seen = runner.request(Answer, [AboutTools()])
    assert dict(seen.by_resolve) == {"colors": ("mypy",)}
    assert seen.mypy == WantedTool("mypy", "[mypy].install_from_resolve", "colors")
    assert seen.own.lockfile.url.startswith("resource://pants.")
    # The name of a tool that is installed from a resolve: what stock `export` does with it depends on the release.
    assert (seen.none is None) == (ExportableTool is None)
    assert (seen.uv is not None) == HAS_UV


@executes("create_pex", "create_venv_pex", "try_venv_pex")
def test_pex(runner: RuleRunner) -> None:
    done = runner.request(Answer, [AboutPex("ansicolors", "colors")])
    assert done.pex.name == "test.pex"
    assert (done.stdout, done.exit_code) == (b"hello\n", 3)
