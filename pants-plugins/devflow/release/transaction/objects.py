"""Write the objects of a transaction to the object database. They have no effect until a ref names them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from devflow.common.errors import UserError
from devflow.common.git import Git
from devflow.common.git_entries import SYMLINK, Entry, index_info
from devflow.common.git_worktree import Worktree
from devflow.common.paths import shown
from devflow.release.transaction.spec import Edit, Tag, TransactionSpec


def blob_ids(worktree: Worktree, edits: Iterable[Edit], *, write: bool) -> dict[str, str]:
    """Path → object id, of the edits with content, which is converted as `git add` does (line ends, filters).

    `write` also stores the objects. Raises: GitError.
    """
    blobs = {}
    for edit in edits:
        if edit.content is None:
            continue
        filters = ["--no-filters"] if edit.mode == SYMLINK else [f"--path={edit.path}"]
        # `core.safecrlf` protects a file in the worktree from a conversion; this content has no file yet.
        how = ["-c", "core.safecrlf=false", "-C", str(worktree.top), "hash-object", *(["-w"] if write else [])]
        blobs[edit.path] = worktree.git.line(*how, "--stdin", *filters, stdin=edit.content)
    return blobs


def changed_entries(git: Git, before: str, after: str) -> dict[str, Entry | None]:
    """Path → what `after`, a commit or a tree, has there, of the paths that differ from `before`. Raises: GitError."""
    records = iter(git.records("diff-tree", "-r", "-z", "--raw", "--no-renames", before, after))
    found: dict[str, Entry | None] = {}
    for fields, path in zip(records, records):
        _, mode, _, oid, _ = fields.split()
        found[path] = Entry(mode, oid) if int(mode) else None
    return found


def write_commit(worktree: Worktree, spec: TransactionSpec, blobs: Mapping[str, str]) -> str:
    """The id of the new commit. The worktree and its index do not change. Raises: GitError, UserError."""
    entries = "".join(
        index_info(edit.path, None if edit.content is None else Entry(edit.mode, blobs[edit.path]), like=spec.head)
        for edit in spec.edits
    )
    with worktree.scratch_dir() as scratch:
        index = {"GIT_INDEX_FILE": str(scratch / "index")}
        worktree.git.run("read-tree", spec.head, env=index)
        worktree.git.run("update-index", "-z", "--index-info", stdin=os.fsencode(entries), env=index)
        tree = worktree.git.line("write-tree", env=index)
    _check_tree(worktree, spec, blobs, tree)
    signing = ["-S"] if spec.sign else []
    return worktree.git.line("commit-tree", *signing, "-p", spec.head, "-F", "-", tree, stdin=_text(spec.message))


def _check_tree(worktree: Worktree, spec: TransactionSpec, blobs: Mapping[str, str], tree: str) -> None:
    """Refuse a tree that differs from HEAD's in anything but what was asked for.

    git leaves out a path that it does not accept, and replaces a file by a directory of its name. Raises: UserError.
    """
    before = worktree.git.tree(spec.head, [edit.path for edit in spec.edits])
    asked = {edit.path: None if edit.content is None else Entry(edit.mode, blobs[edit.path]) for edit in spec.edits}
    asked = {path: entry for path, entry in asked.items() if entry != before.get(path)}
    made = changed_entries(worktree.git, spec.head, tree)
    if made != asked:
        wrong = sorted(path for path in {*made, *asked} if made.get(path, "") != asked.get(path, ""))
        raise UserError(
            f"git does not take this change into a commit: {', '.join(map(shown, wrong))}; nothing was done.",
            fix="choose other paths in the options of pants.toml, and run the same command again",
        )


def write_tag(worktree: Worktree, tag: Tag, commit: str, config: Mapping[str, str]) -> str:
    """The id of a tag object as `git tag -a` makes it, signed if asked or configured. Raises: GitError.

    `git tag` always makes the ref, too. So it runs in an empty temporary repository that uses this repository's object
    database, identity and signing settings.
    """
    with worktree.scratch_dir() as scratch:
        worktree.git.run(
            "init",
            "--quiet",
            "--bare",
            "--template=",
            f"--object-format={_object_format(commit)}",
            str(scratch / "git"),
        )
        environment = {
            "GIT_DIR": str(scratch / "git"),
            "GIT_OBJECT_DIRECTORY": worktree.objects_dir,
            **_identity(worktree),
            **_as_environment({**config, "core.hooksPath": os.devnull}, worktree.git.environment),
        }
        signing = {None: [], True: ["--sign"], False: ["--no-sign"]}[tag.sign]
        worktree.git.run(
            *("tag", "--annotate", *signing, "--cleanup=verbatim", "--file=-", "--end-of-options", tag.name, commit),
            stdin=_text(tag.message),
            env=environment,
        )
        return worktree.git.line("rev-parse", f"refs/tags/{tag.name}", env=environment)


def _identity(worktree: Worktree) -> dict[str, str]:
    """The committer, as git says in the worktree: conditional settings (`includeIf`) would not apply elsewhere."""
    ident = worktree.git.line("var", "GIT_COMMITTER_IDENT")
    name, _, rest = ident.partition(" <")
    email, _, date = rest.partition("> ")
    return {"GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email, "GIT_COMMITTER_DATE": date}


def _as_environment(config: Mapping[str, str], caller: Mapping[str, str]) -> dict[str, str]:
    """Settings as environment variables, numbered after those of the caller's environment."""
    first = int(caller.get("GIT_CONFIG_COUNT") or 0)
    variables = {"GIT_CONFIG_COUNT": str(first + len(config))}
    for number, (key, value) in enumerate(config.items(), first):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


def _object_format(oid: str) -> str:
    return "sha1" if len(oid) == 40 else "sha256"


def _text(message: str) -> bytes:
    return os.fsencode(message.rstrip("\n") + "\n")
