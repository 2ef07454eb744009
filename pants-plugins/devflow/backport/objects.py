"""Reads commits by any name, and writes commits whose author is that of another commit, to the byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from devflow.backport.facts import CommitObject
from devflow.common.git import Git

_FOUND = re.compile(rb"([0-9a-f]{40,64}) ([a-z]+) ([0-9]+)")
_NOBODY = "devflow <> 0 +0000"


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def parse_commit(oid: str, raw: bytes) -> CommitObject:
    """The commit whose object has this content."""
    head, _, message = raw.partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        fields.setdefault(_text(key), []).append(_text(value))  # lines of a signature begin with a space: key ""
    return CommitObject(
        oid,
        fields["tree"][0],
        tuple(fields.get("parent", ())),
        fields["author"][0],
        _text(message),
        fields.get("encoding", [None])[0],
    )


def read_commits(git: Git, names: Iterable[str], env: Mapping[str, str] | None = None) -> dict[str, CommitObject]:
    """Name → commit, for any name that git accepts for a commit; names without a commit are left out.

    Raises: GitError.
    """
    wanted = [name for name in dict.fromkeys(names) if name and "\n" not in name and "\0" not in name]
    if not wanted:
        return {}
    stdin = b"".join(_raw(f"{name}^{{commit}}\n") for name in wanted)
    output, at = git.run("cat-file", "--batch", stdin=stdin, env=env), 0
    commits = {}
    for name in wanted:
        end = output.index(b"\n", at)
        found = _FOUND.fullmatch(output[at:end])
        at = end + 1
        if found:
            size_bytes = int(found[3])
            commits[name] = parse_commit(found[1].decode(), output[at : at + size_bytes])
            at += size_bytes + 1
    return commits


@dataclass(frozen=True)
class NewCommit:
    """A commit to write. Its author is `author`, to the byte, unless it is signed."""

    tree: str
    parents: tuple[str, ...] = ()
    author: str = _NOBODY
    committer: str = _NOBODY
    message: str = ""
    encoding: str | None = None


def write_commit(git: Git, new: NewCommit, env: Mapping[str, str], *, sign: bool = False) -> str:
    """Write a commit that no ref names, and return its id. Raises: GitError."""
    if sign:
        return _write_signed(git, new, env)
    lines = [f"tree {new.tree}", *(f"parent {oid}" for oid in new.parents)]
    lines += [f"author {new.author}", f"committer {new.committer}"]
    lines += [f"encoding {new.encoding}"] if new.encoding else []
    raw = _raw("\n".join(lines) + "\n\n" + new.message)
    return git.line("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw, env=env)


def _write_signed(git: Git, new: NewCommit, env: Mapping[str, str]) -> str:
    """Write it by `git commit-tree`, which knows the three ways to sign."""
    ident, date = new.author.rsplit("> ", 1)
    name, _, email = ident.partition("<")
    author = {"GIT_AUTHOR_NAME": name.strip(), "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": f"@{date}"}
    encoding = ("-c", f"i18n.commitEncoding={new.encoding or 'UTF-8'}")
    parents = [word for oid in new.parents for word in ("-p", oid)]
    command = (*encoding, "commit-tree", "-S", *parents, "-F", "-", new.tree)
    return git.line(*command, stdin=_raw(new.message), env={**env, **author})
