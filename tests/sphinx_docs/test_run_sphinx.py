"""What the process of a build does before and after Sphinx: its environment, and the paths in what Sphinx says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devflow.sphinx_docs.plan import CARRIED, carried
from devflow.sphinx_docs.sandbox import run_sphinx


def test_the_environment_is_that_of_the_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    pants = {"LC_ALL": "de_DE", "PATH": "/usr/bin", "PEX_ROOT": "x", "PWD": "/here"}
    monkeypatch.setattr(os, "environ", {**carried({"LC_ALL": "C.UTF-8", "TZ": "UTC"}), **pants})
    run_sphinx.take_environment({"carried": CARRIED, "temporary": "work"})
    work = os.path.join(os.getcwd(), "work")
    assert os.environ == {
        "HOME": work,
        "LC_ALL": "C.UTF-8",
        "PATH": "",
        "PWD": "/here",
        "TMPDIR": work,
        "TZ": "UTC",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HERE/in/docs/a.rst:3: WARNING: x", "docs/a.rst:3: WARNING: x"),
        ("HERE/in", "."),
        ("HERE/made/doctrees", "made/doctrees"),
        ("No such file or directory: 'in/README.rst'", "No such file or directory: 'README.rst'"),
        ("\x1b[31mred\x1b[39;49;00m", "red"),
        ("<acme.A object at 0x7f00>, <function f at 0x7f01>", "<acme.A>, <function f>"),
        ("the register at 0x40", "the register at 0x40"),
    ],
)
def test_the_same_in_each_sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, expected: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_sphinx.plain(text.replace("HERE", os.getcwd()), "in") == expected
