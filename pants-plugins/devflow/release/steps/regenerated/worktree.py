"""A worktree of our own with the content of the release commit, in which files are regenerated.

The user's worktree stays as it is: what a program writes there could be mixed up with edits, and a kill would leave it.
What git would commit of the files is told by the index of the worktree. No object stays in the repository.
"""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devflow.common.errors import Problem, tail
from devflow.common.files import LockHeldError, exclusive_lock
from devflow.common.git_entries import EXECUTABLE, Entry
from devflow.common.git_worktree import Repository
from devflow.common.paths import shown
from devflow.common.removal.trees import remove
from devflow.release.facts import FileChange
from devflow.release.steps.regenerated.makers import Maker

_PREFIX = "devflow-release-"
_NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")
# What Pants itself writes into a build root.
_OF_PANTS = (".pants.d/", ".pids/")
_ENGINE_TRACE = re.compile(r".*^Engine traceback:\n(?: +in [^\n]*\n)+\s*", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class OwnWorktree:
    """`top` is its first directory, `root` the build root in it. `env` is for git: where new objects go."""

    repository: Repository
    commit: str
    top: Path
    env: Mapping[str, str]

    @property
    def root(self) -> Path:
        """The build root."""
        return self.top / self.repository.prefix

    def write(self, changes: Iterable[FileChange]) -> None:
        """Make the changes that the steps have planned."""
        for change in changes:
            path = self.root / change.path
            if change.content is None or path.is_symlink():
                remove(str(path))
            if change.content is None:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(change.content)
            path.chmod(0o755 if change.mode == EXECUTABLE else 0o644)

    def changed(self) -> dict[str, Entry | None]:
        """Path, relative to the top → what git would commit there, of what differs from the commit. Raises: GitError.

        None: it would be removed.
        """
        git, inside = self.repository.git, ("-C", str(self.top))
        git.run(*inside, *_NO_HOOKS, "add", "--all", env=self.env)
        raw = ("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", self.commit)
        records = iter(git.records(*inside, *raw, env=self.env))
        found: dict[str, Entry | None] = {}
        for fields, path in zip(records, records):
            _, mode, _, oid, status = fields.removeprefix(":").split()
            if not path.startswith(_OF_PANTS):
                found[path] = None if status == "D" else Entry(mode, oid)
        return found

    def contents(self, oids: Iterable[str]) -> dict[str, bytes]:
        """Object id → content, of files that git would commit. Raises: GitError."""
        wanted = list(dict.fromkeys(oids))
        git = self.repository.git
        return {oid: git.run("-C", str(self.top), "cat-file", "blob", oid, env=self.env) for oid in wanted}

    def run(self, maker: Maker, version: str) -> Problem | None:
        """Run a maker in the build root; why it failed. Raises: OSError."""
        if maker.is_target:
            return self._build(maker)
        return self._run(maker, ["sh", "-c", maker.words], {"DEVFLOW_RELEASE_VERSION": version})

    def _run(self, maker: Maker, argv: list[str], more: Mapping[str, str]) -> Problem | None:
        environment = {
            **self.repository.git.own_environment,
            "PANTS_CONCURRENT": "True",
            "DEVFLOW_BUILD_ROOT": str(self.repository.git.directory),
            "PWD": str(self.root),
            **more,
        }
        done = subprocess.run(
            argv,  # noqa: S603
            cwd=self.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            return None
        output = (done.stderr or done.stdout).decode(errors="replace").replace(f"{self.top}/", "")
        words = tail(_ENGINE_TRACE.sub("", output))
        how = f"exited with {done.returncode}" if done.returncode > 0 else f"was ended by signal {-done.returncode}"
        what = f"[release].{maker.check}: {shown(maker.words)} {how}{f': {words}' if words else '.'}"
        return Problem(what, f"correct the cause, or release without it: --skip={maker.check}")

    def _build(self, maker: Maker) -> Problem | None:
        """Build a target with this Pants, and put its files where they belong."""
        built = f".devflow-{os.urandom(8).hex()}"
        options = ("--no-pantsd", "--no-dynamic-ui", "--no-colors", "--level=warn", f"--pants-distdir={built}")
        pants = [sys.executable, "-m", "pants", *options, "export-codegen", "package", maker.words]
        try:
            problem = self._run(maker, pants, {})
            return problem or self.place(maker, self.root / built)
        finally:
            remove(str(self.root / built))

    def place(self, maker: Maker, built: Path) -> Problem | None:
        """Put what Pants has built for a target where it belongs; why that cannot be."""
        files = sorted(path for path in built.rglob("*") if path.is_file())
        [wanted] = maker.paths
        if not files:
            what = (
                f"[release].outputs: {shown(maker.words)} gives no file: it is neither packaged nor generates sources."
            )
            return Problem(what, "name a target that `package` or `export-codegen` takes; or use [release].commands")
        if not wanted.endswith("/") and len(files) > 1:
            names = ", ".join(shown(path.name) for path in files[:3])
            what = f"[release].outputs: {shown(maker.words)} gives {len(files)} files: {names}."
            # Not `wanted/`: the commit may have a file there, of when the target gave one.
            directory = f"{posixpath.dirname(wanted) or 'generated'}/"
            return Problem(what, f'write a directory: "{shown(maker.words)}" = "{shown(directory)}"')
        above = Path(os.path.commonpath([path.parent for path in files]))
        for path in files:
            there = self.root / wanted / path.relative_to(above) if wanted.endswith("/") else self.root / wanted
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(path.read_bytes())
            there.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
        return None


@contextmanager
def own_worktree(repository: Repository, commit: str) -> Iterator[OwnWorktree]:
    """A worktree of the commit in a temporary directory. What a killed run left is removed by the next one.

    Raises: GitError.
    """
    git = repository.git
    _remove_leftovers(repository)
    # Its name is that of its directory among git's own.
    directory = Path(tempfile.mkdtemp(prefix=_PREFIX))
    top = directory / directory.name
    try:
        with exclusive_lock(directory / "lock", timeout_s=0):
            git.run(*_NO_HOOKS, "worktree", "add", "--quiet", "--detach", str(top), commit)
            (directory / "objects").mkdir()
            env = {
                "GIT_OBJECT_DIRECTORY": str(directory / "objects"),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": repository.worktree.as_alternate,
            }
            yield OwnWorktree(repository, commit, top, env)
    finally:
        _remove(repository, directory)


def _remove(repository: Repository, directory: Path) -> None:
    remove(str(directory))
    remove(str(repository.worktree.common_dir / "worktrees" / directory.name))


def _remove_leftovers(repository: Repository) -> None:
    """Remove the worktrees of killed runs: a run that lives holds the lock."""
    for known in (repository.worktree.common_dir / "worktrees").glob(f"{_PREFIX}*"):
        try:
            directory = Path((known / "gitdir").read_text().strip()).parent.parent
        except OSError:
            continue  # its own run is removing it
        if directory.name != known.name:
            continue
        try:
            if directory.is_dir():
                with exclusive_lock(directory / "lock", timeout_s=0):
                    pass
        except LockHeldError:
            continue
        _remove(repository, directory)
