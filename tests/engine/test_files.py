"""The helpers for files of the build root, and for digests."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pants.engine.fs import CreateDigest, FileContent, PathGlobs
from pants.engine.rules import QueryRule, rule
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.engine import (
    add_prefix,
    create_digest,
    digest_contents,
    digest_entries,
    digest_of,
    digest_snapshot,
    digest_subset,
    list_paths,
    merge_digests,
    read_files,
    remove_prefix,
    snapshot_of,
)
from engine.answer import Answer
from engine.recorder import executes


@dataclass(frozen=True)
class AboutTheBuildRoot:
    globs: PathGlobs


@rule
async def see_the_build_root(about: AboutTheBuildRoot) -> Answer:
    return Answer(
        {
            "digest": await digest_of(about.globs),
            "snapshot": await snapshot_of(about.globs),
            "contents": await read_files(about.globs),
            "paths": await list_paths(about.globs),
        }
    )


@dataclass(frozen=True)
class AboutDigests:
    greeting: bytes


@rule
async def shape_digests(about: AboutDigests) -> Answer:
    made = await create_digest(CreateDigest([FileContent("a/b.txt", about.greeting), FileContent("a/c.py", b"pass")]))
    moved_in = await add_prefix(made, "top")
    moved_out = await remove_prefix(made, "a")
    merged = await merge_digests(digest for digest in (moved_in, moved_out))
    python = await digest_subset(merged, PathGlobs(["**/*.py"]))
    return Answer(
        {
            "merged": await digest_snapshot(merged),
            "python": await digest_contents(python),
            "entries": await digest_entries(merged),
            "remade": await create_digest(CreateDigest(await digest_entries(merged))),
        }
    )


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    queries = [QueryRule(Answer, [AboutTheBuildRoot]), QueryRule(Answer, [AboutDigests])]
    return RuleRunner(rules=[see_the_build_root, shape_digests, *engine.rules(), *queries])


@executes("digest_of", "snapshot_of", "read_files", "list_paths")
def test_files_of_the_build_root(runner: RuleRunner) -> None:
    runner.write_files({"docs/a.txt": "first", "docs/b.txt": "second", "docs/c.md": "other"})
    seen = runner.request(Answer, [AboutTheBuildRoot(PathGlobs(["docs/*.txt"]))])
    assert seen.snapshot.files == seen.paths.files == ("docs/a.txt", "docs/b.txt")
    assert seen.snapshot.digest == seen.digest
    assert [(file.path, file.content) for file in seen.contents] == [
        ("docs/a.txt", b"first"),
        ("docs/b.txt", b"second"),
    ]


@executes("create_digest", "add_prefix", "remove_prefix", "merge_digests", "digest_subset")
@executes("digest_snapshot", "digest_contents", "digest_entries")
def test_digests(runner: RuleRunner) -> None:
    shaped = runner.request(Answer, [AboutDigests(b"hello")])
    assert sorted(shaped.merged.files) == ["b.txt", "c.py", "top/a/b.txt", "top/a/c.py"]
    assert [(file.path, file.content) for file in shaped.python] == [("c.py", b"pass"), ("top/a/c.py", b"pass")]
    assert sorted(entry.path for entry in shaped.entries) == sorted(shaped.merged.files)
    assert shaped.remade == shaped.merged.digest
