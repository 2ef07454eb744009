"""What git says about a repository: facts for the plan. Nothing here changes anything."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.git import SYMLINK, Git, GitError
from devflow.release.facts import Committed, Head, Remote, RemoteState, Signing, Tags
from devflow.release.transaction.order import Place

# A file or directory in the git directory that says that something else is under way there.
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "BISECT_LOG": "a bisection",
    "index.lock": "another git command",
}
_MOST_LINKS = 10  # one behind the other; more are a circle
_SIGNING_SETTINGS = r"^(commit\.gpgsign|tag\.gpgsign|tag\.forcesignannotated|user\.signingkey|gpg\..*)$"


@dataclass(frozen=True)
class Repository:
    """`prefix` is the build root, relative to the top of the work tree: "" or "sub/directory/"."""

    place: Place
    prefix: str
    shallow: bool

    @property
    def git(self) -> Git:
        """Runs in the build root."""
        return self.place.git


def open_repository(git: Git) -> Repository:
    """Raises: UserError where there is no git, no repository, or no work tree."""
    wanted = ("--show-toplevel", "--absolute-git-dir", "--git-common-dir", "--is-shallow-repository", "--show-prefix")
    try:
        answer = git.line("rev-parse", *wanted).split("\n")
    except GitError as error:
        if "not a git repository" in str(error):
            raise UserError(
                f"{git.directory} is not in a git repository.", fix="clone one, or make one with `git init`"
            ) from None
        raise UserError(f"git cannot be used here: {error}", fix="do what git says") from None
    top, git_dir, common_dir, shallow = answer[:4]
    place = Place(git, Path(top), Path(git_dir), Path(os.path.normpath(git.directory / common_dir)))
    return Repository(place, prefix=answer[4] if len(answer) > 4 else "", shallow=shallow == "true")


def head_commit(repository: Repository) -> str:
    """Raises: UserError without a commit."""
    try:
        return repository.git.line("rev-parse", "--verify", "--quiet", "HEAD")
    except GitError:
        raise UserError("There is no commit yet.", fix='make one: git add . && git commit --message="Begin"') from None


def read_head(repository: Repository) -> Head:
    """The commit and the branch, and everything that is not committed. There must be a commit."""
    status = ("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--ignore-submodules=none")
    records = iter(repository.git.records(*status, "--no-renames"))
    oid = branch = ""
    dirty = []
    for record in records:
        kind, _, rest = record.partition(" ")
        if kind == "#":
            name, _, value = rest.partition(" ")
            oid = value if name == "branch.oid" else oid
            branch = value if name == "branch.head" else branch
        elif kind in "?!":
            dirty.append(rest)
        else:
            dirty.append(rest.split(" ", {"1": 7, "2": 8, "u": 9}[kind])[-1])
    under_way = next((what for name, what in _UNDER_WAY.items() if (repository.place.git_dir / name).exists()), None)
    return Head(oid, "" if branch == "(detached)" else branch, tuple(sorted(dirty)), under_way)


def read_identity(repository: Repository) -> tuple[str, str]:
    """Who writes a commit now ("Name <mail>"), and what git says if it does not know. One of them is ""."""
    try:
        for variable in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            ident = repository.git.line("-c", "user.useConfigOnly=true", "var", variable)
    except GitError as error:
        return "", str(error).splitlines()[-1].strip()
    return ident[: ident.rindex(">") + 1], ""


def read_signing(repository: Repository) -> Signing:
    """How commits and tags are signed, as configured."""
    settings = {}
    try:
        records = repository.git.records("config", "--null", "--get-regexp", _SIGNING_SETTINGS)
    except GitError:
        records = []  # none is set
    for record in records:
        key, _, value = record.partition("\n")
        settings[key] = value
    truths = ("true", "yes", "on", "1", "")
    commits, tags, annotated = (
        settings.get(name, "false").lower() in truths
        for name in ("commit.gpgsign", "tag.gpgsign", "tag.forcesignannotated")
    )
    return Signing(commits=commits, tags=tags or annotated, settings=settings)


def read_tags(repository: Repository, name: str) -> Tags:
    """Whether the tag is there, of which commit, and whether git takes such a name."""
    if not repository.git.succeeds("check-ref-format", f"refs/tags/{name}"):
        return Tags(name, valid=False, commit="")
    try:
        commit = repository.git.line("rev-parse", "--verify", "--quiet", f"refs/tags/{name}^{{commit}}")
    except GitError:
        exists = repository.git.succeeds("show-ref", "--verify", "--quiet", f"refs/tags/{name}")
        return Tags(name, valid=True, commit="?" if exists else "")
    return Tags(name, valid=True, commit=commit)


def branch_commit(repository: Repository, name: str) -> str:
    """The commit of a branch; "" if there is none."""
    try:
        return repository.git.line("rev-parse", "--verify", "--quiet", f"refs/heads/{name}")
    except GitError:
        return ""


def branch_name_is_valid(repository: Repository, name: str) -> bool:
    """Whether git takes such a branch."""
    return repository.git.succeeds("check-ref-format", "--branch", name)


def read_remote(repository: Repository, remote: str, head: Head, *, tag: str = "", new_branch: str = "") -> Remote:
    """What the remote has of what is going to be pushed."""
    remotes = tuple(repository.git.line("remote").split())
    if remote not in remotes:
        return Remote(remote, RemoteState.UNKNOWN_NAME, known=remotes)
    names = [f"refs/heads/{head.branch}", *([f"refs/tags/{tag}"] if tag else [])]
    names += [f"refs/heads/{new_branch}"] if new_branch else []
    try:
        listed = repository.git.line("ls-remote", remote, *names)
    except GitError as error:
        return Remote(remote, RemoteState.UNREACHABLE, message=str(error))
    found = {name: oid for oid, name in (line.split("\t") for line in listed.splitlines())}
    state = _compare(repository, head, found.get(f"refs/heads/{head.branch}", ""))
    return Remote(
        remote,
        state,
        tag=found.get(f"refs/tags/{tag}", ""),
        new_branch=found.get(f"refs/heads/{new_branch}", ""),
    )


def _compare(repository: Repository, head: Head, theirs: str) -> RemoteState:
    if not theirs:
        return RemoteState.NO_BRANCH
    if theirs == head.commit:
        return RemoteState.SAME
    if not repository.git.succeeds("cat-file", "-e", f"{theirs}^{{commit}}"):
        return RemoteState.AHEAD
    if repository.git.succeeds("merge-base", "--is-ancestor", theirs, head.commit):
        return RemoteState.BEHIND
    if repository.shallow and not repository.git.succeeds("merge-base", "--is-ancestor", head.commit, theirs):
        return RemoteState.CANNOT_TELL
    return RemoteState.AHEAD


def read_committed(repository: Repository, commit: str, paths: Iterable[str]) -> Committed:
    """Files of a commit, by paths relative to the build root; a directory gives all that is in it.

    Symbolic links are followed within the commit; a submodule gives nothing.
    """
    wanted = sorted({posixpath.normpath(repository.prefix + path) for path in paths})
    entries = repository.git.tree(commit, wanted, recursive=True)
    links = {path: entry.oid for path, entry in entries.items() if entry.mode == SYMLINK}
    targets = _link_targets(repository, commit, links)
    oids = {path: entry.oid for path, entry in entries.items() if entry.is_file}
    oids.update({path: oid for path, (oid, _) in targets.items() if oid})
    contents = repository.git.blobs(oids.values())

    def shown(path: str) -> str:
        return path[len(repository.prefix) :] if path.startswith(repository.prefix) else path

    return Committed(
        files={shown(path): contents[oid] for path, oid in oids.items()},
        modes={shown(path): entry.mode for path, entry in entries.items()},
        links={shown(path): target for path, (_, target) in targets.items()},
    )


def list_directory(repository: Repository, commit: str, directory: str) -> tuple[str, ...]:
    """The files and links that are directly in a directory; paths are relative to the build root."""
    full = posixpath.normpath(repository.prefix + directory)
    entries = repository.git.tree(commit, ["/" if full == "." else f"{full}/"])
    paths = [path for path, entry in entries.items() if entry.is_file or entry.mode == SYMLINK]
    return tuple(path[len(repository.prefix) :] for path in paths)


def _link_targets(repository: Repository, commit: str, links: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Path → the blob at the end of the link ("" if it leads nowhere or out of the repository), and the link's text."""
    texts = repository.git.blobs(links.values())
    targets = {}
    for path, oid in links.items():
        text = os.fsdecode(texts[oid])
        targets[path] = (_blob_behind(repository, commit, path, text), text)
    return targets


def _blob_behind(repository: Repository, commit: str, path: str, text: str) -> str:
    """Not by git's own `--follow-symlinks`, which does not read `./`."""
    for _ in range(_MOST_LINKS):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), text))
        if path.startswith(("..", "/")):
            return ""
        entry = repository.git.tree(commit, [path], recursive=True).get(path)
        if entry is None or entry.mode != SYMLINK:
            return entry.oid if entry and entry.is_file else ""
        text = os.fsdecode(repository.git.blobs([entry.oid])[entry.oid])
    return ""
