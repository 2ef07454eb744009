"""Serves a site on the loopback interface, and builds it again when a file changes: `python serve.py SPEC`.

Runs in the virtualenv of Sphinx. The site is built from a mirror, so that nothing of a build, such as
a compiled catalog, gets into the work tree; and by a process of its own each time, so that changed code is imported.
The next one waits already, with Sphinx imported.
SPEC is JSON: `title`; `build_root`, which other paths are relative to; `runner` and `job` (run_sphinx.py); `state`, the
directory for the mirror and what is built; `directory`, `include` and `exclude`, the globs of the site; `files`, other
files of the repository; `inputs`, where those of them are that are generated; `port`; `watch`; `open`; `conf_py`;
`resolve` and `how_to_lock`, for messages.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
import webbrowser
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

from devflow.common.paths import shown_fact
from devflow.common.removal.trees import remove
from devflow.sphinx_docs.answer import answer_of, report_lines
from devflow.sphinx_docs.failures import why_it_failed
from devflow.sphinx_docs.sandbox.mirror import Mirror

HOST = "127.0.0.1"
PORTS_TO_TRY = 11
_POLL_S = 0.1
_REST = 10  # times the duration of one scan of all files: for a large site, longer than a tenth of a second


def tell(*lines: str) -> None:
    """Print lines to the user's terminal."""
    for line in lines:
        print(shown_fact(line), flush=True)


class Handler(SimpleHTTPRequestHandler):
    """Serves files, uncached, to browsers of this machine that request them by a local host name."""

    def send_head(self) -> Any:
        """Refuse a foreign host name that resolves to this machine."""
        name = (self.headers.get("Host") or "").rpartition(":")[0] or self.headers.get("Host")
        if name not in (HOST, "localhost"):
            self.send_error(403, "This server answers to 127.0.0.1 and localhost.")
            return None
        return super().send_head()

    def end_headers(self) -> None:
        """Forbid caching, so that the browser shows changed pages."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


class Builder:
    """Builds the site from its mirror, with what Sphinx remembers of the build before."""

    def __init__(self, spec: dict[str, Any], state: str) -> None:
        self.spec, self.job, self.state = spec, spec["job"], state
        self.runner = os.path.abspath(spec["runner"])
        self.html = os.path.join(state, self.job["output"])
        self._next: subprocess.Popen[bytes] | None = None

    def start_anew(self) -> None:
        """Remove the previous build, which has pages of removed files."""
        for directory in (self.html, os.path.join(self.state, self.job["doctrees"])):
            remove(os.path.abspath(directory))

    def make_ready(self) -> subprocess.Popen[bytes]:
        """Start the process of the next build, which waits for it."""
        # PYTHONPATH has modules of this project.
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        pipe = subprocess.PIPE
        command = [sys.executable, self.runner, json.dumps(self.job), "wait"]
        self._next = subprocess.Popen(command, cwd=self.state, env=env, stdin=pipe, stdout=pipe, stderr=pipe)  # noqa: S603
        return self._next

    def close(self) -> None:
        """End the process that builds, or waits."""
        if self._next:
            self._next.kill()
            self._next.wait()

    def build(self) -> bool:
        """Build, and print the warnings. False if Sphinx failed."""
        ready = self._next if self._next and self._next.poll() is None else self.make_ready()
        printed, said = ready.communicate(b"\n")
        os.makedirs(self.html, exist_ok=True)
        try:
            answer = answer_of(printed.decode(), self.spec["directory"])
        except ValueError:
            tell(f"{self.spec['title']}: Sphinx was ended: {said.decode(errors='replace')[-2000:]!r}")
            return False
        tell(*report_lines(answer.warnings, self.spec["resolve"]))
        if answer.failure:
            spec = self.spec
            of_site = (spec["title"], spec["conf_py"], answer.failure, spec["resolve"], spec["how_to_lock"])
            tell(*str(why_it_failed(*of_site)).splitlines())
            return False
        tell(f"Built {self.spec['title']}: {len(answer.warnings)} warning{'' if len(answer.warnings) == 1 else 's'}.")
        return True


def free_state(directory: str) -> tuple[str, IO[str]]:
    """The directory, or one beside it, that no server uses, and its lock, which ends with this process."""
    for number in itertools.count(1):
        own = directory if number == 1 else f"{directory}~{number}"
        os.makedirs(own, exist_ok=True)
        lock = open(os.path.join(own, "lock"), "w", encoding="utf-8")  # noqa: SIM115
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return own, lock
    raise AssertionError


def listen(port: int, directory: str) -> ThreadingHTTPServer:
    """A server on this port, or on one of the next ten if it is taken. Raises: OSError."""
    numbers = range(port, min(port + PORTS_TO_TRY, 65536)) if port else (0,)
    for number in numbers:
        try:
            return ThreadingHTTPServer((HOST, number), partial(Handler, directory=directory))
        except OSError:
            if number == numbers[-1]:
                raise
    raise AssertionError


def end_at_once(*_: object) -> None:
    """Handle a signal, and ignore further ones. Raises: KeyboardInterrupt."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(text: str) -> int:
    """Serve until a signal or the end of the parent process."""
    spec = json.loads(text)
    parent = os.getppid()
    os.chdir(spec["build_root"])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end_at_once)
    state, lock = free_state(spec["state"])
    builder = Builder(spec, state)
    with lock, contextlib.closing(builder):
        try:
            server = listen(spec["port"], builder.html)
        except OSError as error:
            tell(
                f"docs-serve: No port from {spec['port']} on can be used: {error.strerror or error}.",
                "  Fix: add --port=0, for one that is free",
            )
            return 1
        with server:
            return serve(spec, state, builder, server, parent)


def serve(spec: dict[str, Any], state: str, builder: Builder, server: ThreadingHTTPServer, parent: int) -> int:
    """Build, serve, and build again."""
    mirror = Mirror(spec, os.path.join(state, spec["job"]["root"]))
    record = Path(state, "job.json")
    same_job = record.exists() and record.read_text(encoding="utf-8") == json.dumps(spec["job"])
    mirror.update()
    if mirror.sweep() or not same_job:
        builder.start_anew()
    record.write_text(json.dumps(spec["job"]), encoding="utf-8")
    if not builder.build() and not spec["watch"]:
        return 1
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://{HOST}:{server.server_address[1]}/"
    tell(f"Serving docs on {url}")
    if spec["open"]:
        webbrowser.open(url)
    if spec["watch"]:
        builder.make_ready()
    pause_s = _POLL_S
    while os.getppid() == parent:
        time.sleep(pause_s)
        begin = time.monotonic()
        changed, gone = mirror.update() if spec["watch"] else (False, False)
        pause_s = max(_POLL_S, _REST * (time.monotonic() - begin))
        if gone:
            builder.start_anew()
        if changed:
            builder.build()
            builder.make_ready()
    server.shutdown()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(130)
