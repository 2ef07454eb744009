"""Changes checkouts: clones, then renames; fetches and fast-forwards. It never overwrites the user's work."""

from __future__ import annotations

import dataclasses
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from devflow.common.errors import Problem
from devflow.common.files import atomic_write, exclusive_lock
from devflow.common.git import Git, GitError
from devflow.common.paths import shell_quote, shown
from devflow.common.removal.trees import remove
from devflow.plugin_checkouts.facts import DeclaredCheckout, PluginCheckout
from devflow.plugin_checkouts.inspect import STAGING, git_state
from devflow.plugin_checkouts.plan import at_ref, refusal_to_advance, refusal_to_update

_LOCK = "plugin-checkouts.lock"
_SAFE = ("-c", "protocol.ext.allow=never")


@contextmanager
def turn(workdir: str, build_root: str, directory: str) -> Iterator[None]:
    """Hold the lock of runs that change checkouts, and remove incomplete clones of killed runs."""
    with exclusive_lock(Path(workdir, _LOCK), timeout_s=-1):
        top = os.path.join(build_root, directory)
        for name in os.listdir(top) if os.path.isdir(top) else ():
            if name.startswith(STAGING):
                remove(os.path.join(top, name))
        yield


def clone(build_root: str, directory: str, entry: DeclaredCheckout, env: Mapping[str, str]) -> Problem | None:
    """Clone a missing checkout. The clone gets its name only once it is complete. Raises: OSError."""
    top = Path(build_root, directory)
    top.mkdir(parents=True, exist_ok=True)
    staging = top / f"{STAGING}{secrets.token_hex(8)}"
    try:
        return _clone(Git(top, env), staging, entry, env) or _rename(staging, top / entry.name)
    finally:
        if os.path.lexists(staging):
            remove(str(staging))


def _clone(git: Git, staging: Path, entry: DeclaredCheckout, env: Mapping[str, str]) -> Problem | None:
    try:
        git.run(*_SAFE, "clone", "--quiet", "--origin", "origin", "--", entry.url, str(staging))
    except GitError as error:
        said = reason(error)
        what = f"{shown(entry.name)} cannot be cloned from {entry.url}: {said}"
        return Problem(what, fix=_other_way(entry.url, said))
    new = Git(staging, env, alone=True)
    for ref in filter(None, (entry.ref, entry.commit)):
        try:
            if ref == entry.commit and ref != entry.ref:
                new.run("reset", "--quiet", "--hard", ref)  # of a clone that is not in place yet
            else:
                new.run("checkout", "--quiet", ref)
        except GitError:
            known = new.line(
                "for-each-ref", "--format=%(refname:lstrip=-1)", "refs/remotes/origin", "refs/tags"
            ).split()
            names = sorted(set(known) - {"HEAD"})
            near = get_close_matches(ref, names) or names[:5]
            what = f"{shown(entry.name)}: {entry.url} has no branch, tag or commit {shown(ref)}."
            return Problem(what, fix=f"correct the ref: {', '.join(map(shown, near)) or 'it has none at all'}")
    return None


def reason(error: GitError) -> str:
    """What git says, on one line, up to the line that says what is fatal: what follows is advice."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    end = next((number for number, line in enumerate(lines, 1) if line.startswith("fatal: ")), len(lines))
    return " ".join(lines[:end])


def _other_way(url: str, said: str) -> str:
    """A private repository asks for a password, which cannot be typed here; a host may not answer at all."""
    if "unable to access" in said and "returned error" not in said:
        return (
            "correct the host in the URL, or the settings of the network and its proxy, and run the same command again"
        )
    if url.startswith(("http://", "https://")):
        host, _, path = url.partition("://")[2].rpartition("@")[2].partition("/")
        return f"log in with git's credential helper, or use the URL git@{host}:{path}"
    return "correct the URL, or what git says"


def _rename(staging: Path, path: Path) -> Problem | None:
    if os.path.lexists(path):
        return Problem(f"{shown(path.name)} was created meanwhile.", fix="run the same command again")
    staging.rename(path)
    return None


def update(
    build_root: str, one: PluginCheckout, entry: DeclaredCheckout | None, env: Mapping[str, str]
) -> Problem | None:
    """Fetch, fast-forward, and check out the declared ref.

    A checkout with uncommitted or unpublished changes is kept as it is.
    """
    refused = refusal_to_update(one)
    if refused:
        return refused
    git = Git(Path(build_root, one.path), env, alone=True)
    try:
        git.run(*_SAFE, "fetch", "--quiet", "--tags", "origin")
        if entry and entry.ref and not at_ref(one, entry):
            if one.state and one.state.ahead:
                what = f"{shown(one.path)} has {one.state.ahead} commits that {one.state.upstream} lacks."
                by_hand = f"git -C {shell_quote(one.path)} checkout {shell_quote(entry.ref)}"
                return Problem(what, fix=f"push them, or go on by hand: {by_hand}")
            git.run("checkout", "--quiet", entry.ref)
        state = git_state(git, entry.ref if entry else None)
        now = dataclasses.replace(one, state=state)
        refused = refusal_to_advance(now, entry)
        if refused:
            return refused
        if state.behind:
            git.run("merge", "--quiet", "--ff-only", "@{upstream}")
    except GitError as error:
        what = f"{shown(one.path)} cannot be updated: {reason(error)}"
        return Problem(what, fix=f"see why: git -C {shell_quote(one.path)} fetch origin")
    return None


def write_list(build_root: str, path: str, text: str) -> None:
    """Write the list. Raises: OSError."""
    atomic_write(Path(build_root, path), text.encode())


def write_metadata(directory: str, files: Mapping[str, bytes]) -> None:
    """Make the `.dist-info` directories consist of exactly these files. Raises: OSError."""
    kept = {path.partition("/")[0] for path in files}
    if os.path.isdir(directory):
        for name in os.listdir(directory):
            if name.endswith(".dist-info") and name not in kept:
                remove(os.path.join(directory, name))
    for path, content in sorted(files.items()):
        file = Path(directory, path)
        if not file.is_file() or file.read_bytes() != content:
            atomic_write(file, content)
