"""Where a new virtualenv gets its pip from: what an installation costs is ensurepip and pip, not the launcher.

Tests that are not about pip use a stand-in for it; tests that are get a copy of a real one, which ensurepip makes once.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from launcher.harness import Launcher

# The step of `bootstrap.py` that is replaced in the copy of a test.
_ENSUREPIP = 'self.run(self.python, "-I", "-m", "ensurepip", "--default-pip")'
_COPY = 'shutil.copytree({pip!r}, *self.venv.glob("lib/python3.*/site-packages"), dirs_exist_ok=True)'
# What pip does with wheels of one directory, without what it costs: neither options nor hashes are looked at.
_STAND_IN = """\
import os, re, shutil, sys, zipfile
command = next(word for word in sys.argv if word in ("wheel", "install"))
if command == "install":
    for wheel in (word for word in sys.argv if word.endswith(".whl")):
        zipfile.ZipFile(wheel).extractall(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.exit()
options = dict(word.partition("=")[::2] for word in sys.argv if word.startswith("--"))
wanted = " ".join(sys.argv)
if "--requirement" in options:
    with open(options["--requirement"]) as file:
        wanted += file.read()
found = os.environ["PIP_FIND_LINKS"]
os.makedirs(options["--wheel-dir"], exist_ok=True)
for name in os.listdir(found):
    distribution, version = name.split("-")[:2]
    # The one requirement of all of them is pex.
    if distribution == "pex" or re.search("%s==%s" % (distribution.replace(".", "[.-]"), re.escape(version)), wanted):
        shutil.copy(os.path.join(found, name), options["--wheel-dir"])
"""


def write_stand_in(directory: Path) -> Path:
    """A directory of modules, with the stand-in."""
    (directory / "pip").mkdir(parents=True)
    (directory / "pip" / "__init__.py").touch()
    (directory / "pip" / "__main__.py").write_text(_STAND_IN)
    return directory


def write_real(directory: Path) -> Path:
    """A directory of modules, with the pip that ensurepip brings."""
    subprocess.run([sys.executable, "-I", "-m", "venv", directory], check=True)
    [modules] = directory.glob("lib/python3.*/site-packages")
    return modules


def use_pip(launcher: Launcher, pip: Path) -> None:
    """Have the launcher copy this pip into what it installs from now on."""
    bootstrap = launcher.script.parent / "build-support" / "launcher" / "bootstrap.py"
    text = bootstrap.read_text()
    assert text.count(_ENSUREPIP) == 1
    bootstrap.write_text(text.replace(_ENSUREPIP, _COPY.format(pip=str(pip))))
