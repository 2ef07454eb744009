#!/usr/bin/env python3
"""Measure sites of `sphinx_docs` on this machine: `package` of unchanged docs, and `docs-serve`: docs/performance.md.

python3 benchmarks/sphinx_docs.py

It makes a scratch repository with caches and a daemon of its own, runs this project's Pants in it, and removes it. The
first run needs a package index. It judges and never fails because of a number.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from frame import options_of, run_in_repository
from results import Row, compare
from scratch_repository import KEPT, BenchmarkError, Resolve, Run, ScratchRepository

DOCS = Resolve("docs", "3rdparty/python/docs.lock", "3.11")
PAGES = 100
SOURCES = 5_000
CHANGED = "page7"
START_LIMIT_S = 120.0


def prepare(root: Path) -> None:
    """A site with a module that it documents, and other sources, which have a target, too."""
    docs, src = root / "docs", root / "src"
    docs.mkdir()
    (docs / "BUILD").write_text('sphinx_docs(dependencies=["src/acme"])\n')
    (docs / "conf.py").write_text('project = "acme"\nextensions = ["sphinx.ext.autodoc"]\n')
    pages = "\n".join(f"   page{number}" for number in range(PAGES))
    (docs / "index.rst").write_text(f"Acme\n====\n\n.. toctree::\n\n{pages}\n\n.. automodule:: acme\n   :members:\n")
    for number in range(PAGES):
        text = f"See :doc:`page{(number + 1) % PAGES}`, and this.\n\n" * 20
        (docs / f"page{number}.rst").write_text(f"Page {number}\n========\n\n{text}")
    (src / "acme").mkdir(parents=True)
    (src / "acme" / "BUILD").write_text("python_sources()\n")
    (src / "acme" / "__init__.py").write_text('"""Acme."""\n\ndef start() -> None:\n    """Start."""\n')
    for number in range(SOURCES):
        file = src / f"part{number // 100}" / f"module{number}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"VALUE = {number}\n")
        (file.parent / "BUILD").write_text("python_sources()\n")


def packaged(scratch: ScratchRepository, runs: int) -> Row:
    """`package` of an unchanged site, in turn with a trivial goal."""
    ours: list[Run] = []
    floor: list[Run] = []
    for number in range(runs + 1):
        trivial = scratch.run("list", "//:configuration")
        run = scratch.run("package", "docs")
        if not (scratch.build_root / "dist" / "docs" / "html" / f"{CHANGED}.html").is_file():
            raise BenchmarkError("there is no site")
        if number:  # the first one builds it
            ours.append(run)
            floor.append(trivial)
    case = f"package, {PAGES} pages unchanged, {SOURCES:,} other files"
    return compare(case, ours, "a trivial goal", floor, at_most=1.3)


def served(scratch: ScratchRepository, runs: int) -> Row:
    """From an edit until the page is served, in turn with an incremental `sphinx-build` of the same edit."""
    scratch.run("export-all-resolves", "--include=docs")
    [python] = scratch.build_root.glob("dist/export/python/virtualenvs/docs/*/bin/python")
    by_hand = scratch.build_root.parent / "by-hand"
    shutil.copytree(scratch.build_root / "docs", by_hand / "docs")
    command = [str(python), "-m", "sphinx", "-q", "-b", "html", "-d", "doctrees", "docs", "html"]
    environment = {**os.environ, "PYTHONPATH": str(scratch.build_root / "src")}
    subprocess.run(command, cwd=by_hand, env=environment, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    page = f"http://127.0.0.1:{port}/{CHANGED}.html"
    process = scratch.start("docs-serve", f"--port={port}", "docs")
    ours: list[Run] = []
    alone: list[Run] = []
    try:
        wait_for(page, "Page 7", START_LIMIT_S)
        for number in range(runs + 1):
            word = f"word-{number}-{time.time_ns()}"
            time.sleep(2)  # a person reads
            start = time.perf_counter()
            append(scratch.build_root / "docs" / f"{CHANGED}.rst", word)
            wait_for(page, word, START_LIMIT_S)
            ours.append(Run(time.perf_counter() - start, None, ""))
            time.sleep(2)
            start = time.perf_counter()
            append(by_hand / "docs" / f"{CHANGED}.rst", word)
            subprocess.run(command, cwd=by_hand, env=environment, check=True)
            alone.append(Run(time.perf_counter() - start, None, ""))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
    case = f"docs-serve, one of {PAGES} pages changed"
    return compare(case, ours[1:], "sphinx-build, incremental", alone[1:], at_most=1.5)


def append(file: Path, word: str) -> None:
    """One more paragraph."""
    with file.open("a", encoding="utf-8") as page:
        page.write(f"\n{word}\n")


def wait_for(page: str, text: str, limit_s: float) -> None:
    """Until the page has the text. Raises: BenchmarkError."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        try:
            with opener.open(page) as answer:
                if text in answer.read().decode():
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.01)
    raise BenchmarkError(f"{page} has no {text!r}")


def measure(scratch: ScratchRepository, runs: int) -> Iterator[Row]:
    """Each case."""
    prepare(scratch.build_root)
    scratch.take_wheels(KEPT / "wheels")
    yield packaged(scratch, runs)
    yield served(scratch, runs)


def main() -> int:
    """The exit code."""
    options = options_of("Measure sphinx_docs.", runs=15).parse_args()
    return run_in_repository(options, [DOCS], lambda scratch: measure(scratch, options.runs))


if __name__ == "__main__":
    sys.exit(main())
