"""Variables that are meant for other programs do nothing to an installation, and nothing to what Pants runs with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from launcher.fakes import PINNED
from launcher.harness import Launcher
from launcher.hostile import hostile


def loader(launcher: Launcher) -> Path:
    [entry] = [path for path in launcher.entries() if path.name.startswith(PINNED)]
    [module] = entry.glob("lib/*/site-packages/pants/bin/pants_loader.py")
    return module


def served_by_python(launcher: Launcher, **environ: str | None) -> tuple[int, str, str]:
    result = launcher.run("list", PANTS_BUILDROOT_OVERRIDE=str(launcher.repository), **environ)
    return result.returncode, result.stdout, result.stderr


def test_an_installation(untouched: Launcher, tmp_path: Path) -> None:
    launcher = untouched
    variables = hostile(tmp_path / "hostile", os.environ["PATH"])
    result = launcher.run("list", **variables)
    assert (result.returncode, result.stdout) == (0, f"server {PINNED} list\n"), result.stderr
    assert not (tmp_path / "hostile" / "written").exists()
    # It is the one that is found without them.
    assert launcher.run("list").stdout.startswith("client list\n")


def test_each_variable_alone(installed: Launcher, tmp_path: Path) -> None:
    for name, value in hostile(tmp_path / "hostile", os.environ["PATH"]).items():
        assert served_by_python(installed, **{name: value}) == (0, f"server {PINNED} list\n", ""), name


def test_a_directory_that_is_not_utf_8(installed: Launcher) -> None:
    """Pants' client crashes on it. Bash remembers a directory that it has left, too."""
    odd = Path(os.fsdecode(os.fsencode(installed.repository) + b"/d\xff"))
    odd.mkdir()
    refused = installed.run("list", cwd=odd)
    assert (refused.returncode, refused.stdout) == (64, "")
    assert refused.stderr == (
        "./pants: the path of the current directory is not UTF-8, and Pants takes no other.\n"
        "  Change to another directory of the repository.\n"
    )
    other = installed.repository / "é"
    other.mkdir()
    for directory in (other, installed.repository):
        done = installed.run("list", cwd=directory, OLDPWD=os.fsdecode(os.fsencode(odd)))
        assert (done.returncode, done.stderr) == (0, ""), directory


@pytest.mark.parametrize("directory", ["PYTHONPATH", "PYTHONUSERBASE"])
def test_modules_of_another_python_are_not_taken(installed: Launcher, tmp_path: Path, directory: str) -> None:
    modules = tmp_path / "modules"
    if directory == "PYTHONUSERBASE":
        modules = modules / "lib" / "python3.9" / "site-packages"
    (modules / "pants").mkdir(parents=True)
    (modules / "pants" / "__init__.py").write_text("raise ImportError('for another Python')\n")
    environ = {directory: str(tmp_path / "modules")}
    assert served_by_python(installed, **environ) == (0, f"server {PINNED} list\n", "")
    assert installed.run("list").stdout.startswith("client list\n")


def test_bytecode_goes_where_the_user_says(installed: Launcher, tmp_path: Path) -> None:
    module = loader(installed)
    module.write_text("import sys\ndef main():\n    print(sys.dont_write_bytecode, sys.pycache_prefix)\n")
    assert served_by_python(installed)[1] == "False None\n"
    asked = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": str(tmp_path)}
    assert served_by_python(installed, **asked)[1] == f"True {tmp_path}\n"


def test_what_becomes_the_daemon_can_start(installed: Launcher) -> None:
    # As Pants does it: fork, then start the same command by the environment that the process has.
    loader(installed).write_text(
        "import os, sys\n"
        "def main():\n"
        "    if os.environ.pop('DAEMON', None):\n"
        "        print(sorted(name for name in os.environ if name.startswith('PYTHON')))\n"
        "        return\n"
        "    kept = os.environ['PYTHONHOME']\n"
        "    if not os.fork():\n"
        "        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, 'DAEMON': '1'})\n"
        "    assert os.waitstatus_to_exitcode(os.wait()[1]) == 0\n"
        "    print('for the session:', kept, os.environ['PYTHONHOME'])\n"
    )
    environ = {"PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere", "PYTHONDONTWRITEBYTECODE": "1"}
    assert served_by_python(installed, **environ) == (
        0,
        "['PYTHONDONTWRITEBYTECODE']\nfor the session: /nowhere /nowhere\n",
        "",
    )


def test_damage_is_said_only_with_proof_and_so_never_for_ever(installed: Launcher) -> None:
    module = loader(installed)
    entry = module.parents[5]
    healthy = module.read_text()
    # Changed after it was installed: that is damage.
    module.write_text("import no_such_module\n")
    code, _, said = served_by_python(installed)
    assert (code, (entry / "ready").exists()) == (1, False)
    assert said == (
        f"./pants: the Pants installed in {entry} is damaged: {module} has other contents than it was installed with.\n"
        "  Run the same command again: it will be installed again.\n"
    )
    assert served_by_python(installed)[:2] == (0, f"server {PINNED} list\n")
    assert module.read_text() == healthy


def test_what_fails_without_damage_is_kept(installed: Launcher) -> None:
    # A file that no wheel has brought: here it stands for a library of the system that is broken.
    module = loader(installed)
    entry = module.parents[5]
    (module.parents[2] / "broken.pth").write_text("import sys; sys.modules['pants.bin'] = None\n")
    code, _, said = served_by_python(installed)
    assert code == 1
    assert said.startswith("./pants: Pants does not start: ModuleNotFoundError: ")
    assert f"\n  {entry} is as it was installed." in said
    assert "set PANTS_PYTHON to another Python 3.9" in said
    assert (entry / "ready").exists()
