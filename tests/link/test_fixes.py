"""What works after each printed fix of `link`. Most runs only plan, so that they share one virtualenv."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from link.conftest import Run
from link.worlds import NAMES, PYTHON, build_file, new_virtualenv
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.common.errors import UserError
from devflow.link.mounts import Mounts, PrintForm, in_form
from harness.uv import real_uv

CLI, AGENT = "src/acme/cli:dist", "src/acme/agent:dist"
BARE = {"PATH": "/usr/bin:/bin"}


@pytest.fixture(autouse=True)
def _uv(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is on PATH, so that a virtualenv needs no pip."""
    monkeypatch.setenv("PATH", f"{real_uv().parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtualenv that no run changes."""
    return new_virtualenv(tmp_path_factory.mktemp("shared") / ".venv", pip=False)


def fix_of(result: GoalRuleResult) -> str:
    assert result.exit_code == 1, result.stdout
    [fix] = [line.partition("Fix: ")[2] for line in result.stderr.splitlines() if "  Fix: " in line]
    return fix


def works(run: Run, *args: str, settings: tuple[str, ...] = ()) -> None:
    planned = run(*args, "--dry-run", settings=settings)
    assert planned.exit_code == 0, planned.stderr


def edit(runner: RuleRunner, name: str, old: str, new: str) -> None:
    """Replace a text in the BUILD file of a component."""
    path = f"src/acme/{name}/BUILD"
    text = Path(runner.build_root, path).read_text()
    assert old in text
    runner.write_files({path: text.replace(old, new, 1)})


def test_no_distribution_is_named(run: Run, rule_runner: RuleRunner, shared: Path) -> None:
    into = f"--into={shared}"
    refused = run(into)
    assert "link: Which distributions?\n" in refused.stderr
    listed = fix_of(refused).partition("name a python_distribution, such as ")[2].split(", ")
    works(run, *listed, into)
    other = run(listed[0], "src/acme/client:src", into)
    assert "src/acme/client/__init__.py:src is not a python_distribution.\n" in other.stderr
    works(run, listed[0], fix_of(other).partition("name one: ")[2], into)
    rule_runner.write_files({f"src/acme/{name}/BUILD": "python_sources(name='src')" for name in NAMES})
    assert fix_of(run(into)) == "add a python_distribution to a BUILD file"
    rule_runner.write_files({"src/acme/common/BUILD": build_file("common")})
    works(run, fix_of(run(into)).partition("such as ")[2], into)


def test_no_virtualenv_is_named(run: Run, shared: Path) -> None:
    refused = run(CLI, env={"VIRTUAL_ENV": str(shared)})
    assert "link: Which virtualenv?\n" in refused.stderr
    named = re.fullmatch(r"add (\S+), or (--print=\S+) for a container", fix_of(refused))
    assert named
    works(run, CLI, named[1])
    assert run(CLI, named[2]).exit_code == 0


def test_several_resolves(run: Run, rule_runner: RuleRunner, shared: Path) -> None:
    into = f"--into={shared}"
    edit(rule_runner, "agent", "'src/acme/common:src', ", "")
    edit(rule_runner, "agent", "name='src',", "name='src', resolve='other',")
    settings = (
        "--python-resolves={'main': 'main.lock', 'other': 'other.lock'}",
        "--python-default-resolve=main",
        "--python-enable-resolves",
    )
    refused = run(CLI, AGENT, into, settings=settings)
    assert "These distributions are of several resolves, and a virtualenv has one: main has src/acme/" in refused.stderr
    assert "; other has src/acme/agent:dist.\n" in refused.stderr
    assert fix_of(refused) == "link those of one resolve only, or give their targets one resolve"
    for one in (CLI, AGENT):
        works(run, one, into, settings=settings)
    edit(rule_runner, "agent", "resolve='other'", "resolve='main'")
    works(run, CLI, AGENT, into, settings=settings)


def test_a_distribution_that_makes_no_wheel(run: Run, rule_runner: RuleRunner, shared: Path) -> None:
    edit(rule_runner, "common", "python_distribution(", "python_distribution(wheel=False, ")
    refused = run(CLI, f"--into={shared}")
    assert "link: src/acme/common:dist makes no wheel.\n" in refused.stderr
    setting = re.fullmatch(r"set (\S+) in the BUILD file of src/acme/common:dist", fix_of(refused))
    assert setting
    edit(rule_runner, "common", "wheel=False", setting[1])
    works(run, CLI, f"--into={shared}")


def test_a_target_without_an_owner(run: Run, rule_runner: RuleRunner, shared: Path) -> None:
    into = f"--into={shared}"
    edit(rule_runner, "agent", "':data'", "':data', 'src/acme/testutils:src'")
    refused = run(AGENT, into)
    assert "owns src/acme/testutils/__init__.py:src: none in or above its directory depends on it.\n" in refused.stderr
    build = re.fullmatch(r"add one that depends on it to (\S+), or remove the dependency on it", fix_of(refused))
    assert build
    own = (
        "python_sources(name='src')\npython_distribution(name='dist', dependencies=[':src'], "
        "provides=python_artifact(name='acme-testutils', version='1'))"
    )
    rule_runner.write_files({build[1]: own})
    works(run, AGENT, into)
    rule_runner.write_files({build[1]: "python_sources(name='src')"})
    edit(rule_runner, "agent", ", 'src/acme/testutils:src'", "")
    works(run, AGENT, into)


@pytest.mark.parametrize("way", ["one dependency", "another directory"])
def test_several_owners(run: Run, rule_runner: RuleRunner, shared: Path, way: str) -> None:
    second = (
        "python_distribution(name='dist2', dependencies=['src/acme/common:src'], "
        "provides=python_artifact(name='x', version='1'))"
    )
    rule_runner.write_files({"src/acme/common/BUILD": f"{build_file('common')}{second}"})
    refused = run(AGENT, f"--into={shared}")
    several = "has several owners in one directory: src/acme/common:dist, src/acme/common:dist2.\n"
    assert several in refused.stderr
    assert refused.stderr.count("Fix: let only one of them depend on it, or move one to another directory\n") == 3
    if way == "one dependency":
        edit(rule_runner, "common", "dependencies=['src/acme/common:src'], ", "")
    else:
        rule_runner.write_files({"src/acme/common/BUILD": build_file("common"), "src/BUILD": second})
    works(run, AGENT, f"--into={shared}")


def test_an_installer_that_does_not_start(run: Run, quick_venv: Path, tmp_path: Path) -> None:
    uv = tmp_path / "bin/uv"
    uv.parent.mkdir()
    uv.write_text("#!/no/such/interpreter\n")
    uv.chmod(0o755)
    env = {"PATH": f"{uv.parent}:/usr/bin:/bin"}
    refused = run(CLI, f"--into={quick_venv}", env=env)
    assert f"link: {uv} does not start: No such file or directory.\n" in refused.stderr
    assert fix_of(refused) == f"install {uv} again"
    uv.unlink()
    uv.symlink_to(real_uv())
    assert run(CLI, f"--into={quick_venv}", env=env).exit_code == 0


def test_no_installer(run: Run, tmp_path: Path) -> None:
    venv = new_virtualenv(tmp_path / "venv", pip=False)
    refused = run(CLI, f"--into={venv}", env=BARE)
    assert f"{venv} has no pip, and there is no uv on PATH. It needs helper>=1.\n" in refused.stderr
    works(run, CLI, f"--into={venv}")  # after the first way, to install uv
    subprocess.run(["sh", "-c", fix_of(refused).partition("install uv, or run: ")[2]], check=True, capture_output=True)
    assert run(CLI, f"--into={venv}", "--dry-run", env=BARE).exit_code == 0


def pretend(venv: Path, expression: str) -> None:
    """Let the Python of a virtualenv say something else, by an expression of `sed`."""
    (venv / "bin/real").symlink_to(PYTHON)
    python = venv / "bin/python"
    python.unlink()
    python.write_text(f"#!/bin/sh\n'{venv}/bin/real' \"$@\" | sed '{expression}'\n")
    python.chmod(0o755)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (rf's/"{sys.version.split()[0]}"/"3.99.0"/g', "{venv} has Python 3.99.0, and acme-common 24.3.0rc1 wants =="),
        (r's/"site_packages": "[^"]*"/"site_packages": "\/usr\/elsewhere"/', "installs into /usr/elsewhere, outside"),
        (r"s/.*/no JSON/", "The Python of {venv} does not run: "),
    ],
)
def test_a_virtualenv_is_made_again(
    run: Run, rule_runner: RuleRunner, tmp_path: Path, expression: str, said: str
) -> None:
    this = f"{sys.version_info.major}.{sys.version_info.minor}"
    edit(rule_runner, "common", "name='acme-common'", f"name='acme-common', python_requires='=={this}.*'")
    venv = new_virtualenv(tmp_path / "venv", pip=False)
    works(run, CLI, f"--into={venv}")
    pretend(venv, expression)
    refused = run(CLI, f"--into={venv}")
    assert said.format(venv=venv) in refused.stderr
    command = fix_of(refused).partition(": ")[2]
    assert "-m venv --clear" in command
    env = {"PATH": f"{PYTHON.parent}:/usr/bin:/bin"}
    subprocess.run(["sh", "-c", f"{command} --without-pip"], env=env, check=True)  # pip takes seconds
    works(run, CLI, f"--into={venv}")


