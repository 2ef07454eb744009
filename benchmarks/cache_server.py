"""BuildGrid, a server of the Remote Execution API, as a cache or as a cluster on the loopback interface."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scratch_repository import KEPT, PROJECT, BenchmarkError

_LOCKFILE = PROJECT / "benchmarks/buildgrid.lock"
_WORKER = PROJECT / "benchmarks/cluster_worker.py"
_PATIENCE_S = 60
_POLL_S = 0.1


@contextmanager
def cache_server(directory: Path) -> Iterator[str]:
    """An empty cache for as long as the context: its address for Pants. Raises: BenchmarkError."""
    with _server(directory, executes=False) as port:
        yield f"grpc://127.0.0.1:{port}"


@dataclass(frozen=True)
class Cluster:
    """`log` has a line for each action that the worker has run."""

    address: str
    log: Path


@contextmanager
def cluster(directory: Path) -> Iterator[Cluster]:
    """A server with one worker, for as long as the context. Raises: BenchmarkError.

    The scheduler keeps its jobs in SQLite, which would give one job to two workers.
    """
    with _server(directory, executes=True) as port, ExitStack() as stack:
        log = directory / "worker.log"
        python = _installed().with_name("python")
        command = [str(python), str(_WORKER), f"127.0.0.1:{port}", str(directory / "jobs")]
        stack.enter_context(_running(command, log))
        yield Cluster(f"grpc://127.0.0.1:{port}", log)


@contextmanager
def _server(directory: Path, *, executes: bool) -> Iterator[int]:
    """Its port."""
    program = _installed()
    directory.mkdir(parents=True)
    port = _free_port()
    configuration = directory / "buildgrid.yml"
    configuration.write_text(_configuration(directory, port, executes=executes))
    log = directory / "buildgrid.log"
    with _running([str(program), "server", "start", str(configuration)], log) as server:
        deadline = time.monotonic() + _PATIENCE_S
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise BenchmarkError(f"the server does not answer:\n{log.read_text()[-2000:]}")
            time.sleep(_POLL_S)
        yield port


@contextmanager
def _running(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended with the context; what it says is in `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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


def _configuration(directory: Path, port: int, *, executes: bool) -> str:
    scheduler = f"""\
schedulers:
  - !sql-scheduler &jobs
    sql: !sql-connection
      connection-string: {json.dumps(f"sqlite:///{directory / 'jobs.db'}")}
      automigrate: yes
    storage: *blobs
    action-cache: *actions
"""
    execution = """\
      - !execution
        scheduler: *jobs
"""
    return f"""\
server:
  - !channel
    address: 127.0.0.1:{port}
    insecure-mode: true
storages:
  - !disk-storage &blobs
    path: {json.dumps(str(directory / "blobs"))}
caches:
  - !lru-action-cache &actions
    storage: *blobs
    max-cached-refs: 100000
    allow-updates: true
{scheduler if executes else ""}\
instances:
  - name: ""
    services:
{execution if executes else ""}\
      - !action-cache
        cache: *actions
      - !cas
        storage: *blobs
      - !bytestream
        storage: *blobs
"""
