"""Ctrl-C in the programs that run without Pants: no traceback, in whichever moment."""

from __future__ import annotations

import signal
import subprocess
import sys
from types import ModuleType

import pytest

from devflow.doctor import __main__ as doctor
from devflow.plain.settings import without_pants
from devflow.reset_cache import __main__ as reset_cache

PROGRAMS = (doctor, reset_cache)
# The program, which is interrupted as soon as it imports a module or calls a function.
_PROGRAM = """
import os, runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
program, module, function = sys.argv[1:]

def interrupt(*_, **__):
    os.kill(os.getpid(), signal.SIGINT)

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == module and not function:
            interrupt()

sys.meta_path.insert(0, Finder())
if function:
    __import__(module)
    setattr(sys.modules[module], function, interrupt)
sys.argv = [program]
runpy.run_module(program, run_name="__main__", alter_sys=True)
"""


def interrupted(program: ModuleType, module: str, function: str = "") -> tuple[int, str]:
    """The exit code, which is negative for a signal, and what is on standard error."""
    command = [sys.executable, "-c", _PROGRAM, str(program.__package__), module, function]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stderr


@pytest.mark.parametrize("module", ["argparse", "devflow.common.options", "devflow.plain.command"])
@pytest.mark.parametrize("program", PROGRAMS, ids=["doctor", "reset-cache"])
def test_during_the_imports(program: ModuleType, module: str) -> None:
    assert interrupted(program, module) == (-signal.SIGINT, "")


@pytest.mark.parametrize(("program", "goal"), zip(PROGRAMS, ["doctor", "reset-cache"]), ids=["doctor", "reset-cache"])
def test_during_the_run(program: ModuleType, goal: str) -> None:
    code, said = interrupted(program, without_pants.__name__, "find_build_root")
    assert code == 130
    assert said.startswith(f"{goal}: interrupted. ")
    assert said.count("\n") == 1