def test_the_directory_of_a_container(run: Run) -> None:
    refused = run(CLI, "--print=docker", "--mount-at=mono")
    assert "link: --mount-at=mono is not an absolute directory of a container without ':' and ','.\n" in refused.stderr
    option = re.fullmatch(r"write (\S+), or another absolute path", fix_of(refused))
    assert option
    assert run(CLI, "--print=docker", option[1]).exit_code == 0


def test_a_path_that_the_reader_of_mounts_takes_apart() -> None:
    def mounts(build_root: str, source_root: str) -> Mounts:
        return Mounts(build_root, (f"{source_root}/a",), (source_root,), "/mono")

    with pytest.raises(UserError) as caught:
        in_form(PrintForm.DOCKER, mounts("/a,b", "src"))
    assert "use --print=compose, which quotes paths, or move the repository to a path" in caught.value.problem.fix
    assert in_form(PrintForm.COMPOSE, mounts("/a,b", "src"))
    assert in_form(PrintForm.DOCKER, mounts("/ab", "src"))
    with pytest.raises(UserError) as caught:
        in_form(PrintForm.ENV, mounts("/r", "a:b"))
    assert "a:b has ':' in it, which separates values in PYTHONPATH.\n  Fix: rename that source root" in str(
        caught.value
    )
    assert in_form(PrintForm.ENV, mounts("/r", "ab"))
