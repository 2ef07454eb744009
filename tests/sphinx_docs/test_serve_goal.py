"""`docs-serve` with the real Sphinx: what the goal gives the server, and how it ends."""

from __future__ import annotations

import signal
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pants.testutil.option_util import create_options_bootstrapper
from pants.testutil.rule_runner import RuleRunner, mock_console

from devflow.sphinx_docs.serve_goal import DocsServe
from sphinx_docs.conftest import CONF, Run


def server() -> psutil.Process:
    """The server that this process has started, when it listens."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        for child in psutil.Process().children(recursive=True):
            try:
                if any("serve.py" in word for word in child.cmdline()) and child.connections():
                    return child
            except psutil.Error:
                continue
        time.sleep(0.1)
    raise AssertionError("no server")


def first_page(process: psutil.Process) -> str:
    """The first page, as this server serves it."""
    [listening, *_] = [one for one in process.connections() if one.status == psutil.CONN_LISTEN]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://{listening.laddr.ip}:{listening.laddr.port}/index.html") as answer:
        return str(answer.read().decode())


@pytest.fixture()
def seen(runner: RuleRunner) -> Iterator[list[str]]:
    """Pages that were read while the goal ran, before and after an edit."""
    pages: list[str] = []

    def look() -> None:
        process = server()
        try:
            pages.append(first_page(process))
            runner.write_files({"src/acme/jobs.py": '"""Other jobs."""\n'})
            until = time.monotonic() + 120
            while "Other jobs." not in pages[-1] and time.monotonic() < until:
                time.sleep(0.1)
                pages.append(first_page(process))
        finally:
            process.send_signal(signal.SIGINT)

    thread = threading.Thread(target=look)
    thread.start()
    yield pages
    thread.join()


def test_a_site_is_served_and_built_again(runner: RuleRunner, run: Run, seen: list[str]) -> None:
    runner.write_files(
        {
            "docs/BUILD": "sphinx_docs(dependencies=['src/acme'], sources=['**/*', '!BUILD', '!*.txt'])\n",
            "docs/conf.py": CONF + "locale_dirs = ['locales']\ngettext_compact = False\n",
            "docs/locales/ko/LC_MESSAGES/index.po": 'msgid "Jobs."\nmsgstr "일."\n',
        }
    )
    with mock_console(create_options_bootstrapper()) as (_, terminal):
        done = run(DocsServe, "--port=0", "--language=ko", "docs")
        printed = terminal.get_stdout()
    assert done.exit_code == 130, (done.stderr, printed)
    assert printed.startswith("Built docs:docs: 0 warnings.\nServing docs on http://127.0.0.1:")
    assert "일." in seen[0]
    assert "Start a job." in seen[0]
    assert "Other jobs." in seen[-1]
    assert not list(Path(runner.build_root, "docs").rglob("*.mo"))


def follow(run: Run, *args: str) -> str:
    """Serve until the first page is read, and return it."""
    pages: list[str] = []

    def look() -> None:
        process = server()
        try:
            pages.append(first_page(process))
        finally:
            process.send_signal(signal.SIGINT)

    looks = threading.Thread(target=look)
    looks.start()
    with mock_console(create_options_bootstrapper()):
        assert run(DocsServe, *args).exit_code == 130
    looks.join()
    return pages[0]


def test_one_site_only(runner: RuleRunner, run: Run) -> None:
    runner.write_files({"other/BUILD": "sphinx_docs()", "other/conf.py": ""})
    refused = run(DocsServe)
    assert refused.exit_code == 1
    assert refused.stderr == (
        "docs-serve: One site can be served, and there are 2.\n  Fix: name one of them: docs:docs, other:other\n"
    )
    assert "Start a job." in follow(run, "--port=0", "docs:docs")


@pytest.mark.parametrize(
    ("wrong", "said", "right"),
    [
        (
            "--port=65536",
            "--port=65536: ports go from 0 to 65535.\n  Fix: name another: --port=8080",
            ("--port=8080",),
        ),
        (
            "--language=../ko",
            "--language=../ko: this is not the name of a language.\n"
            "  Fix: use letters, digits, `.`, `_` and `-`: --language=ko",
            ("--language=ko", "--port=0"),
        ),
    ],
)
def test_an_option_that_is_refused(runner: RuleRunner, run: Run, wrong: str, said: str, right: tuple[str, ...]) -> None:
    refused = run(DocsServe, wrong)
    assert (refused.exit_code, refused.stderr) == (1, f"docs-serve: {said}\n")
    assert "Start a job." in follow(run, *right)
