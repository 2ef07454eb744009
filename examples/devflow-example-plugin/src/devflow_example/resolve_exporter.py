"""A resolve exporter: each resolve is a file of words, and its export the dictionary that editors read."""

from __future__ import annotations

import hashlib

from pants.core.goals.export import ExportResult
from pants.core.goals.generate_lockfiles import (
    KnownUserResolveNames,
    KnownUserResolveNamesRequest,
    RequestedUserResolveNames,
)
from pants.engine.fs import CreateDigest, FileContent, PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.option.option_types import DictOption
from pants.option.subsystem import Subsystem

from devflow.api import (
    ExportInput,
    MaybeResolveFingerprint,
    Problem,
    ResolveExporter,
    ResolveFingerprint,
    StagedExport,
    create_digest,
    read_files,
)


class Wordlists(Subsystem):
    """Where the words are."""

    options_scope = "wordlists"
    help = "Lists of words that spelling checkers take for right."

    resolves = DictOption[str](default={}, help='Resolve → file of words. Example: `{"terms": "docs/terms.txt"}`.')


class RequestedWordlists(RequestedUserResolveNames):
    """What `generate-lockfiles` would be asked for; the files are written by hand."""


class KnownWordlistsRequest(KnownUserResolveNamesRequest):
    """Asks for the names."""


@rule
def known_wordlists(_: KnownWordlistsRequest, wordlists: Wordlists) -> KnownUserResolveNames:
    """By Pants' own union: devflow takes the names from there."""
    return KnownUserResolveNames(tuple(wordlists.resolves), "[wordlists].resolves", RequestedWordlists)


class WordlistExporter(ResolveExporter):
    """Exports to `dist/export/wordlists`."""

    export_root = "wordlists"


async def words_of(path: str) -> str:
    """One word a line, sorted; nothing if there is no such file."""
    files = await read_files(PathGlobs([path]))
    words = sorted({word for file in files for word in file.content.decode().split()})
    return "".join(f"{word}\n" for word in words)


@rule
async def wordlist_fingerprint(request: WordlistExporter, wordlists: Wordlists) -> MaybeResolveFingerprint:
    """What an export is made from; a change of it makes the export stale."""
    path = wordlists.resolves.get(request.resolve)
    if path is None:
        return MaybeResolveFingerprint(None)
    words = await words_of(path)
    if not words:
        problem = Problem(f"{path} has no words.", f"write one, or change [wordlists].resolves.{request.resolve}")
        return MaybeResolveFingerprint(ResolveFingerprint(None, problem=problem))
    return MaybeResolveFingerprint(
        ResolveFingerprint(
            f"wordlists/{request.resolve}/1",
            inputs=(ExportInput("words", hashlib.sha256(words.encode()).hexdigest()),),
            anchors=("words.txt",),
        )
    )


@rule
async def wordlist_export(request: WordlistExporter, wordlists: Wordlists) -> StagedExport:
    """The files of the export; commands could make more of them."""
    words = await words_of(wordlists.resolves[request.resolve])
    digest = await create_digest(CreateDigest([FileContent("words.txt", words.encode())]))
    reldir = f"wordlists/{request.resolve}/1"
    return StagedExport(ExportResult(f"words of {request.resolve}", reldir, digest=digest, resolve=request.resolve))


def rules():
    """The member, and where its names come from."""
    return [
        *collect_rules(),
        UnionRule(KnownUserResolveNamesRequest, KnownWordlistsRequest),
        UnionRule(ResolveExporter, WordlistExporter),
    ]
