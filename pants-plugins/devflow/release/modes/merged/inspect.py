"""Read the facts of `--tag-merged`: the history of the branch upstream, the tag, the branch to make, and the remote."""

from __future__ import annotations

from collections.abc import Sequence

from devflow.common.errors import UserError
from devflow.common.git import GitError
from devflow.common.git_entries import EXECUTABLE, REGULAR
from devflow.common.git_worktree import Repository
from devflow.common.paths import shell_quote, shown
from devflow.release.git.committed import read_committed
from devflow.release.modes.merged.history import History, HistoryCommit
from devflow.release.versions.version_files import VersionFile, version_among, version_in_file

_FILES = (REGULAR, EXECUTABLE)


def upstream_of(repository: Repository, branch: str | None, remote: str) -> str:
    """The ref whose history has the merge: the upstream of the branch, its copy of the remote, or else HEAD."""
    if branch is not None:
        for name in (f"refs/heads/{branch}@{{upstream}}", f"refs/remotes/{remote}/{branch}"):
            try:
                return repository.git.line("rev-parse", "--verify", "--quiet", "--symbolic-full-name", name)
            except GitError:
                continue
    return f"refs/heads/{branch}" if branch is not None else "HEAD"


def read_history(repository: Repository, ref: str, files: Sequence[VersionFile]) -> History:
    """The first-parent history of a ref, with the version of each commit. Raises: GitError, UserError."""
    git = repository.git
    tip = git.line("rev-parse", "--verify", f"{ref}^{{commit}}")
    file = _file_at(repository, tip, files)
    log = ("-c", "log.showRoot=true", "-c", "log.follow=false", "log", "--first-parent", "--no-show-signature")
    lines = git.line(*log, "--no-color", "--format=%H %T %s", tip).split("\n")
    versions = _versions(repository, tip, file, log)
    commits = []
    present: str | None = next(iter(versions.values()))[0] if versions else None
    for line in lines:
        oid, tree, subject = line.split(" ", 2)
        after, before, created = versions.get(oid, (present, present, False))
        commits.append(HistoryCommit(oid, tree, subject, after, changed=after != before, created=created))
        present = before
    where = ref.split("/", 2)[2] if ref.startswith("refs/") else ref
    return History(where, tuple(commits), file.path, repository.shallow)


def _file_at(repository: Repository, commit: str, files: Sequence[VersionFile]) -> VersionFile:
    """The version file that tells the version at a commit. Raises: UserError."""
    committed = read_committed(repository, commit, [file.path for file in files]).files
    version_among(files, committed)
    return next(file for file in files if file.path in committed)


def _versions(
    repository: Repository, tip: str, file: VersionFile, log: Sequence[str]
) -> dict[str, tuple[str | None, str | None, bool]]:
    """Commit → the version after it, the version before it, and whether it made the file; the newest commit first.

    Only commits that changed the file are here. git compares a merge with its first parent.
    """
    path = repository.prefix + file.path
    raw = ("--format=%H", "-m", "--raw", "--no-abbrev", "--no-renames")
    output = repository.git.line("-C", str(repository.worktree.top), *log, *raw, tip, "--", path)
    found: list[tuple[str, str, str]] = []
    commit = ""
    for line in filter(None, output.split("\n")):
        if not line.startswith(":"):
            commit = line
            continue
        old_mode, new_mode, old, new, _ = line[1:].split(None, 4)
        found.append((commit, new if new_mode in _FILES else "", old if old_mode in _FILES else ""))
    contents = repository.git.blobs({oid for _, *oids in found for oid in oids if oid})
    texts = {oid: _version_in(file, content) for oid, content in contents.items()}
    return {commit: (texts.get(new), texts.get(old), not old) for commit, new, old in found}


def _version_in(file: VersionFile, content: bytes) -> str | None:
    try:
        return version_in_file(file, content, exact=False).text
    except UserError:
        return None


def commit_of(repository: Repository, name: str) -> str:
    """The id of a commit that an option names. Raises: UserError."""
    try:
        return repository.git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except GitError:
        raise UserError(
            f"--commit={shown(name)} is not a commit of this repository.", fix="git fetch, or name another commit"
        ) from None


def trees_of(repository: Repository, branch: str, remote: str) -> tuple[tuple[str, str], ...]:
    """The branch of a release, here and at the remote as far as it was fetched, and the trees of both."""
    found = []
    for ref in (f"refs/heads/{branch}", f"refs/remotes/{remote}/{branch}"):
        try:
            found.append(
                (ref.split("/", 2)[2], repository.git.line("rev-parse", "--verify", "--quiet", f"{ref}^{{tree}}"))
            )
        except GitError:
            continue
    return tuple(found)


def has_commit(repository: Repository, branch: str, commit: str) -> bool:
    """Whether a branch has a commit."""
    return repository.git.succeeds("merge-base", "--is-ancestor", commit, f"refs/heads/{branch}")


def fetch(repository: Repository, remote: str) -> None:
    """Fetch branches and tags of a remote. Raises: UserError."""
    try:
        repository.git.run("fetch", "--quiet", "--tags", "--end-of-options", remote)
    except GitError as error:
        raise UserError(
            f"git fetch {shown(remote)} failed: {error}",
            fix=f"run `git ls-remote {shell_quote(remote)}` and correct what it reports; or leave --fetch out",
        ) from None
