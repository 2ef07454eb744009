"""The mirror of `docs-serve`: what Python and Sphinx make from its files."""

from __future__ import annotations

import py_compile
from pathlib import Path

import pytest

from devflow.sphinx_docs.sandbox.serve import Mirror


def test_a_module_that_changes_twice_in_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python would take the bytecode of the one before, if both have the same size."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.py").write_text("a = 1")
    spec = {"directory": "docs", "include": [], "exclude": [], "files": ["x.py"], "inputs": "inputs"}
    mirror = Mirror(spec, "mirror")
    mirror.update()
    compiled = py_compile.compile("mirror/x.py")
    assert compiled
    assert mirror.update() == (False, False)
    assert Path(compiled).exists()
    (tmp_path / "x.py").write_text("a = 2")
    assert mirror.update() == (True, False)
    assert not Path(compiled).exists()
