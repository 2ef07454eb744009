"""The distribution is `pants-devflow`: the name `devflow` on the public index belongs to another project."""

from __future__ import annotations

import re
from pathlib import Path

PAGES = [Path("README.md"), *sorted(Path("docs").rglob("*.md")), Path("examples/devflow-example-plugin/README.md")]
# `"devflow"` alone is a backend, and right where no version and no `plugins =` is.
FOREIGN = re.compile(
    r"""plugins\b.*["']devflow["'=<>~!]|["'`]devflow(==|[<>~!]=?)|\bdevflow-[0-9].*\.whl|install devflow\b"""
)


def test_no_page_asks_for_the_distribution_of_somebody_else() -> None:
    assert len(PAGES) > 10
    found = [f"{page}: {line}" for page in PAGES for line in page.read_text().splitlines() if FOREIGN.search(line)]
    assert found == []


def test_the_pages_ask_for_ours() -> None:
    for page in ("README.md", "docs/adopting.md", "examples/devflow-example-plugin/README.md"):
        assert re.search(r'^plugins = \["pants-devflow==[0-9]', Path(page).read_text(), re.MULTILINE), page
