"""The namespace packages that are named are those that Python does not import, wherever the other package is."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Collection
from itertools import product
from pathlib import Path

import pytest
from exec.repositories import EXPORT, command_facts, write

from devflow.exec.facts import CommandFacts
from devflow.exec.namespaces import hidden_namespaces

LIBRARY = f"{EXPORT}/lib/python3.9/site-packages"
DIRECTORIES = ("src", "lib", LIBRARY)  # in search order


def importable(of: CommandFacts, module: str) -> bool:
    path = [str(Path(of.build_root, one)) for one in DIRECTORIES]
    program = f"import sys; sys.path[:0] = {path}; import {module}"
    return not subprocess.run([sys.executable, "-IBc", program], capture_output=True, check=False).returncode


@pytest.mark.parametrize("regular", list(product([False, True], repeat=3)), ids=str)
def test_they_are_those_that_python_does_not_import(tmp_path: Path, regular: Collection[bool]) -> None:
    of = command_facts(tmp_path)
    for directory, is_regular in zip(DIRECTORIES, regular):
        write(tmp_path / directory / f"acme_x/in_{directory[:3]}.py", "")
        if is_regular:
            write(tmp_path / directory / "acme_x/__init__.py", "")
    found = hidden_namespaces(of)
    roots = [root for root, is_regular in zip(("src", "lib"), regular) if not is_regular]
    expected = [root for root in roots if not importable(of, f"acme_x.in_{root}")]
    assert [problem.what.partition("/")[0] for problem in found] == expected
    # The fixes lead to code that can be imported; the last edit wins where two directories are regular then.
    while found:
        added = re.match(r"add (\S+/__init__\.py), or ", found[0].fix)
        removed = re.search(r"remove (\S+/__init__\.py)$", found[0].fix)
        assert removed
        if added and len(found) == 1:
            write(tmp_path / added[1], "")
        else:
            (tmp_path / removed[1]).unlink()
        found = hidden_namespaces(of)
    assert all(importable(of, f"acme_x.in_{root}") for root in expected)


def test_a_directory_that_is_no_package(tmp_path: Path) -> None:
    write(tmp_path / "src/docs/deep/below/conf.py", "")
    write(tmp_path / "src/not-a-name/x.py", "")
    for name in ("docs", "not-a-name"):
        write(tmp_path / LIBRARY / name / "__init__.py", "")
    assert hidden_namespaces(command_facts(tmp_path, roots=("src", "no/such/root"))) == ()


def test_the_build_root_itself(tmp_path: Path) -> None:
    write(tmp_path / "acme/x.py", "")
    write(tmp_path / LIBRARY / "acme/__init__.py", "")
    [problem] = hidden_namespaces(command_facts(tmp_path, roots=(".",)))
    assert problem.what.startswith(f"acme has no __init__.py, so {LIBRARY}/acme/__init__.py hides it")
    assert problem.fix == f"add acme/__init__.py, or remove {LIBRARY}/acme/__init__.py"
