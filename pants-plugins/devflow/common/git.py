"""Plain git processes for goals that look at a repository or change it (ADR 12). Rules never use it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devflow.common.errors import UserError, tail
from devflow.common.git_entries import Entry

# What sends our commands to another repository, index or history, or changes what they print: a caller inside of a git
# hook has some of it in its environment. All else is what the user wants of git: who the author is, how to sign and to
# reach a remote, settings. Source: `git rev-parse --local-env-vars`, git(1), of git 2.39.
_REDIRECTIONS = frozenset(
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_ATTR_SOURCE GIT_CEILING_DIRECTORIES GIT_COMMON_DIR GIT_CONFIG "
    "GIT_DEFAULT_HASH GIT_DIFF_OPTS GIT_DIR GIT_EXTERNAL_DIFF GIT_GLOB_PATHSPECS GIT_GRAFT_FILE "
    "GIT_ICASE_PATHSPECS GIT_IMPLICIT_WORK_TREE GIT_INDEX_FILE GIT_INTERNAL_SUPER_PREFIX GIT_NAMESPACE "
    "GIT_NOGLOB_PATHSPECS GIT_NO_REPLACE_OBJECTS GIT_OBJECT_DIRECTORY GIT_PREFIX GIT_QUARANTINE_PATH "
    "GIT_REFLOG_ACTION GIT_REPLACE_REF_BASE GIT_SHALLOW_FILE GIT_WORK_TREE".split()
)
# A hook or filter of git may run Pants, which would wait for the run that has started git, which waits for the hook.
_UNLESS_SET = {"PANTS_CONCURRENT": "True"}
_ALWAYS = {
    "GIT_LITERAL_PATHSPECS": "1",  # a path is a path, whatever is in its name
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "",
    "LC_ALL": "C",
}


class GitError(Exception):
    """A command failed; the message is git's own."""

    def __init__(self, command: str, exit_code: int, output: str) -> None:
        super().__init__(tail(output) or f"git {command} exited with {exit_code}")
        self.exit_code = exit_code


@dataclass(frozen=True)
class Git:
    """Runs git in a directory. `environment` is that of the caller, from which only what redirects git is left out.

    With `alone`, the directory itself has to be the repository: git does not take one that is above it instead.
    """

    directory: Path
    environment: Mapping[str, str]
    alone: bool = False

    @property
    def own_environment(self) -> dict[str, str]:
        """The environment of the caller for programs other than git, without the variables that redirect git."""
        return {name: value for name, value in self.environment.items() if name not in _REDIRECTIONS}

    @property
    def _ceiling(self) -> dict[str, str]:
        return {"GIT_CEILING_DIRECTORIES": os.path.dirname(os.path.realpath(self.directory))} if self.alone else {}

    def run(
        self, *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, accept: Collection[int] = (0,)
    ) -> bytes:
        """What the command prints. Raises: GitError for an exit code not in `accept`; UserError without a git."""
        kept = self.own_environment
        executable = shutil.which("git", path=kept.get("PATH", os.defpath))
        if executable is None:
            raise UserError("There is no `git` on PATH.", fix="install git, or put it on PATH")
        # By its path, and without `cwd` and `close_fds`, Python starts it without copying the page tables of a daemon,
        # which takes longer than git itself. What Python opens is not inherited anyway.
        done = subprocess.run(
            [executable, "-C", str(self.directory), *args],  # noqa: S603
            env={**_UNLESS_SET, **kept, **_ALWAYS, **self._ceiling, **(env or {})},
            input=stdin,
            capture_output=True,
            check=False,
            close_fds=False,
        )
        if done.returncode not in accept:
            output = (done.stderr or done.stdout).decode(errors="replace")
            raise GitError(args[0], done.returncode, output)
        return done.stdout

    def line(self, *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> str:
        """What the command prints, as text without the newlines at its end: a path that ends in one needs `run`."""
        return os.fsdecode(self.run(*args, stdin=stdin, env=env)).rstrip("\n")

    def records(self, *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> list[str]:
        """What a command with `-z` prints: NUL-terminated, so git neither quotes nor escapes names."""
        return [record for record in os.fsdecode(self.run(*args, stdin=stdin, env=env)).split("\0") if record]

    def succeeds(self, *args: str) -> bool:
        """Whether the command exits with 0, for commands that answer by their exit code."""
        try:
            self.run(*args)
        except GitError:
            return False
        return True

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        """The paths that git ignores, of these; all are relative to the directory. Raises: GitError."""
        stdin = os.fsencode("\0".join(paths))
        try:
            # `check-ignore` refuses literal paths.
            env = {"GIT_LITERAL_PATHSPECS": "0"}
            return frozenset(self.records("check-ignore", "-z", "--stdin", stdin=stdin, env=env))
        except GitError as error:
            if error.exit_code == 1:  # none is
                return frozenset()
            raise

    def tree(self, commit: str, paths: Iterable[str], *, recursive: bool = False) -> dict[str, Entry]:
        """The entries of a commit at these paths, which are relative to the top of the work tree. Raises: GitError.

        Of a directory: the directory itself; with a "/" at the end ("/" is the top) what is directly in it; and if
        `recursive`, all files below it.
        """
        wanted = list(paths)
        if not wanted:
            return {}
        flags = ("-r", "-z") if recursive else ("-z",)
        where = [] if wanted == ["/"] else wanted
        records = self.records("ls-tree", *flags, "--full-tree", commit, "--", *where)
        return {path: Entry(mode, oid) for (mode, _, oid), path in map(_fields, records)}

    def staged(self, paths: Iterable[str]) -> dict[str, Entry]:
        """The entries of the index at these paths, which are relative to the directory. Raises: GitError."""
        wanted = list(paths)
        records = self.records("ls-files", "--stage", "-z", "--", *wanted) if wanted else []
        return {path: Entry(mode, oid) for (mode, oid, _), path in map(_fields, records)}

    def blobs(self, oids: Iterable[str]) -> dict[str, bytes]:
        """The contents of blobs by their object ids."""
        wanted = list(dict.fromkeys(oids))
        output = (
            self.run("cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in wanted).encode()) if wanted else b""
        )
        contents: dict[str, bytes] = {}
        at = 0
        for oid in wanted:
            header_end = output.index(b"\n", at)
            size_bytes = int(output[at:header_end].split()[2])
            contents[oid] = output[header_end + 1 : header_end + 1 + size_bytes]
            at = header_end + 1 + size_bytes + 1
        return contents


def _fields(record: str) -> tuple[list[str], str]:
    """Split a record of `ls-tree` or `ls-files --stage` into its fields and its path."""
    head, _, path = record.partition("\t")
    return head.split(" "), path
