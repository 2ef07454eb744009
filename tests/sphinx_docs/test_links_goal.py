"""`docs-links`: references without a network, and URLs of a server of the test."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pants.testutil.rule_runner import RuleRunner

from devflow.sphinx_docs.links_goal import DocsLinks
from sphinx_docs.conftest import Run


class Pages(BaseHTTPRequestHandler):
    """`/here` is there."""

    def do_GET(self) -> None:  # noqa: N802
        self.send_response(200 if self.path == "/here" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


@pytest.fixture()
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


@pytest.mark.parametrize("resolve", ["sphinx7", "sphinx8"])
def test_references(runner: RuleRunner, run: Run, resolve: str) -> None:
    runner.write_files({"docs/BUILD": f"sphinx_docs(resolve='{resolve}', dependencies=['src/acme'])\n"})
    fine = run(DocsLinks)
    assert (fine.exit_code, fine.stdout, fine.stderr) == (0, "", "docs:docs: no broken links\n")
    runner.write_files(
        {
            "docs/guide/a.rst": "A page\n===\n\n:doc:`gone` :ref:`nowhere` :py:func:`acme.jobs.stop` gone_\n",
            "docs/orphan.rst": "Orphan\n======\n",
        }
    )
    found = run(DocsLinks, "docs")
    assert found.exit_code == 1, found.stderr
    lines = found.stdout.splitlines()
    assert len(lines) == 4, "a short underline and a page without a parent are no broken links"
    assert all(line.startswith("docs/guide/a.rst:4: ") for line in lines)
    assert found.stderr == "docs:docs: 4 broken links\n"
    document = json.loads(run(DocsLinks, "--format=json", "docs").stdout)
    assert document["mode"] == "internal"
    assert {"site": "docs:docs", "where": "docs/guide/a.rst:4", "why": "undefined label: 'nowhere' [ref.ref]"} in (
        document["results"]
    )


def test_servers(runner: RuleRunner, run: Run, server: str) -> None:
    runner.write_files({"docs/guide/a.rst": f"A page\n======\n\n`Here <{server}/here>`_, `gone <{server}/gone>`_\n"})
    found = run(DocsLinks, "--external", "docs")
    assert found.exit_code == 1, found.stderr
    [line] = found.stdout.splitlines()
    assert line.startswith(f"docs/guide/a.rst:4: broken: {server}/gone: 404")
    assert found.stderr == "docs:docs: 1 broken link\n"


def test_each_site_that_fails_is_named(runner: RuleRunner, run: Run) -> None:
    runner.write_files({"docs/conf.py": "1 / 0", "other/BUILD": "sphinx_docs()", "other/conf.py": "import gone"})
    found = run(DocsLinks)
    assert found.exit_code == 1
    assert "docs-links: docs:docs: Sphinx failed: Configuration error: " in found.stderr
    assert "ZeroDivisionError: division by zero\n  Fix: correct docs/conf.py\n" in found.stderr
    assert "docs-links: other:other: Sphinx failed: Configuration error: " in found.stderr
    assert "Traceback" not in found.stderr
