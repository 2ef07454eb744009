"""Checks that the package indexes answer, with `--network`."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException

from devflow.common.masking import masked
from devflow.doctor.facts import Finding, HealthCheck, NotCheckedError, error
from devflow.doctor.world import World

_LIMIT_S = 5.0
_PROJECT = "pip/"  # each index has a page of this project


@dataclass(frozen=True)
class Answer:
    """The answer of an index, which is any HTTP status; else the reason why there is no answer.

    `ahead_s` is the number of seconds by which its clock is ahead of this one, if it gives its time.
    """

    url: str
    status: int | None
    reason: str
    ahead_s: int | None = None


@dataclass(frozen=True)
class IndexFacts:
    """One for each index."""

    answers: tuple[Answer, ...]


def read_index(world: World) -> IndexFacts:
    """See `ask_indexes`."""
    return IndexFacts(ask_indexes(world))


def ask_indexes(world: World) -> tuple[Answer, ...]:
    """Ask each index of `[python-repos].indexes` for the page of pip, with Pants' proxy and certificates.

    Raises: NotCheckedError if none is named.
    """
    indexes = world.config.texts("python-repos", "indexes")
    if indexes is None:
        named = world.environment.get("PIP_INDEX_URL")
        if not named:
            raise NotCheckedError("[python-repos].indexes and PIP_INDEX_URL are not set")
        indexes = (named,)
    certificates = world.config.text("GLOBAL", "ca_certs_path")
    try:
        context = ssl.create_default_context(cafile=certificates)
    except OSError as failure:
        raise NotCheckedError(f"[GLOBAL].ca_certs_path = {certificates} cannot be read: {failure}") from failure
    proxies = {
        name: value
        for name in ("http", "https")
        if (value := world.environment.get(f"{name}_proxy") or world.environment.get(f"{name.upper()}_PROXY"))
    }
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=context)
    )
    asked = [index for index in indexes if index.startswith(("http:", "https:"))]
    with ThreadPoolExecutor(max_workers=max(1, len(asked))) as pool:
        return tuple(pool.map(lambda index: _ask(opener, index, world), asked))


def _ask(opener: urllib.request.OpenerDirector, index: str, world: World) -> Answer:
    scheme, _, rest = index.partition("//")
    url = f"{scheme}//{rest.rpartition('@')[2].rstrip('/')}/{_PROJECT}"  # credentials are not sent, and not shown
    try:
        with opener.open(url, timeout=_LIMIT_S) as answer:
            return Answer(masked(url), answer.status, "", _ahead_s(answer.headers.get("Date"), world))
    except urllib.error.HTTPError as refused:
        return Answer(masked(url), refused.code, "", _ahead_s(refused.headers.get("Date"), world))
    except (OSError, ValueError, HTTPException) as failure:
        reason = getattr(failure, "reason", None) or failure
        return Answer(masked(url), None, masked(str(reason)) or type(failure).__name__)


def _ahead_s(date: str | None, world: World) -> int | None:
    """The seconds by which an HTTP date is ahead of the clock. Source: RFC 9110, `Date`."""
    try:
        return int(parsedate_to_datetime(date or "").timestamp() - world.now_s)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def judge_index(facts: IndexFacts) -> Iterator[Finding]:
    """A refusal (401, 403, 404) is an answer."""
    for one in facts.answers:
        if one.status is None or one.status >= 500:
            why = one.reason or f"it answered {one.status}"
            yield error(
                f"{one.url} did not answer in {_LIMIT_S:.0f} s: {why}.",
                f"curl -v {one.url} shows more; if a proxy or certificates are missing: HTTPS_PROXY, "
                "[GLOBAL].ca_certs_path; if it is another index: [python-repos].indexes in .pants.rc",
            )


CHECKS = (HealthCheck("index", "each package index answers", read_index, judge_index, network=True),)
