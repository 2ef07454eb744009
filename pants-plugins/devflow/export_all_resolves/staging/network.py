"""Pages of an index, and files, by the means of `pip`: its cache, and where a plain request is not enough, its session.

`pip` must be importable. To import its session takes longer than a plain request.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import ssl
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib import import_module
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, url2pathname, urlopen

from devflow.export_all_resolves.staging.index import JSON_PAGE
from devflow.export_all_resolves.staging.late_site import enable_site

# Source: pip 23.2.1, `collector._get_simple_response`, `network.utils.HEADERS`.
_PAGE = {
    "Accept": f"{JSON_PAGE}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01",
    "Cache-Control": "max-age=0",
}
_FILE = {"Accept-Encoding": "identity"}
_BLOCK_BYTES = 1 << 16
_RETRIES, _TIMEOUT_S = 5, 15


class DamagedFileError(Exception):
    """A file does not have its hash."""


class Network:
    """`cache` is the directory of pip's cache; `indexes` may hold credentials. It may be used by several threads."""

    def __init__(
        self,
        pip_version: tuple[int, int],
        cache: str,
        indexes: list[str],
        trusted_hosts: list[str],
        certificates: str | None = None,
    ) -> None:
        self.pip_version = pip_version
        self.cache = cache
        self.indexes = indexes
        self.trusted_hosts = trusted_hosts
        self.certificates = certificates
        self._found: Any = None
        self._lock = threading.Lock()

    def page(self, address: str) -> tuple[str, str, str] | None:
        """Content, type, and the address from which it came in the end; None if there is none.

        Raises: OSError, or whatever pip raises.
        """
        if address.startswith(("http:", "https:")) and not self._found and not self._needs_session:
            with contextlib.suppress(OSError, ValueError):  # the session tries again, and may have a proxy
                return _plain_page(address, self._context if address.startswith("https:") else None)
        response = self._session.get(address, headers=_PAGE)
        if response.status_code == 404:
            return None
        response.raise_for_status()
        return response.content.decode(), _type_of(response.headers), response.url

    def file(self, address: str, wanted: str, target: str) -> None:
        """Write a file that has this hash ("sha256:0123…"); without it, there is none.

        Raises: DamagedFileError, OSError, or whatever pip raises.
        """
        headers = _FILE
        for content in self._cached(address):
            try:
                _write_verified(content, wanted, target)
                return
            except DamagedFileError:
                headers = {**_FILE, "Cache-Control": "no-cache"}  # what is damaged is replaced
        if urlsplit(address).scheme == "file":
            with open(url2pathname(urlsplit(address).path), "rb") as file:
                _write_verified(iter(lambda: file.read(_BLOCK_BYTES), b""), wanted, target)
            return
        with self._session.get(address, headers=headers, stream=True) as response:
            response.raise_for_status()
            _write_verified(response.raw.stream(_BLOCK_BYTES, decode_content=False), wanted, target)

    @property
    def _needs_session(self) -> bool:
        """Whether a plain request might get another page than one with a password."""
        homes = (os.environ.get("NETRC") or "", *map(os.path.expanduser, ("~/.netrc", "~/_netrc")))
        return any("@" in urlsplit(index).netloc for index in self.indexes) or any(map(os.path.exists, homes))

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.certificates or import_module("pip._vendor.certifi").where())

    @property
    def _session(self) -> Any:
        with self._lock:
            if self._found is None:
                enable_site()  # a machine may add its certificates there
                session = import_module("pip._internal.network.session").PipSession(
                    cache=os.path.join(self.cache, "http-v2" if self.pip_version >= (23, 3) else "http"),
                    retries=_RETRIES,
                    trusted_hosts=self.trusted_hosts,
                    index_urls=self.indexes,
                )
                session.timeout = _TIMEOUT_S
                if self.certificates:
                    session.verify = self.certificates
                self._found = session
            return self._found

    def _cached(self, address: str) -> Iterator[Iterable[bytes]]:
        """What the caches of older and of newer pips hold for an address.

        Source: pip 21.3 to 24.2, `SafeFileCache`; cachecontrol, `Serializer`.
        """
        name = hashlib.sha224(address.encode()).hexdigest()
        path = os.path.join(*name[:5], name)
        with (
            contextlib.suppress(FileNotFoundError),
            open(os.path.join(self.cache, "http-v2", f"{path}.body"), "rb") as file,
        ):
            yield iter(lambda: file.read(_BLOCK_BYTES), b"")
        with contextlib.suppress(FileNotFoundError), open(os.path.join(self.cache, "http", path), "rb") as file:
            version, _, content = file.read().partition(b",")
            if version == b"cc=4":
                with contextlib.suppress(ValueError, LookupError, TypeError):
                    yield [import_module("pip._vendor.msgpack").loads(content, raw=False)["response"]["body"]]


def _plain_page(address: str, context: ssl.SSLContext | None) -> tuple[str, str, str] | None:
    try:
        request = Request(address, headers={**_PAGE, "Accept-Encoding": "gzip"})  # noqa: S310 - see the caller
        with urlopen(request, timeout=_TIMEOUT_S, context=context) as response:  # noqa: S310
            content = response.read()
            if response.headers.get("Content-Encoding") == "gzip":
                content = gzip.decompress(content)
            return content.decode(), _type_of(response.headers), response.url
    except HTTPError as error:
        if error.code == 404:
            return None
        raise


def _type_of(headers: Mapping[str, str]) -> str:
    return (headers.get("Content-Type") or "").partition(";")[0].strip().lower()


def _write_verified(blocks: Iterable[bytes], wanted: str, target: str) -> None:
    algorithm, _, expected = wanted.partition(":")
    digest = hashlib.new(algorithm)
    growing = f"{target}.new"
    with open(growing, "wb") as file:
        for block in blocks:
            digest.update(block)
            file.write(block)
    if digest.hexdigest() != expected:
        os.unlink(growing)
        raise DamagedFileError(f"{os.path.basename(target)} has the hash {algorithm}:{digest.hexdigest()}")
    os.rename(growing, target)
