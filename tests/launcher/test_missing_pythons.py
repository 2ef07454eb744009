"""Pythons that are not there: what is said before anything takes time, and what `uv` brings."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from launcher.fakes import PINNED, Hold
from launcher.harness import Launcher, kill_group
from launcher.machines import BARE, FAKE_UV, path_without_python, script

CONFIG = f"""\
[GLOBAL]
pants_version = "{PINNED}"
backend_packages = ["pants.backend.python"]

[python]
interpreter_constraints = ["==3.4.*"]  # nobody has one
enable_resolves = true

[python.resolves]
app = "app.lock"
"the-tool" = "tool.lock"
other = "other.lock"

[python.resolves_to_interpreter_constraints]
the-tool = [
  "CPython==3.3.*",
]
"""


@pytest.fixture()
def bare(launcher: Launcher, tmp_path: Path) -> Launcher:
    """Where neither a Python nor uv is found."""
    launcher.environ.update(BARE, PATH=path_without_python(tmp_path / "bin"))
    del launcher.environ["PANTS_PYTHON"]
    return launcher


def with_uv(launcher: Launcher, tmp_path: Path, brings: str, *, links: bool = True) -> Path:
    """A stand-in for uv that has these Pythons to install; the file that it notes its calls in."""
    python = launcher.environ.get("PANTS_PYTHON") or brings
    script(tmp_path / "bin" / "uv", FAKE_UV.format(uv=tmp_path / "uv", python=python))
    (tmp_path / "uv" / "bin").mkdir(parents=True)
    if links:
        launcher.environ["PATH"] = f"{launcher.environ['PATH']}:{tmp_path}/uv/bin"
    return tmp_path / "uv" / "calls"


def installs(calls: Path) -> list[str]:
    return [line for line in calls.read_text().splitlines() if line.startswith("python install")]


def test_uv_brings_the_python_that_pants_runs_on(bare: Launcher, tmp_path: Path, python: str) -> None:
    calls = with_uv(bare, tmp_path, python)
    first = bare.run("list")
    assert (first.returncode, first.stdout) == (0, f"server {PINNED} list\n"), first.stderr
    assert first.stderr.startswith(
        f"./pants: 'uv python install 3.9' brings a Python 3.9: Pants {PINNED} runs on it, and there is none here.\n"
    )
    assert installs(calls) == ["python install 3.9 link=0"]
    assert bare.run("list").stdout.startswith("client list")
    # It is found again, whatever 'uv python find' says.
    assert bare.run(PANTS_BOOTSTRAP_REBUILD="1").returncode == 0
    assert installs(calls) == ["python install 3.9 link=0"]


@pytest.mark.parametrize(
    "setting",
    [
        {"UV_PYTHON_DOWNLOADS": "never"},
        {"UV_PYTHON_DOWNLOADS": "manual"},
        {"UV_OFFLINE": "1"},
        {"UV_NO_MANAGED_PYTHON": "true"},
        {"UV_PYTHON_PREFERENCE": "only-system"},
    ],
    ids=str,
)
def test_uv_that_must_not_is_not_asked(
    bare: Launcher, tmp_path: Path, python: str, setting: dict[str, str | None]
) -> None:
    calls = with_uv(bare, tmp_path, python)
    result = bare.run(**setting)
    assert result.returncode == 69
    assert result.stderr.startswith(f"./pants: no Python 3.9 found, which Pants {PINNED} runs on.\n")
    assert installs(calls) == []


def test_last_words_of_uv_that_fails(bare: Launcher, tmp_path: Path, python: str) -> None:
    with_uv(bare, tmp_path, python)
    result = bare.run(FAKE_UV="fails")
    assert result.returncode == 69
    assert (
        "\n  'uv python install 3.9' failed:\n  | Downloading\n  | error: Failed to install cpython-3.9\n"
        "  | cause: no route\n  Install one"
    ) in result.stderr


def test_interrupted_uv(bare: Launcher, tmp_path: Path, python: str) -> None:
    with_uv(bare, tmp_path, python)
    hold = Hold(tmp_path / "hold", "uv")
    process = bare.start(**hold.environ)
    hold.wait()
    kill_group(process, signal.SIGINT)
    _, stderr = process.communicate()
    assert process.returncode in (-signal.SIGINT, 130)
    assert stderr.endswith("./pants: interrupted; nothing was installed.\n")
    assert not bare.cache.exists()


def test_all_that_is_missing_is_said_at_once(bare: Launcher) -> None:
    (bare.repository / "pants.toml").write_text(CONFIG)
    result = bare.run("export-all-resolves")
    assert result.returncode == 69
    assert result.stderr.startswith(f"./pants: no Python 3.9 found, which Pants {PINNED} runs on.\n")
    assert (
        "\n  Resolves of this repository want more:\n"
        "  Python 3.4, for app, other: 'uv python install 3.4', 'pyenv install 3.4', or your system's package "
        "python3.4\n"
        "  Python 3.3, for the-tool: 'uv python install 3.3', 'pyenv install 3.3', or your system's package "
        "python3.3\n"
        "  Pants looks on PATH and in pyenv's versions."
    ) in result.stderr


def test_missing_pythons_of_resolves_do_not_stop_the_others(launcher: Launcher, tmp_path: Path) -> None:
    (launcher.repository / "pants.toml").write_text(CONFIG)
    result = launcher.run("list", PATH=path_without_python(tmp_path / "bin"), **BARE)
    assert (result.returncode, result.stdout) == (0, f"server {PINNED} list\n")
    said = result.stderr.splitlines()
    assert said[0] == "./pants: resolves of this repository want Pythons that Pants will not find on this machine."
    assert [line.split(":")[0] for line in said[1:3]] == [
        "  Python 3.4, for app, other",
        "  Python 3.3, for the-tool",
    ]
    # Before the minute that an installation takes.
    assert said[4] == "  The other resolves work without them."
    assert said[5].startswith(f"./pants: installing Pants {PINNED}")


@pytest.fixture()
def unstamped(installed: Launcher) -> Launcher:
    """Looks for Pythons as a first run does, and then finds that Pants is there."""
    for stamp in (installed.cache / "stamps").iterdir():
        stamp.unlink()
    return installed


def warned(result: subprocess.CompletedProcess[str]) -> bool:
    assert result.returncode == 0, result.stderr
    return "will not find on this machine" in result.stderr


def test_what_pants_finds_is_not_missing(unstamped: Launcher, tmp_path: Path) -> None:
    (unstamped.repository / "pants.toml").write_text(CONFIG)
    path = path_without_python(tmp_path / "bin")
    script(tmp_path / "bin" / "python3.4", "echo 4")
    # By a name without its version, in a directory of pyenv; and one that does not run.
    script(tmp_path / "pyenv/versions/3.3.7/bin/python", "echo 3")
    script(tmp_path / "pyenv/versions/3.3.8/bin/python3.3", "exit 127")
    assert not warned(unstamped.run(PATH=path, PYENV_ROOT=str(tmp_path / "pyenv")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"==3.4.*"', '">=3.4"'),
        ('"==3.4.*"', '"==3.4.*", "!=3.4.1"'),
        ("interpreter_constraints = [", "interpreter_constraints.add = ["),
        ("enable_resolves = true", "enable_resolves = false"),
        ("[python.resolves_to_interpreter_constraints]", "[python.'resolves_to_interpreter_constraints']"),
        ('["pants.backend.python"]', "[]"),
        ("[python]", '[python-bootstrap]\nsearch_path = ["/opt"]\n[python]'),
        ('["pants.backend.python"]', '["pants.backend.python", "pants.backend.python.providers.experimental.pyenv"]'),
        ("[python.resolves]", "[python.resolves_to_other]"),
    ],
)
def test_no_alarm_where_it_is_not_certain(unstamped: Launcher, tmp_path: Path, old: str, new: str) -> None:
    config = CONFIG.replace('the-tool = [\n  "CPython==3.3.*",\n]\n', "")
    assert config != config.replace(old, new)
    (unstamped.repository / "pants.toml").write_text(config.replace(old, new))
    assert not warned(unstamped.run(PATH=path_without_python(tmp_path / "bin"), **BARE))


@pytest.mark.parametrize(
    ("args", "environ"),
    [
        (("--python-interpreter-constraints=['==3.9.*']",), {}),
        ((), {"PANTS_PYTHON_INTERPRETER_CONSTRAINTS": "['==3.9.*']"}),
        ((), {"PANTS_CONFIG_FILES": "pants.ci.toml"}),
        ((), {"PANTS_PYTHON_BOOTSTRAP_SEARCH_PATH": "['/opt']"}),
    ],
)
def test_no_alarm_where_pants_toml_is_not_all(
    unstamped: Launcher, tmp_path: Path, args: tuple[str, ...], environ: dict[str, str]
) -> None:
    (unstamped.repository / "pants.toml").write_text(CONFIG)
    assert not warned(unstamped.run(*args, PATH=path_without_python(tmp_path / "bin"), **BARE, **environ))


def test_uv_brings_what_pants_then_finds(unstamped: Launcher, tmp_path: Path) -> None:
    (unstamped.repository / "pants.toml").write_text(CONFIG)
    unstamped.environ.update(BARE, PATH=path_without_python(tmp_path / "bin"))
    calls = with_uv(unstamped, tmp_path, "3.4")
    result = unstamped.run()
    assert not warned(result)
    assert "'uv python install 3.4' brings a Python 3.4: resolves want it (app, other)" in result.stderr
    assert installs(calls) == ["python install 3.4 link=1", "python install 3.3 link=1"]


def test_uv_does_not_bring_what_pants_would_not_find(unstamped: Launcher, tmp_path: Path) -> None:
    (unstamped.repository / "pants.toml").write_text(CONFIG)
    unstamped.environ.update(BARE, PATH=path_without_python(tmp_path / "bin"))
    calls = with_uv(unstamped, tmp_path, "3.4", links=False)
    result = unstamped.run()
    assert warned(result)
    assert "have that directory on PATH" in result.stderr
    assert installs(calls) == []
