"""Replay the releases of a real repository: which commit would get the tag, and the sections of its changelog.

    PYTHONPATH=pants-plugins python3 benchmarks/release_history.py CLONE
        --tags='2[56].*' --message='release: {version}' --changelog=CHANGELOG.md --main=HEAD

CLONE is a clone with its tags, in which nothing is changed. For each tag, the history of the branch is cut where the
next version begins, as it was when the tag was made; `--tag-merged` must find the commit of the tag in it. The section
of the version is read as `--notes` reads it, and the sections of its pre-releases are folded as `consolidate = "text"`
folds them, without losing a reference.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.git import Git, GitError
from devflow.common.git_worktree import Repository, Worktree
from devflow.release.git.inspect import tagged_versions
from devflow.release.modes.merged.history import History, choose, subject_pattern
from devflow.release.modes.merged.inspect import read_history
from devflow.release.steps.section import MOST_CHARACTERS, section_of
from devflow.release.steps.towncrier.consolidate import consolidated, references
from devflow.release.versions.version import Version
from devflow.release.versions.version_files import VersionFile


def repository_of(clone: Path) -> Repository:
    """The clone, which may be bare."""
    git = Git(clone, os.environ)
    git_dir = Path(git.line("rev-parse", "--absolute-git-dir"))
    return Repository(Worktree(git, clone, git_dir, git_dir, str(git_dir / "objects")), "", shallow=False)


def histories(repository: Repository, main: str) -> Iterator[History]:
    """The first-parent history of the main branch, then that of each series."""
    files = (VersionFile("VERSION"),)
    names = repository.git.line("for-each-ref", "--format=%(refname)", "refs/heads/", "refs/remotes/").split("\n")
    series = [name for name in names if re.fullmatch(r".*/[0-9]+\.[0-9]+", name)]
    for ref in (main, *sorted(series, reverse=True)):
        try:
            yield read_history(repository, ref, files)
        except (GitError, UserError):
            continue  # a branch of another time, without a version file


def as_it_was(history: History, oid: str, version: Version) -> History | None:
    """The history up to the last commit before the next version; None if it does not have the commit."""
    place = next((number for number, commit in enumerate(history.commits) if commit.oid == oid), None)
    if place is None:
        return None
    while place and history.commits[place - 1].version == version.text:
        place -= 1
    return replace(history, commits=history.commits[place:])


def outcome(found: list[History], oid: str, version: Version, message: str) -> str:
    """What `--tag-merged` would do, compared with the tag that is there."""
    cut = next((cut for history in found if (cut := as_it_was(history, oid, version))), None)
    if cut is None:
        return "the tag is on no branch"
    choice = choose(cut, version, subject_pattern(message, version))
    if choice.commit is None:
        return "no candidate: the version file says otherwise"
    if choice.commit.oid == oid:
        return "the commit of the tag"
    return "another merge of the version" if oid in {each.oid for each in choice.others} else "another commit"


def sections(repository: Repository, tag: str, version: Version, changelog: str) -> tuple[str, int]:
    """What is found of the section, and how many references would be lost by folding into it."""
    try:
        text = repository.git.run("show", f"{tag}:{changelog}").decode()
    except GitError:
        return "no changelog", 0
    section = section_of(changelog, text, version.text)
    if section is None:
        return "no section", 0
    new = f"## {version.text} (now)\n\n* Own. (#999999)\n\n{text}"
    folded = consolidated(changelog, new, version, ())
    lost = len(references(new) - references(folded.text))
    return ("too long for a page" if len(section.body) > MOST_CHARACTERS else "section"), lost


def main() -> int:
    """Print a table; 1 if a reference would be lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clone", type=Path)
    parser.add_argument("--tags", default="*")
    parser.add_argument("--message", default="release: {version}")
    parser.add_argument("--changelog", default="CHANGELOG.md")
    parser.add_argument("--main", default="HEAD")
    arguments = parser.parse_args()
    repository = repository_of(arguments.clone)
    began = time.perf_counter()
    found = list(histories(repository, arguments.main))
    seconds = time.perf_counter() - began
    merges: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    lost = 0
    for tagged in tagged_versions(repository, "{version}"):
        tag = tagged.version.text
        if not fnmatch(tag, arguments.tags):
            continue
        oid = repository.git.line("rev-parse", f"refs/tags/{tag}^{{commit}}")
        merge = outcome(found, oid, tagged.version, arguments.message)
        merges[merge] += 1
        page, more = sections(repository, oid, tagged.version, arguments.changelog)
        pages[page] += 1
        lost += more
        if merge != "the commit of the tag":
            print(f"{tag}: {merge}")
    commits = sum(len(history.commits) for history in found)
    print(f"{len(found)} branches, {commits:,} commits, read in {seconds:.1f} s")
    for title, counted in (("--tag-merged", merges), ("--notes", pages)):
        print(f"{title}: " + ", ".join(f"{number} {what}" for what, number in counted.most_common()))
    print(f"consolidate: {lost} references lost")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
