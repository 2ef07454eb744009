"""The helpers for files of the build root, and for digests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from pants.engine.fs import CreateDigest, FileContent, PathGlobs, Workspace
from pants.engine.rules import QueryRule, rule
from pants.init.engine_initializer import EngineInitializer
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.engine import (
    build_files_fingerprint,
    create_digest,
    digest_contents,
    digest_entries,
    list_files,
    list_paths,
    merge_digests,
    read_files,
    snapshot_of,
    with_prefix,
)
from devflow.engine.files import forget_files
from engine.answer import Answer
from engine.recorder import executes


@dataclass(frozen=True)
class AboutTheBuildRoot:
    globs: PathGlobs


@rule
async def see_the_build_root(about: AboutTheBuildRoot) -> Answer:
    return Answer(
        {
            "snapshot": await snapshot_of(about.globs),
            "contents": await read_files(about.globs),
            "paths": await list_paths(about.globs),
            "files": await list_files(about.globs),
        }
    )


@dataclass(frozen=True)
class AboutBuildFiles:
    run: int  # so that each is asked again


@rule
async def see_build_files(_: AboutBuildFiles) -> Answer:
    return Answer({"fingerprint": await build_files_fingerprint()})


@dataclass(frozen=True)
class AboutDigests:
    greeting: bytes


@rule
async def shape_digests(about: AboutDigests) -> Answer:
    text = await create_digest(CreateDigest([FileContent("a/b.txt", about.greeting)]))
    code = await create_digest(CreateDigest([FileContent("a/c.py", b"pass", is_executable=True)]))
    merged = await merge_digests(digest for digest in (text, code))
    entries = await digest_entries(merged)
    return Answer(
        {
            "merged": merged,
            "contents": await digest_contents(merged),
            "entries": entries,
            "remade": await create_digest(CreateDigest(entries)),
            "below": await digest_entries(await with_prefix(merged, "home/in")),
        }
    )


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    queries = [QueryRule(Answer, [about]) for about in (AboutTheBuildRoot, AboutDigests, AboutBuildFiles)]
    return RuleRunner(rules=[see_the_build_root, shape_digests, see_build_files, *engine.rules(), *queries])


@executes("snapshot_of", "read_files", "list_paths", "list_files")
def test_files_of_the_build_root(runner: RuleRunner) -> None:
    runner.write_files({"docs/a.txt": "first", "docs/b.txt": "second", "docs/c.md": "other"})
    seen = runner.request(Answer, [AboutTheBuildRoot(PathGlobs(["docs/*.txt"]))])
    assert seen.snapshot.files == seen.paths.files == seen.files == ("docs/a.txt", "docs/b.txt")
    assert [(file.path, file.content) for file in seen.contents] == [
        ("docs/a.txt", b"first"),
        ("docs/b.txt", b"second"),
    ]


def test_files_are_listed_again_when_there_are_others(runner: RuleRunner) -> None:
    for number in range(2):
        runner.write_files({f"listed/{number}.txt": ""})
        seen = runner.request(Answer, [AboutTheBuildRoot(PathGlobs(["listed/*.txt"]))])
        assert seen.files == tuple(f"listed/{one}.txt" for one in range(number + 1))


def test_a_file_that_was_written_without_the_engine_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its watcher, which would tell it a little later, is off: that would disturb the first request."""
    unwatched = partial(EngineInitializer.setup_graph_extended, watch_filesystem=False)
    monkeypatch.setattr(EngineInitializer, "setup_graph_extended", unwatched)
    runner = RuleRunner(rules=[see_the_build_root, *engine.rules(), QueryRule(Answer, [AboutTheBuildRoot])])
    runner.write_files({"notes.txt": "first"})
    about = AboutTheBuildRoot(PathGlobs(["notes.txt"]))
    assert [file.content for file in runner.request(Answer, [about]).contents] == [b"first"]
    Path(runner.build_root, "notes.txt").write_text("second")
    forget_files(Workspace(runner.scheduler, _enforce_effects=False), ["notes.txt"])
    assert [file.content for file in runner.request(Answer, [about]).contents] == [b"second"]


@executes("create_digest", "merge_digests", "digest_contents", "digest_entries", "with_prefix")
def test_digests(runner: RuleRunner) -> None:
    shaped = runner.request(Answer, [AboutDigests(b"hello")])
    assert [(file.path, file.content) for file in shaped.contents] == [("a/b.txt", b"hello"), ("a/c.py", b"pass")]
    assert [(entry.path, entry.is_executable) for entry in shaped.entries] == [("a/b.txt", False), ("a/c.py", True)]
    assert shaped.remade == shaped.merged
    assert [entry.path for entry in shaped.below] == ["home/in/a/b.txt", "home/in/a/c.py"]


@executes("build_files_fingerprint")
def test_the_fingerprint_of_all_build_files(runner: RuleRunner) -> None:
    runner.set_options(["--build-file-prelude-globs=macros.py", "--build-ignore=ignored"])

    def fingerprint(**files: str) -> str | None:
        runner.write_files({"src/a.py": "", **{name.replace("__", "/"): text for name, text in files.items()}})
        found: str | None = runner.request(Answer, [AboutBuildFiles(len(seen))]).fingerprint
        seen.append(found)
        return found

    seen: list[str | None] = []
    first = fingerprint(src__BUILD="files()", **{"macros.py": ""})
    assert first
    assert fingerprint(**{"src/other.py": "", "ignored/BUILD": "files()"}) == first
    assert fingerprint(src__BUILD="files(sources=['*'])") != first
    assert fingerprint(src__BUILD="files()") == first
    assert fingerprint(**{"src/below/BUILD.mine": "files()"}) != first
    assert fingerprint(**{"macros.py": "def mine(): pass"}) not in seen[:-1]
    assert fingerprint(**{"macros.py": "def mine(): return env('X')"}) is None
