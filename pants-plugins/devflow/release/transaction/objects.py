"""The objects of a release: made in the object database, where nobody sees them until a ref names them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from devflow.common.git import SYMLINK, Entry, index_info
from devflow.release.transaction.order import Edit, Order, Place, Tag


def write_blobs(place: Place, edits: Iterable[Edit]) -> dict[str, str]:
    """Path → object id, of the edits with content. What git would do on `add` (line ends, filters) is done."""
    blobs = {}
    for edit in edits:
        if edit.content is None:
            continue
        filters = ["--no-filters"] if edit.mode == SYMLINK else [f"--path={edit.path}"]
        blobs[edit.path] = place.git.line(
            "-C", str(place.top), "hash-object", "-w", "--stdin", *filters, stdin=edit.content
        )
    return blobs


def write_commit(place: Place, order: Order, blobs: Mapping[str, str]) -> str:
    """The id of the new commit. The index of the work tree is not touched. Raises: GitError."""
    entries = "".join(
        index_info(edit.path, None if edit.content is None else Entry(edit.mode, blobs[edit.path]), like=order.head)
        for edit in order.edits
    )
    with scratch_dir(place) as scratch:
        index = {"GIT_INDEX_FILE": str(scratch / "index")}
        place.git.run("read-tree", order.head, env=index)
        place.git.run("update-index", "-z", "--index-info", stdin=os.fsencode(entries), env=index)
        tree = place.git.line("write-tree", env=index)
    signing = ["-S"] if order.sign else []
    return place.git.line("commit-tree", *signing, "-p", order.head, "-F", "-", tree, stdin=_text(order.message))


def write_tag(place: Place, tag: Tag, commit: str, config: Mapping[str, str]) -> str:
    """The id of a tag object, just as `git tag -a` makes it, signed if asked or configured. Raises: GitError.

    `git tag` always makes the ref, too. So it works in an empty repository that lends the object database of ours, with
    our settings of identity and signing.
    """
    with scratch_dir(place) as scratch:
        place.git.run("init", "--quiet", "--bare", f"--object-format={_object_format(commit)}", str(scratch / "git"))
        environment = {
            "GIT_DIR": str(scratch / "git"),
            "GIT_OBJECT_DIRECTORY": objects_dir(place),
            **_identity(place),
            **_as_environment({**config, "core.hooksPath": os.devnull}, place.git.environment),
        }
        signing = {None: [], True: ["--sign"], False: ["--no-sign"]}[tag.sign]
        place.git.run(
            "tag", "--annotate", *signing, "--file=-", tag.name, commit, stdin=_text(tag.message), env=environment
        )
        return place.git.line("rev-parse", f"refs/tags/{tag.name}", env=environment)


def try_to_sign(place: Place, head: str) -> None:
    """Sign a commit that nobody keeps: the only way to know whether signing works. Raises: GitError."""
    with scratch_dir(place) as scratch:
        environment = {
            "GIT_OBJECT_DIRECTORY": str(scratch),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects_dir(place),
        }
        place.git.run("commit-tree", "-S", "-m", "Can this be signed?", f"{head}^{{tree}}", env=environment)


def objects_dir(place: Place) -> str:
    """The object database."""
    return os.path.join(place.git.directory, place.git.line("rev-parse", "--git-path", "objects"))


@contextmanager
def scratch_dir(place: Place) -> Iterator[Path]:
    """A directory beside git's own files; the next run removes what a killed one has left."""
    place.own_dir.mkdir(exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="scratch-", dir=place.own_dir))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _identity(place: Place) -> dict[str, str]:
    """Who tags, as git says in the work tree: conditional settings would not apply elsewhere."""
    ident = place.git.line("var", "GIT_COMMITTER_IDENT")
    name, _, rest = ident.partition(" <")
    email, _, date = rest.partition("> ")
    return {"GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email, "GIT_COMMITTER_DATE": date}


def _as_environment(config: Mapping[str, str], caller: Mapping[str, str]) -> dict[str, str]:
    """Settings as variables, behind those that the caller gave in the same way."""
    first = int(caller.get("GIT_CONFIG_COUNT") or 0)
    variables = {"GIT_CONFIG_COUNT": str(first + len(config))}
    for number, (key, value) in enumerate(config.items(), first):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


def _object_format(oid: str) -> str:
    return "sha1" if len(oid) == 40 else "sha256"


def _text(message: str) -> bytes:
    return (message.rstrip("\n") + "\n").encode()
