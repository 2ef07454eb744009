"""Interpreters in the output of pex, as it was printed by pex 2.1.137, and which of them constraints allow."""

from __future__ import annotations

import pytest
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints

from devflow.common.interpreters import found_none
from devflow.engine.python.resolves import NoPythonError, meets_all

PREAMBLE = "Could not find a compatible interpreter.\n\n"
WORKING = """\
Examined the following working interpreters:
1.)  /opt/3.11.7/bin/python3.11 CPython==3.11.7
2.)    /opt/2.7.18/bin/python2.7 CPython==2.7.18

"""
BROKEN = """\
1.) /opt/bin/python3:
error while loading shared libraries: libpython3.so: cannot open
2.) /opt/bin/python3.12:
Fatal Python error: init_fs_encoding: failed
Python runtime state: core initialized
3.) /opt/pyenv/shims/python2:
pyenv: python2: command not found

The `python2' command exists in these Python versions:
  2.7.18
4.) /opt/pyenv/shims/python3.13:
The pyenv shim at /opt/pyenv/shims/python3.13 is not active.

(See https://github.com/pantsbuild/pex/issues/1027 for a list of known breaks and workarounds.)
"""
SOME = f"""\
{PREAMBLE}{WORKING}Skipped the following broken interpreters:
{BROKEN}
No working interpreter compatible with the requested constraints was found:

  Version matches CPython==3.12.*
"""
ONLY_BROKEN = f"{PREAMBLE}Interpreters were found but they all appear to be broken:\n{BROKEN}"
NONE = f"{PREAMBLE}No interpreters could be found on the system."
WHERE = "where [python-bootstrap].search_path finds it (by default: on PATH, and in pyenv's versions)"
CHANGE = "or change [python.resolves_to_interpreter_constraints] in pants.toml"
UNUSABLE = " /opt/bin/{} is there, and pex cannot use it: {}."
FATAL = UNUSABLE.format(
    "python3.12", "Fatal Python error: init_fs_encoding: failed Python runtime state: core initialized"
)
LIBRARY = UNUSABLE.format("python3", "error while loading shared libraries: libpython3.so: cannot open")


@pytest.mark.parametrize(
    ("constraint", "output", "seen", "install"),
    [
        ("==3.12.*", SOME, FATAL, "3.12"),
        ("==3.12.*", ONLY_BROKEN, FATAL, "3.12"),
        ("==3.12.*", NONE, "", "3.12"),
        # Upgraded away: what `pyenv install 3.11` gives would not fit, either.
        ("==3.11.4", SOME, " The nearest is 3.11.7: /opt/3.11.7/bin/python3.11.", "3.11.4"),
        (">=3.11.2,<3.11.6", SOME, " The nearest is 3.11.7: /opt/3.11.7/bin/python3.11.", "3.11.5"),
        # One without a version in its name may be the one; a shim is none.
        ("==3.13.*", SOME, LIBRARY, "3.13"),
    ],
)
def test_what_is_said_of_the_interpreters_that_are_there(constraint: str, output: str, seen: str, install: str) -> None:
    assert found_none(output)
    constraints = InterpreterConstraints([constraint])
    error = NoPythonError("app", constraints, output)
    [wanted] = map(str, constraints)
    assert error.shared.what == f"No Python interpreter on this machine matches {wanted}.{seen}"
    system = "" if install.count(".") > 1 else f", or your system's package python{install}"
    assert error.shared.fix == (f"`uv python install {install}`, `pyenv install {install}`{system}, {WHERE}; {CHANGE}")


OLD_PEX = f"""\
{PREAMBLE}{WORKING}Skipped the following broken interpreters:
1.) /opt/bin/python3.12:
Traceback (most recent call last):
  File "<string>", line 4, in <module>
  File "/caches/pex_root/isolated/37/pex/atomic_directory.py", line 23, in <module>
    from pex.third_party import attr
ImportError: cannot import name 'attr' from 'pex.third_party' (/caches/pex_root/isolated/37/pex/third_party/__init__.py)

No working interpreter compatible with the requested constraints was found:

  Version matches CPython==3.12.*
"""


def test_a_python_that_is_too_new_for_pex() -> None:
    """A traceback says nothing to a user, and another interpreter of that version would not help."""
    error = NoPythonError("app", InterpreterConstraints(["==3.12.*"]), OLD_PEX)
    assert "Traceback" not in error.shared.what
    assert "/opt/bin/python3.12 is there, and pex cannot use it: ImportError: cannot import name" in error.shared.what
    assert error.shared.fix == (
        "set [GLOBAL].pants_version in pants.toml to a newer release, whose pex knows this Python; " + CHANGE
    )


def test_a_traceback_that_is_cut_off() -> None:
    cut = OLD_PEX.partition("  File ")[0] + OLD_PEX.partition("third_party/__init__.py)")[2]
    error = NoPythonError("app", InterpreterConstraints(["==3.12.*"]), cut)
    assert "/opt/bin/python3.12 is there, and pex cannot use it: Traceback" in error.shared.what
    assert error.shared.fix.startswith("`uv python install 3.12`")


def test_another_failure_is_none_of_these() -> None:
    assert not found_none("Failed to resolve requirements")


@pytest.mark.parametrize(
    ("constraints", "version", "expected"),
    [
        (["CPython==3.13.7"], "3.13.7", True),
        (["CPython==3.13.7"], "3.13.0", False),
        (["CPython>=3.9", "CPython<3.13"], "3.11.7", True),
        # Pants would take it, because it meets one of them.
        (["CPython>=3.9", "CPython<3.13"], "3.13.0", False),
        (["CPython>=3.14"], "3.14.0rc1", False),
        (["CPython>=3.13"], "3.14.0rc1", True),
        ([], "3.9.1", True),
    ],
)
def test_uv_wants_each_constraint_to_be_met(constraints: list[str], version: str, expected: bool) -> None:
    assert meets_all(InterpreterConstraints(constraints), version) is expected
