"""A process of the server of `docs-serve`, with a builder of the test in place of Sphinx."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

import devflow
from devflow.sphinx_docs.sandbox import serve as served

RUNNER = """\
import json, os, pathlib, sys, time
job = json.loads(sys.argv[1])
if sys.argv[2:] == ["wait"] and not sys.stdin.readline():
    sys.exit()
source, html = pathlib.Path(job["source"]), pathlib.Path(job["output"])
html.mkdir(exist_ok=True)
for page in source.rglob("*.rst"):
    (html / f"{page.stem}.html").write_text(page.read_text())
broken = (source / "broken.rst").exists()
while (source / "slow.rst").exists():
    time.sleep(0.1)
text = "docs/index.rst:1: WARNING: odd [some.kind]\\n" if "odd" in (source / "index.rst").read_text() else ""
failure = {"kind": "Sphinx error", "message": "no"} if broken else None
assert "PYTHONPATH" not in os.environ
json.dump({"warnings": text, "failure": failure, "links": [], "catalogs": []}, sys.stdout)
"""
JOB = {"root": "in", "source": "in/docs", "output": "html", "doctrees": "doctrees"}


def eventually(reached: Callable[[], Any]) -> Any:
    """What it gives when that is true."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = reached()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("never reached")


class Serving:
    """A server, and what it has printed."""

    def __init__(self, root: Path, **changes: Any) -> None:
        self.root = root
        self.printed = root / f"printed-{len([*root.glob('printed-*')])}.txt"
        self.spec = {
            "title": "docs:docs",
            "build_root": str(root),
            "runner": "runner.py",
            "inputs": "inputs",
            "job": JOB,
            "state": "state",
            "directory": "docs",
            "include": ["**/*"],
            "exclude": ["BUILD", "_build/**"],
            "files": ["VERSION", "made.py"],
            "port": 0,
            "watch": True,
            "open": False,
            "conf_py": "docs/conf.py",
            "resolve": "docs",
            "how_to_lock": "pants generate-lockfiles --resolve=docs",
            **changes,
        }
        package = str(Path(next(iter(devflow.__path__))).parent)
        with self.printed.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, served.__file__, json.dumps(self.spec)],
                env={**os.environ, "PYTHONPATH": package},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def text(self) -> str:
        return self.printed.read_text()

    def url(self) -> str:
        def found() -> str:
            assert self.process.poll() is None, self.text()
            return self.text().partition("Serving docs on ")[2].partition("\n")[0]

        return str(eventually(found))

    def builders(self) -> list[psutil.Process]:
        """The processes that build, or wait for the next change."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def page(self, name: str = "index.html") -> str:
        try:
            with urllib.request.urlopen(self.url() + name) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return str(error.code)
