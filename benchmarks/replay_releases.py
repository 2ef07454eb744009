#!/usr/bin/env python3
"""Make the releases of a real history again, and compare each with the one that people merged.

    PYTHONPATH=pants-plugins python3 benchmarks/replay_releases.py CLONE --since=2025-01-01
        --changelog=CHANGELOG/{series}.md,CHANGELOG.md --towncrier=PYTHON --main=HEAD

CLONE is a clone, bare or not; it is only read: all happens in a temporary clone that shares its objects. PYTHON has a
towncrier. Each merge that is named `release: VERSION` and has changed the version file is made again from its parent by
the code of the goal, without Pants: the version file, towncrier's changelog, the commit on a branch of its own
(`--branch`). Then `--tag-merged` must find the merge, and `--notes` its section. What people have made besides, such as
regenerated files and a regrouped changelog, is not compared.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pants.engine.fs import FileContent
from release_history import as_it_was, histories, repository_of

from devflow.common.errors import UserError
from devflow.common.git import GitError
from devflow.common.git_worktree import Repository
from devflow.release.git.committed import read_committed
from devflow.release.modes.merged.history import History, HistoryCommit, choose, subject_pattern
from devflow.release.modes.merged.removed import removed_by_prereleases
from devflow.release.steps.changelog import ChangelogStep
from devflow.release.steps.changelog_setup import Setup, arguments_of, request_of
from devflow.release.steps.prerelease_fragments import of_all, of_prerelease
from devflow.release.steps.section import section_of
from devflow.release.steps.towncrier import run_towncrier
from devflow.release.steps.towncrier.config import CONFIG_FILES, config_of, config_path
from devflow.release.steps.towncrier.consolidate import consolidated, references
from devflow.release.steps.towncrier.prereleases import contents_of, edited_problem, prereleases_in
from devflow.release.steps.towncrier.rules import AskTowncrier, Towncrier
from devflow.release.transaction.run import run
from devflow.release.transaction.spec import Edit, TransactionSpec
from devflow.release.versions.formats import fill
from devflow.release.versions.version import Version, parse
from devflow.release.versions.version_file import Newline
from devflow.release.versions.version_files import VersionFile, version_in_file, with_new_version

MESSAGE = "release: {version}"
_NAMED = re.compile(r"(?:pre-)?release:?\s*(\S+?)(?: \(#[0-9]+\))*", re.IGNORECASE)
_VERSION = VersionFile("VERSION")


class UnreadableError(Exception):
    """The clone lacks an object, or towncrier cannot be run on what was there."""


@dataclass(frozen=True)
class Replay:
    """The releases of one repository, by one towncrier."""

    repository: Repository
    python: str
    changelogs: tuple[str, ...]
    scratch: Path

    def files(self, commit: str, paths: tuple[str, ...]) -> dict[str, bytes]:
        """Those that the commit has. Raises: UnreadableError."""
        try:
            return dict(read_committed(self.repository, commit, paths).files)
        except (GitError, IndexError, ValueError) as error:
            raise UnreadableError(str(error)) from None

    def towncrier(self, request: AskTowncrier | Towncrier) -> tuple[str, dict[str, bytes]]:
        """What it prints, and the files after it. Raises: UnreadableError."""
        directory = Path(tempfile.mkdtemp(dir=self.scratch))
        (directory / "spec.json").write_text(json.dumps(request.spec()))
        command = [self.python, "-B", run_towncrier.__file__, "spec.json"]
        environment = {"PATH": os.environ["PATH"], "HOME": str(directory), "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
        done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise UnreadableError(done.stderr.strip().splitlines()[-1])
        found = (path for path in directory.rglob("*") if path.is_file() and ".git" not in path.parts)
        return done.stdout, {path.relative_to(directory).as_posix(): path.read_bytes() for path in found}

    def set_up(self, step: ChangelogStep, files: Mapping[str, bytes], there: Mapping[str, bytes]) -> Setup:
        """`there` are the files of the merge: the changelog is the first that it has."""
        inputs = {path: files[path] for path in CONFIG_FILES if path in files}
        ask = AskTowncrier(
            arguments_of(step, None, "--yes"), tuple(FileContent(path, text) for path, text in inputs.items())
        )
        config = config_of(config_path(None, inputs), self.towncrier(ask)[0])
        paths = [fill("--changelog", each, parse(step.version), step.date) for each in self.changelogs]
        return Setup(None, config, next((path for path in paths if path in there), config.written))

    def build(self, step: ChangelogStep, setup: Setup, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """One run of towncrier; the changelog is at its own path. Raises: UnreadableError."""
        after = self.towncrier(request_of(step, setup, files, "--yes"))[1]
        return {**after, setup.changelog: after.get(setup.config.written, b"")}


def replayed(replay: Replay, history: History, merge: HistoryCommit, version: Version, found: Counter[str]) -> None:
    """Make one release again, and count what it is like. Raises: UnreadableError, UserError, GitError."""
    repository = replay.repository
    git = repository.git
    base = git.line("rev-parse", f"{merge.oid}^1")
    step = ChangelogStep(version.text, version.series, git.line("log", "-1", "--format=%cs", merge.oid))
    paths = ("VERSION", *CONFIG_FILES, "changes", "CHANGELOG", "CHANGELOG.md")
    before, merged = replay.files(base, paths), replay.files(merge.oid, paths)
    setup = replay.set_up(step, before, merged)
    after = replay.build(step, setup, before)
    gone = {path for path in before if setup.is_in_fragments(path) and path not in after}
    present = version_in_file(_VERSION, before["VERSION"])
    written = with_new_version(_VERSION, before["VERSION"], present, version, Newline.KEEP)
    text = after[setup.changelog].decode()
    folded = consolidated(setup.changelog, text, version, setup.config.categories)
    edits = [
        Edit("VERSION", written),
        Edit(setup.changelog, folded.text.encode()),
        *(Edit(each, None) for each in gone),
    ]
    branch = f"release/{version.text}-{merge.oid[:8]}"
    message = fill("--message", MESSAGE, version, step.date)
    spec = TransactionSpec(message, base, branch, message, tuple(edits), apart=True)
    made = run(repository.worktree, spec).commit
    ours = replay.files(made, paths)
    found["--branch: commits"] += 1
    found["--branch: the version is the merged one"] += ours["VERSION"].strip() == merged["VERSION"].strip()
    theirs = {path for path in before if setup.is_in_fragments(path) and path not in merged}
    found["--branch: the same fragments are consumed"] += gone == theirs
    section = section_of(setup.changelog, merged.get(setup.changelog, b"").decode(), version.text)
    own = section_of(setup.changelog, folded.text, version.text)
    lost = references(section.body if section else "") - references(own.body if own else "")
    found["--branch: no reference of the merged section lacks"] += not lost
    cut = as_it_was(history, merge.oid, version)
    choice = choose(cut, version, subject_pattern(MESSAGE, version)) if cut else None
    is_found = choice is not None and choice.commit is not None and choice.commit.oid == merge.oid
    is_other = choice is not None and merge.oid in {each.oid for each in choice.others}
    found["--tag-merged: the merge"] += is_found
    found["--tag-merged: a later merge of the version"] += is_other and not is_found
    found["--notes: a section"] += section is not None
    if not version.is_prerelease and folded.folded:
        found[f"consolidate = fragments: {from_fragments(replay, step, setup, before, base)}"] += 1


def from_fragments(replay: Replay, step: ChangelogStep, setup: Setup, before: Mapping[str, bytes], base: str) -> str:
    """What `consolidate = "fragments"` does."""
    final = parse(step.version)
    past = removed_by_prereleases(replay.repository, base, final, (_VERSION,), MESSAGE, setup.config.directories)
    found = prereleases_in(setup.changelog, before.get(setup.changelog, b"").decode(), final)
    for version in found.contents:
        alone = ChangelogStep(version, step.series, step.date)
        after = replay.build(alone, setup, of_prerelease(setup, before, past.get(version, {})))
        given = contents_of(setup.changelog, after[setup.changelog].decode(), version)
        if edited_problem(setup.changelog, version, found.contents[version], given):
            return "refused, a section was edited"
    replay.build(step, setup, of_all(setup, before, found, past))
    return "made"


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clone", type=Path)
    parser.add_argument("--since", default="2025-01-01")
    parser.add_argument("--changelog", default="CHANGELOG.md")
    parser.add_argument("--towncrier", default="python3", help="a Python that has towncrier")
    parser.add_argument("--main", default="HEAD")
    arguments = parser.parse_args()
    found: Counter[str] = Counter()
    seen: set[str] = set()
    with tempfile.TemporaryDirectory() as directory:
        clone = Path(directory) / "clone.git"
        subprocess.run(["git", "clone", "--quiet", "--bare", "--shared", str(arguments.clone), str(clone)], check=True)
        os.environ.update(dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "Replay"))
        os.environ.update(dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "replay@example.com"))
        repository = repository_of(clone)
        replay = Replay(repository, arguments.towncrier, tuple(arguments.changelog.split(",")), Path(directory))
        for history in list(histories(repository, arguments.main)):
            since = repository.git.line("rev-list", "--first-parent", f"--since={arguments.since}", history.where)
            recent = set(since.split())
            for merge in history.commits:
                named = _NAMED.fullmatch(merge.subject)
                if merge.oid in seen or merge.oid not in recent or not named or not merge.changed:
                    continue
                seen.add(merge.oid)
                found["release pull requests"] += 1
                try:
                    replayed(replay, history, merge, parse(named[1]), found)
                except (UnreadableError, UserError, GitError, UnicodeDecodeError, KeyError) as error:
                    found["not made again"] += 1
                    print(f"{merge}: {type(error).__name__}: {str(error).splitlines()[0]}", flush=True)
    for what, number in found.items():
        print(f"{number:5}  {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
