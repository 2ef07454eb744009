"""A tool from the repository's own resolve. From Pants' own kind of lockfile: tests/e2e/test_schema_history.py."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.target_types import ConsoleScript
from pants.backend.python.util_rules.pex import VenvPexProcess
from pants.engine.rules import QueryRule, collect_rules, rule
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.common.errors import UserError
from devflow.common.tool_resolve import WantedTool
from devflow.engine import python, try_process
from devflow.engine.python import try_venv_pex, venv_pex_process
from devflow.engine.python.tool import tool_resolve, tool_venv
from engine.answer import Answer
from engine.recorder import executes

THIS_PYTHON = f"=={sys.version_info.major}.{sys.version_info.minor}.*"


@dataclass(frozen=True)
class AboutTool:
    requirement: str
    configured: str | None


@rule
async def see_tool(about: AboutTool, python_setup: PythonSetup) -> Answer:
    tool = WantedTool(about.requirement, "[tool].install_from_resolve", about.configured)
    try:
        resolve = await tool_resolve(tool, python_setup)
        as_script = await tool_venv(resolve, "tabulate", python_setup, main=ConsoleScript("tabulate"))
        as_python = await tool_venv(resolve, "tabulate", python_setup)
    except UserError as error:
        return Answer({"error": str(error)})
    script = await try_venv_pex(VenvPexProcess(as_script, argv=("--help",), description="Ask the tool for help"))
    everything = await tool_venv("tools", "tabulate", python_setup, plugins=None)
    both = await tool_venv("tools", "tabulate", python_setup, plugins=["ansicolors"])
    code = "import importlib.util as u; print([bool(u.find_spec(name)) for name in ('tabulate', 'colors')])"
    found = await try_venv_pex(VenvPexProcess(as_python, argv=("-c", code), description="Look at what is installed"))
    more = []
    for venv in (everything, both):
        process = VenvPexProcess(venv, argv=("-c", code), description="Look at what is installed")
        more.append((await try_process(await venv_pex_process(process))).stdout)
    return Answer({"resolve": resolve, "script": script, "found": found, "more": more})


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    runner = RuleRunner(
        rules=[*collect_rules(), *engine.rules(), *python.rules(), QueryRule(Answer, [AboutTool])],
    )
    runner.write_files(
        {"app.lock": "iniconfig==2.0.0\n", "tools.lock": "# A comment.\nansicolors==1.1.8\ntabulate==0.9.0\n"}
    )
    return runner


def configure(runner: RuleRunner, *args: str) -> None:
    runner.set_options(
        [
            "--python-enable-resolves",
            "--python-resolves={'app': 'app.lock', 'tools': 'tools.lock', 'gone': 'gone.lock'}",
            "--python-default-resolve=app",
            f"--python-interpreter-constraints=['{THIS_PYTHON}']",
            f"--python-bootstrap-search-path=['{Path(sys.executable).resolve().parent}']",
            *args,
        ],
        env_inherit={"PATH", "PANTS_PEX_CLI_URL_TEMPLATE", "PANTS_PEX_CLI_KNOWN_VERSIONS"},
    )


@executes("tool_resolve", "tool_venv", "python_for", "venv_pex_process", "try_process")
def test_the_tool_and_nothing_else(runner: RuleRunner) -> None:
    configure(runner)
    seen = runner.request(Answer, [AboutTool("tabulate", None)])
    assert seen.resolve == "tools"
    assert (seen.script.exit_code, seen.script.stdout[:15]) == (0, b"Usage: tabulate")
    assert seen.found.stdout == b"[True, False]\n"
    assert seen.more == [b"[True, True]\n"] * 2


@pytest.mark.parametrize(
    ("args", "requirement", "configured", "message"),
    [
        ([], "alembic", None, "No resolve of this repository holds alembic."),
        ([], "tabulate", "gone", "The lockfile of resolve gone does not hold tabulate"),
        (["--no-python-enable-resolves"], "ansicolors", None, "Resolves are off: [python].enable_resolves is false."),
        (
            ["--python-resolves-to-interpreter-constraints={'tools': ['==2.9.*']}"],
            "ansicolors",
            None,
            "No Python interpreter on this machine matches CPython==2.9.*, which resolve tools wants.",
        ),
    ],
)
def test_errors(runner: RuleRunner, args: list[str], requirement: str, configured: str | None, message: str) -> None:
    # `tabulate` has been found before. For such a tool the engine starts to check all that the earlier answer was made
    # from, and checks that still run when the error is there can give the next test the options of this one.
    configure(runner, *args)
    seen = runner.request(Answer, [AboutTool(requirement, configured)])
    assert seen.error.startswith(message)
    assert "\n  Fix: " in seen.error
