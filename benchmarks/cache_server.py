"""BuildGrid, a server of the Remote Execution API, as a cache on the loopback interface."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scratch_repository import KEPT, PROJECT, BenchmarkError

_LOCKFILE = PROJECT / "benchmarks/buildgrid.lock"
_PATIENCE_S = 60
_POLL_S = 0.1


@contextmanager
def cache_server(directory: Path) -> Iterator[str]:
    """An empty cache for as long as the context: its address for Pants. Raises: BenchmarkError."""
    program = _installed()
    directory.mkdir(parents=True)
    port = _free_port()
    configuration = directory / "buildgrid.yml"
    configuration.write_text(_configuration(directory / "blobs", port))
    log = directory / "buildgrid.log"
    with log.open("wb") as output:
        command = [str(program), "server", "start", str(configuration)]
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise BenchmarkError(f"the cache server does not answer:\n{log.read_text()[-2000:]}")
            time.sleep(_POLL_S)
        yield f"grpc://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _installed() -> Path:
    """Its program, from a virtualenv in the user's cache directory that is made once for each lockfile."""
    key = hashlib.sha256(_LOCKFILE.read_bytes()).hexdigest()[:16]
    directory = KEPT / f"buildgrid-{key}"
    program = directory / "bin" / "bgd"
    whole = directory / "whole"  # a virtualenv does not work under another name, so it is not renamed into place
    if whole.exists():
        return program
    interpreter = shutil.which("python3.11")
    if interpreter is None:
        raise BenchmarkError("there is no python3.11 on PATH to install the cache server for; or: --no-remote-cache")
    subprocess.run([interpreter, "-m", "venv", "--clear", str(directory)], check=True)
    command = [str(directory / "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    done = subprocess.run([*command, "-r", str(_LOCKFILE)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"the cache server cannot be installed: {done.stderr}")
    whole.touch()
    return program


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _configuration(blobs: Path, port: int) -> str:
    return f"""\
server:
  - !channel
    address: 127.0.0.1:{port}
    insecure-mode: true
storages:
  - !disk-storage &blobs
    path: {json.dumps(str(blobs))}
caches:
  - !lru-action-cache &actions
    storage: *blobs
    max-cached-refs: 100000
    allow-updates: true
instances:
  - name: ""
    services:
      - !action-cache
        cache: *actions
      - !cas
        storage: *blobs
      - !bytestream
        storage: *blobs
"""
