"""`package` and `check` on a small site, with the real Sphinx of two generations."""

from __future__ import annotations

from pathlib import Path

import pytest
from pants.core.goals.check import Check
from pants.core.goals.package import Package
from pants.testutil.rule_runner import RuleRunner

from sphinx_docs.conftest import Run


def page(runner: RuleRunner, name: str = "index.html", below: str = "dist/docs/html") -> str:
    return (Path(runner.build_root) / below / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("resolve", ["sphinx7", "sphinx8"])
def test_a_site_with_autodoc(runner: RuleRunner, run: Run, resolve: str) -> None:
    runner.write_files({"docs/BUILD": f"sphinx_docs(dependencies=['src/acme'], resolve='{resolve}')\n"})
    done = run(Package, "docs")
    assert done.exit_code == 0
    text = page(runner)
    assert "Start a job." in text
    assert "2015-2026" in text
    checked = run(Check, "docs")
    assert checked.exit_code == 0, checked.stderr
