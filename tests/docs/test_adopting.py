"""The guide lists every backend that a repository can enable by itself."""

from __future__ import annotations

import re
from pathlib import Path

import devflow

GUIDE = Path.cwd() / "docs" / "adopting.md"


def test_it_lists_every_backend() -> None:
    [packages] = devflow.__path__
    backends = {f"devflow.{found.parent.name}" for found in Path(packages).glob("*/register.py")}
    assert len(backends) > 10
    rows = re.findall(r"^\| `(devflow\.\w+)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(backends)
