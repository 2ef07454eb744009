"""A language server as an editor drives it: the settings that it asks for are those of a settings file."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

Lookup = Callable[[Mapping[str, Any], str], Any]


class Server:
    """A running server. Paths are relative to `root`; lines and columns count from 0."""

    def __init__(
        self, process: subprocess.Popen[bytes], root: Path, settings: Mapping[str, Any], lookup: Lookup
    ) -> None:
        self._process = process
        self._root = root
        self._settings = settings
        self._lookup = lookup
        self._last_id = 0
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self._replies: dict[int, Any] = {}

    def initialize(self) -> None:
        uri = self._root.as_uri()
        capabilities = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {"publishDiagnostics": {}, "definition": {}},
        }
        folders = [{"uri": uri, "name": "root"}]
        parameters = {"processId": os.getpid(), "rootUri": uri, "workspaceFolders": folders}
        self.request("initialize", {**parameters, "capabilities": capabilities})
        self._send({"method": "initialized", "params": {}})
        # Some servers ask for their settings only then.
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": {}}})

    def open(self, path: str) -> list[dict[str, Any]]:
        """Open a file, and wait for what the server says about it."""
        uri = (self._root / path).as_uri()
        text = (self._root / path).read_text()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while uri not in self._diagnostics:
            self._receive()
        return self._diagnostics[uri]

    def definition(self, path: str, word: str) -> list[str]:
        """The files in which the word at its first place in the file is defined, sorted, by their real paths."""
        lines = (self._root / path).read_text().splitlines()
        line, text = next((number, text) for number, text in enumerate(lines) if word in text)
        found = self.request(
            "textDocument/definition",
            {
                "textDocument": {"uri": (self._root / path).as_uri()},
                "position": {"line": line, "character": text.index(word)},
            },
        )
        places = [found] if isinstance(found, dict) else found or []
        return sorted({unquote(urlparse(place.get("uri") or place["targetUri"]).path) for place in places})

    def request(self, method: str, parameters: Any) -> Any:
        self._last_id += 1
        number = self._last_id
        self._send({"id": number, "method": method, "params": parameters})
        while number not in self._replies:
            self._receive()
        return self._replies.pop(number)

    def _receive(self) -> None:
        assert self._process.stdout
        length = 0
        while True:
            header = self._process.stdout.readline()
            assert header, "the server has ended"
            if not header.strip():
                break
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message = json.loads(self._process.stdout.read(length))
        if "method" not in message:
            assert "error" not in message, message
            self._replies[message["id"]] = message.get("result")
        elif message["method"] == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message:
            self._send({"id": message["id"], "result": self._answer(message)})

    def _answer(self, message: Mapping[str, Any]) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        return [self._lookup(self._settings, item.get("section", "")) for item in message["params"]["items"]]

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self._process.stdin.flush()


def section(settings: Mapping[str, Any], name: str) -> Any:
    """`python.analysis` of `{"python.analysis.extraPaths": …}` or of nested objects: most editors take both."""
    whole: dict[str, Any] = {}
    for key, value in settings.items():
        at = whole
        *parents, last = key.split(".")
        for parent in parents:
            at = at.setdefault(parent, {})
        at[last] = value
    found: Any = whole
    for part in filter(None, name.split(".")):
        found = found.get(part, {}) if isinstance(found, dict) else {}
    return found


def literal(settings: Mapping[str, Any], name: str) -> Any:
    """`python.analysis` of `{"python.analysis": {…}}` only: so Zed and Eglot look it up."""
    return settings.get(name)


@contextmanager
def serving(
    command: Sequence[str], root: Path, settings: Mapping[str, Any], lookup: Lookup = section
) -> Iterator[Server]:
    """Start a server, and end it. `lookup`: how the editor finds what the server asks for."""
    process = subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        server = Server(process, root, settings, lookup)
        server.initialize()
        yield server
    finally:
        process.kill()
        process.communicate()
