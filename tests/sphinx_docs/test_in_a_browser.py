"""A site in a real browser: its title, a link that is followed, and a search."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from pants.core.goals.package import Package
from pants.testutil.rule_runner import RuleRunner

from sphinx_docs.conftest import Run


def opened(page: Path, tmp_path: Path, query: str = "") -> str:
    """The document as the browser has it after its scripts have run."""
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",  # CI is root
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={tmp_path}/profile",
        "--virtual-time-budget=10000",
        "--dump-dom",
        page.as_uri() + query,
    ]
    env = {**os.environ, "HOME": str(tmp_path)}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout


@pytest.mark.needs("chromium")
def test_title_link_and_search(runner: RuleRunner, run: Run, tmp_path: Path) -> None:
    assert run(Package, "docs").exit_code == 0
    html = Path(runner.build_root, "dist/docs/html")
    first = opened(html / "index.html", tmp_path)
    assert re.search(r"<title>Acme — acme\s*documentation</title>", first)
    [link] = set(re.findall(r'href="([^"#]+)">A page</a>', first))
    assert "<h1>A page" in opened(html / link, tmp_path)
    form = re.search(r'<form [^>]*action="(search.html)"', first)
    assert form
    assert 'name="q"' in first
    found = opened(html / form[1], tmp_path, "?q=start")
    assert '<a href="index.html#acme.jobs.start"' in found.partition('class="search"')[2], found
