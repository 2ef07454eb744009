"""Downloads the wheels that `pip` would take for pins, without starting it. `pip` must be importable.

For a few wheels that its cache holds, most of what `pip` does is to import itself; and it looks at each file of a
project, which may have ten thousand, before it asks for hashes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from urllib.request import pathname2url, url2pathname

from devflow.export_all_resolves.staging.choice import Supported, WheelPin, chosen_wheel
from devflow.export_all_resolves.staging.index import IndexFile, files_of
from devflow.export_all_resolves.staging.installed import place
from devflow.export_all_resolves.staging.network import Network
from devflow.export_all_resolves.staging.projects import project_of

_CONNECTIONS = 8
_SHA256 = "sha256:"


def fetch(spec: Mapping[str, Any], network: Network) -> list[str]:
    """Write the wheels of all pins, verified, into a directory; the result is the names of the pins that have none.

    If the cache of parts has what was installed from a wheel, there is a link to it instead.
    Raises: UnknownChoiceError, or whatever `network` raises: then `pip` is to do it.
    """
    pins = [WheelPin(name, pin["specifier"], tuple(pin["hashes"])) for name, pin in spec["pins"].items()]
    elsewhere = [file for link in spec["find_links"] for file in _of_find_links(link, spec["pins"], network)]
    os.makedirs(spec["directory"], exist_ok=True)
    places: dict[str, str] = {}

    def is_there(pin: WheelPin) -> bool:
        links = spec["pins"][pin.name]["links"]
        files = list(map(IndexFile.of_link, links) if links else _of_indexes(pin, network))
        chosen = chosen_wheel([*files, *elsewhere], pin, here.result())
        if not chosen:
            return False
        file, wanted = chosen
        target = os.path.join(spec["directory"], file.name)
        installed = _installed(file, wanted, spec["pins"][pin.name].get("part"))
        if installed:
            places[target] = installed
        else:
            network.file(file.address, wanted, target)
        return True

    with ThreadPoolExecutor(_CONNECTIONS) as threads:
        here = threads.submit(Supported.by_this_interpreter)  # while the index answers
        lacking = [pin.name for pin, found in zip(pins, threads.map(is_there, pins)) if not found]
    for target, installed in places.items():  # at the end, because `pip` could not go on from them
        os.symlink(installed, target)
    return lacking


def _installed(file: IndexFile, wanted: str, part: Sequence[str] | None) -> str | None:
    """Where the cache of parts has what was installed from this wheel, if it has. `part`: a path, and `made_as`."""
    if part is None or not wanted.startswith(_SHA256):
        return None
    path, made_as = part
    installed = place(path, made_as, file.name, wanted[len(_SHA256) :])
    return installed if os.path.isdir(installed) else None


def _of_indexes(pin: WheelPin, network: Network) -> Iterator[IndexFile]:
    digests = {one.partition(":")[2] for one in pin.hashes}
    for index in network.indexes:
        page = network.page(f"{index.rstrip('/')}/{pin.name}/")
        if page:
            yield from files_of(*page, digests)


def _of_find_links(link: str, projects: Container[str], network: Network) -> Iterator[IndexFile]:
    """The files of a page, or the wheels of these projects in a directory."""
    parts = urlsplit(link)
    if parts.scheme in ("http", "https"):
        page = network.page(link)
        yield from files_of(*page) if page else ()
        return
    directory = os.path.abspath(url2pathname(parts.path) if parts.scheme else link)
    for name in os.listdir(directory):
        if name.endswith(".whl") and project_of(name) in projects:
            path = os.path.join(directory, name)
            with open(path, "rb") as file:
                digest = hashlib.sha256(file.read()).hexdigest()
            yield IndexFile(f"file://{pathname2url(path)}", (f"sha256:{digest}",))
