"""`--print`: the same sources for a container, which is here a copy of the layout that the mounts make."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from link.conftest import Run
from pants.testutil.rule_runner import RuleRunner

from devflow.common.errors import UserError
from devflow.link.mounts import Mounts, PrintForm, in_form

CLI = "src/acme/cli:dist"
PATHS = ["VERSION", "src/acme/cli", "src/acme/client", "src/acme/common"]


def test_paths_and_variables(run: Run) -> None:
    assert run(CLI, "--print=paths").stdout.splitlines() == PATHS
    assert run(CLI, "--print=env", "--mount-at=/x/").stdout.splitlines() == [
        "PYTHONPATH=/x/src",
        "PYTHONDONTWRITEBYTECODE=1",
    ]


def test_a_changed_import_or_build_file_is_seen_by_the_next_run(run: Run, root: Path, rule_runner: RuleRunner) -> None:
    """With the same daemon: neither a closure nor an owner is kept."""
    only_agent, client = ["VERSION", "src/acme/agent", "src/acme/common"], "src/acme/client"
    module, build = "src/acme/agent/__init__.py", "src/acme/agent/BUILD"
    before = {file: (root / file).read_text() for file in (module, build)}

    def paths(file: str, text: str) -> list[str]:
        rule_runner.write_files({file: text})
        return run("src/acme/agent:dist", "--print=paths").stdout.splitlines()

    assert paths(module, before[module]) == only_agent
    assert client in paths(module, f"import acme.client\n{before[module]}")
    assert paths(module, before[module]) == only_agent
    assert client in paths(build, before[build].replace("':data'", f"':data', '{client}:src'"))
    assert paths(build, before[build]) == only_agent


def test_docker(run: Run, root: Path, tmp_path: Path) -> None:
    """What the arguments mount is all that the code needs, and a subset."""
    printed = run(CLI, "--print=docker").stdout
    words = shlex.split(printed.replace("\\\n", ""))
    assert words[-4:] == ["--env", "PYTHONPATH=/mono/src", "--env", "PYTHONDONTWRITEBYTECODE=1"]
    mounts = [dict(part.partition("=")[::2] for part in word.split(",")) for word in words[1:-4:2]]
    assert [(one["type"], one["readonly"]) for one in mounts] == [("bind", "")] * len(PATHS)
    for mount in mounts:
        target = tmp_path / mount["target"].lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        source = Path(mount["source"])
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy(source, target)
    code = "import acme.cli, acme.client; acme.cli.main(); print(acme.client.VERSION)"
    env = {"PYTHONPATH": f"{tmp_path}/mono/src"}
    done = subprocess.run([sys.executable, "-S", "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "kiln client\n24.03.0rc1\n"
    other = subprocess.run([sys.executable, "-S", "-c", "import acme.agent"], env=env, capture_output=True, check=False)
    assert other.returncode == 1


def test_a_link_that_leads_out_of_the_repository(run: Run, root: Path) -> None:
    hidden = root / "src/acme/common/.hidden"  # Pants refuses one that it sees
    hidden.mkdir()
    (hidden / "out").symlink_to("/etc/hostname")
    result = run(CLI, "--print=paths")
    assert result.stdout.splitlines() == PATHS
    assert result.stderr == "src/acme/common/.hidden/out leads out of the repository, and so nowhere in a container\n"


def test_the_report_as_json(run: Run, rule_runner: RuleRunner) -> None:
    document = json.loads(run(CLI, "--print=docker", "--format=json").stdout)
    assert document["mode"] == "print"
    assert document["results"][0] == {"source": f"{rule_runner.build_root}/VERSION", "target": "/mono/VERSION"}
    assert document["variables"]["PYTHONPATH"] == "/mono/src"


def mounts(build_root: str, *roots: str) -> Mounts:
    return Mounts(build_root, ("src/a", "lib/b.py"), roots or ("lib", "src"), "/mono")


@pytest.mark.parametrize("build_root", ["/a b", "/it's", "/$HOME", "/`x`", '/"q"', "/a:b", "/é"])
def test_each_form_can_be_read_again(build_root: str) -> None:
    given = mounts(build_root)
    words = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {chr(10).join(in_form(PrintForm.DOCKER, given))}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert words[1] == f"type=bind,source={build_root}/src/a,target=/mono/src/a,readonly"
    compose = "\n".join(in_form(PrintForm.COMPOSE, given))
    yaml = pytest.importorskip("yaml").safe_load(compose)
    assert [one["source"].replace("$$", "$") for one in yaml["volumes"]] == [source for source, _ in given.pairs]
    assert yaml["environment"] == {"PYTHONPATH": "/mono/lib:/mono/src", "PYTHONDONTWRITEBYTECODE": "1"}
    container = json.loads("\n".join(in_form(PrintForm.DEVCONTAINER, given)))
    assert container["mounts"][0] == f"source={build_root}/src/a,target=/mono/src/a,type=bind,readonly"


@pytest.mark.parametrize(
    ("form", "given", "message"),
    [
        (PrintForm.DOCKER, mounts("/a,b"), "separates values in --print=docker"),
        (PrintForm.DEVCONTAINER, mounts("/a,b"), "separates values in --print=devcontainer"),
        (PrintForm.DEVCONTAINER, mounts("/${x}"), "separates values in --print=devcontainer"),
        (PrintForm.COMPOSE, mounts("/r", "a:b"), "separates values in PYTHONPATH"),
        (PrintForm.ENV, mounts("/r", "a:b"), "separates values in PYTHONPATH"),
    ],
)
def test_what_a_reader_would_take_apart(form: PrintForm, given: Mounts, message: str) -> None:
    with pytest.raises(UserError, match=message):
        in_form(form, given)
