"""A small real repository, and what one release of it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from devflow.common.git import Git
from devflow.common.git_entries import EXECUTABLE, SYMLINK
from devflow.common.git_identity import read_signing
from devflow.common.git_worktree import Worktree, open_repository
from devflow.release.git.inspect import read_head
from devflow.release.transaction.run import Done, run
from devflow.release.transaction.spec import Edit, Tag, TransactionSpec

FILES = {
    "VERSION": "1.0rc1",
    "CHANGELOG.md": "# Changes\n",
    "changes/1.fix.md": "Mended.\n",
    "changes/2.feature.md": "Added.\n",
    "tool.sh": "echo 1.0rc1\n",
    "other.txt": "untouched\n",
}
EDITS = (
    Edit("CHANGELOG.md", b"# Changes\n\n## 1.0\n"),
    Edit("VERSION", b"1.0"),
    Edit("changes/1.fix.md", None),
    Edit("changes/2.feature.md", None),
    Edit("docs/new/1.0.md", b"News.\n"),
    Edit("latest", b"docs/new/1.0.md", SYMLINK),
    Edit("tool.sh", b"echo 1.0\n", EXECUTABLE),
)
AFTER = {
    "CHANGELOG.md": "# Changes\n\n## 1.0\n",
    "VERSION": "1.0",
    "docs/new/1.0.md": "News.\n",
    "latest": "-> docs/new/1.0.md",
    "other.txt": "untouched\n",
    "tool.sh": "x echo 1.0\n",
}


@dataclass
class World:
    """A repository with one commit."""

    root: Path
    git: Git

    @property
    def worktree(self) -> Worktree:
        return open_repository(self.git).worktree

    @property
    def head(self) -> str:
        return self.git.line("rev-parse", "HEAD")

    def spec(self, *, tag: bool = True, sign: bool = False, new_branches: tuple[str, ...] = ()) -> TransactionSpec:
        repository = open_repository(self.git)
        branch = read_head(repository).branch
        assert branch is not None
        return TransactionSpec(
            "release 1.0",
            self.head,
            branch,
            "release: 1.0",
            EDITS,
            sign=sign,
            tag=Tag("1.0", "Release v1.0", sign or None) if tag else None,
            new_branches=new_branches,
            config=read_signing(repository).settings,
        )

    def release(self, on_step: Callable[[str], None] = lambda step: None) -> Done:
        return run(self.worktree, self.spec(), on_step)

    def state(self) -> dict[str, object]:
        """All that a user sees: refs, status, files."""
        return {
            "refs": self.git.line("for-each-ref", "--format=%(refname) %(objectname)"),
            "status": self.git.line("status", "--porcelain", "--branch", "--untracked-files=all"),
            "files": self.files(),
        }

    def files(self) -> dict[str, str]:
        """Every file of the work tree: text, "x " before that of an executable one, "-> " before a link's."""
        shown = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if name.split("/")[0] == ".git" or (path.is_dir() and not path.is_symlink()):
                continue
            executable = "x " if not path.is_symlink() and os.access(path, os.X_OK) else ""
            shown[name] = f"-> {os.readlink(path)}" if path.is_symlink() else executable + path.read_text()
        return shown


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Somebody",
        "GIT_AUTHOR_EMAIL": "somebody@example.com",
        "GIT_COMMITTER_NAME": "Somebody",
        "GIT_COMMITTER_EMAIL": "somebody@example.com",
    }


@pytest.fixture()
def world(tmp_path: Path) -> World:
    root = tmp_path / "repository"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (tmp_path / "home").mkdir()
    git = Git(root, environment(tmp_path / "home"))
    git.run("init", "--quiet", "--initial-branch=main")
    git.run("add", ".")
    git.run("commit", "--quiet", "--message=Begin")
    return World(root, git)
