"""A worker of a cluster: takes actions from BuildGrid, runs each in a directory of its own, and uploads what it makes.

It is run by the Python of BuildGrid's virtualenv, whose messages it uses:

    cluster_worker.py ADDRESS DIRECTORY

One line on stdout for each action: its exit code and its command. No sandbox: what an action may read is up to the user
who runs this.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

# These are installed with BuildGrid only.
grpc: Any = import_module("grpc")
_PROTOS = "buildgrid._protos"
re_pb2: Any = import_module(f"{_PROTOS}.build.bazel.remote.execution.v2.remote_execution_pb2")
re_grpc: Any = import_module(f"{_PROTOS}.build.bazel.remote.execution.v2.remote_execution_pb2_grpc")
bytestream_pb2: Any = import_module(f"{_PROTOS}.google.bytestream.bytestream_pb2")
bytestream_pb2_grpc: Any = import_module(f"{_PROTOS}.google.bytestream.bytestream_pb2_grpc")
bots_pb2: Any = import_module(f"{_PROTOS}.google.devtools.remoteworkers.v1test2.bots_pb2")
bots_pb2_grpc: Any = import_module(f"{_PROTOS}.google.devtools.remoteworkers.v1test2.bots_pb2_grpc")

_OK = 1  # of BotStatus
_ACTIVE, _COMPLETED = 2, 4  # of LeaseState
_LONG_POLL_S = 60
_OWN_VARIABLES = ("HOME", "PATH", "PYENV_ROOT")
_BATCH_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 20


class Store:
    """The blobs of the server."""

    def __init__(self, channel: Any) -> None:
        self._cas = re_grpc.ContentAddressableStorageStub(channel)
        self._stream = bytestream_pb2_grpc.ByteStreamStub(channel)

    def read(self, digest: Any) -> bytes:
        """The content of a blob."""
        if not digest.size_bytes:
            return b""
        if digest.size_bytes <= _BATCH_BYTES:
            request = re_pb2.BatchReadBlobsRequest(digests=[digest])
            [answer] = self._cas.BatchReadBlobs(request).responses
            if answer.status.code:
                raise OSError(f"blob {digest.hash}: {answer.status.message}")
            return bytes(answer.data)
        request = bytestream_pb2.ReadRequest(resource_name=f"blobs/{digest.hash}/{digest.size_bytes}")
        return b"".join(answer.data for answer in self._stream.Read(request))

    def message(self, digest: Any, kind: Any) -> Any:
        """The message that a blob holds."""
        return kind.FromString(self.read(digest))

    def write(self, content: bytes) -> Any:
        """Upload a blob; its digest."""
        digest = re_pb2.Digest(hash=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
        missing = self._cas.FindMissingBlobs(re_pb2.FindMissingBlobsRequest(blob_digests=[digest]))
        if not missing.missing_blob_digests:
            return digest
        if len(content) <= _BATCH_BYTES:
            blob = re_pb2.BatchUpdateBlobsRequest.Request(digest=digest, data=content)
            [answer] = self._cas.BatchUpdateBlobs(re_pb2.BatchUpdateBlobsRequest(requests=[blob])).responses
            if answer.status.code:
                raise OSError(f"blob {digest.hash}: {answer.status.message}")
        else:
            self._stream.Write(_chunks(digest, content))
        return digest


def _chunks(digest: Any, content: bytes) -> Iterator[Any]:
    name = f"uploads/{uuid.uuid4()}/blobs/{digest.hash}/{digest.size_bytes}"
    for start in range(0, len(content), _CHUNK_BYTES):
        data = content[start : start + _CHUNK_BYTES]
        last = start + len(data) == len(content)
        yield bytestream_pb2.WriteRequest(resource_name=name, write_offset=start, data=data, finish_write=last)


def _lay_out(store: Store, digest: Any, path: Path) -> None:
    """Make the tree of a directory."""
    path.mkdir(parents=True, exist_ok=True)
    directory = store.message(digest, re_pb2.Directory)
    for file in directory.files:
        (path / file.name).write_bytes(store.read(file.digest))
        (path / file.name).chmod(0o755 if file.is_executable else 0o644)
    for link in directory.symlinks:
        (path / link.name).symlink_to(link.target)
    for child in directory.directories:
        _lay_out(store, child.digest, path / child.name)


def _tree(store: Store, path: Path, children: list[Any]) -> Any:
    """Upload what a directory holds; the message of the directory. `children` gets those of the ones below."""
    directory = re_pb2.Directory()
    for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
        if entry.is_symlink():
            directory.symlinks.add(name=entry.name, target=os.readlink(entry.path))
        elif entry.is_dir():
            child = _tree(store, Path(entry.path), children)
            children.append(child)
            directory.directories.add(name=entry.name, digest=store.write(child.SerializeToString()))
        else:
            digest = store.write(Path(entry.path).read_bytes())
            directory.files.add(name=entry.name, digest=digest, is_executable=os.access(entry.path, os.X_OK))
    return directory


def run(store: Store, action: Any, directory: Path) -> Any:
    """Run an action in this directory, which is made and removed; its result."""
    command = store.message(action.command_digest, re_pb2.Command)
    try:
        _lay_out(store, action.input_root_digest, directory)
        work = directory / command.working_directory
        outputs = command.output_paths or [*command.output_files, *command.output_directories]
        for output in outputs:
            (work / output).parent.mkdir(parents=True, exist_ok=True)
        # Pants asks a worker for its environment, and finds interpreters by it.
        environment = {name: os.environ[name] for name in _OWN_VARIABLES if name in os.environ}
        environment.update((variable.name, variable.value) for variable in command.environment_variables)
        try:
            done = subprocess.run(
                list(command.arguments), cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True
            )
            code, stdout, stderr = done.returncode, done.stdout, done.stderr
        except OSError as error:
            code, stdout, stderr = 127, b"", f"{error}\n".encode()
        print(code, " ".join(command.arguments)[:300].replace("\n", " "), flush=True)
        result = re_pb2.ActionResult(
            exit_code=code, stdout_digest=store.write(stdout), stderr_digest=store.write(stderr)
        )
        for output in outputs:
            _add_output(store, result, output, work / output)
        return result
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _add_output(store: Store, result: Any, name: str, path: Path) -> None:
    if path.is_dir():
        children: list[Any] = []
        root = _tree(store, path, children)
        tree = re_pb2.Tree(root=root, children=children)
        for message in (root, *children):
            store.write(message.SerializeToString())
        result.output_directories.add(path=name, tree_digest=store.write(tree.SerializeToString()))
    elif path.is_file():
        digest = store.write(path.read_bytes())
        result.output_files.add(path=name, digest=digest, is_executable=os.access(path, os.X_OK))


def work(address: str, directory: Path) -> None:
    """Take one action after the other, until the server goes away."""
    channel = grpc.insecure_channel(address)
    store, bots = Store(channel), bots_pb2_grpc.BotsStub(channel)
    session = bots_pb2.BotSession(bot_id=str(uuid.uuid4()), status=_OK)
    session = bots.CreateBotSession(bots_pb2.CreateBotSessionRequest(bot_session=session), timeout=_LONG_POLL_S)
    while True:
        for lease in session.leases:
            if lease.state == _ACTIVE:
                action = re_pb2.Action()
                lease.payload.Unpack(action)
                lease.result.Pack(run(store, action, directory / lease.id))
                lease.state = _COMPLETED
            else:
                lease.state = _ACTIVE
        request = bots_pb2.UpdateBotSessionRequest(name=session.name, bot_session=session)
        try:
            session = bots.UpdateBotSession(request, timeout=_LONG_POLL_S)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
                raise


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]))
