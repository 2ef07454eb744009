"""Reads the list, the directory of checkouts, and the git state of each. Pants does not see files that git ignores."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.files import read_file
from devflow.common.git import Git, GitError
from devflow.plugin_checkouts.facts import (
    CheckoutKind,
    DeclaredCheckout,
    GitState,
    PluginCheckout,
    PluginProject,
    unusable_name,
)
from devflow.plugin_checkouts.listed import parse_list
from devflow.plugin_checkouts.projects import FILES, read_project, version_file

_BUSY = (
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
    ("MERGE_HEAD", "a merge"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    ("BISECT_LOG", "a bisection"),
)
_AT_ONCE = 16  # a git process mostly waits
STAGING = ".devflow-clone-"  # an incomplete clone


def read_list(build_root: str, path: str) -> tuple[str, tuple[DeclaredCheckout, ...]] | None:
    """The text of the list and its entries; None without a list. Raises: UserError."""
    try:
        text = read_file(Path(build_root, path)).decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}", fix=f"correct {path}") from error
    return text, parse_list(text, path, build_root)


def find_checkouts(build_root: str, directory: str) -> tuple[str, ...]:
    """The names of possible checkouts, sorted: directories and links to directories, except hidden ones."""
    with suppress(OSError), os.scandir(os.path.join(build_root, directory)) as entries:
        return tuple(sorted(one.name for one in entries if one.is_dir() and one.name[0] not in "._"))
    return ()


def inspect_project(build_root: str, path: str) -> PluginProject:
    """The contents of a directory, without its git state. No Python file is read."""
    unusable = unusable_name(os.path.basename(path))
    if unusable:
        return PluginProject(problem=unusable)
    top = Path(build_root, path)
    texts = {name: text for name in FILES if (text := _text(top / name)) is not None}
    named = version_file(texts.get("setup.cfg", ""))
    if named and (text := _text(top / named)) is not None:
        texts[named] = text
    directories = _directories(top)
    modules = {".": _modules(top), **{one: _modules(top / one) for one in directories}}
    return _read_project(tuple(texts.items()), directories, tuple(modules.items()))


@lru_cache(maxsize=256)
def _read_project(
    texts: tuple[tuple[str, str], ...], directories: tuple[str, ...], modules: tuple[tuple[str, tuple[str, ...]], ...]
) -> PluginProject:
    """The same for the same files; cached in the daemon, because parsing takes longer than reading."""
    return read_project(dict(texts), directories, dict(modules))


def _text(path: Path) -> str | None:
    with suppress(OSError):
        return read_file(path).decode(errors="replace")
    return None


def _directories(top: Path) -> tuple[str, ...]:
    with suppress(OSError), os.scandir(top) as entries:
        return tuple(sorted(one.name for one in entries if one.is_dir() and one.name[0] != "."))
    return ()


def _modules(root: Path) -> tuple[str, ...]:
    """The importable names of a source root: packages with an `__init__.py`, and modules."""
    found = set()
    with suppress(OSError), os.scandir(root) as entries:
        for one in entries:
            if one.is_dir() and os.path.isfile(os.path.join(one.path, "__init__.py")):
                found.add(one.name)
            elif one.name.endswith(".py") and one.name not in ("setup.py", "conftest.py"):
                found.add(one.name[:-3])
    return tuple(sorted(found))


def inspect_checkouts(
    build_root: str, directory: str, refs: Mapping[str, str | None], env: Mapping[str, str]
) -> list[PluginCheckout]:
    """The checkouts with these names, sorted; git is asked for all of them in parallel. `refs`: see `git_state`.

    Raises: UserError without git.
    """
    with ThreadPoolExecutor(_AT_ONCE) as git:
        tracked = git.submit(tracked_in, build_root, directory, env)
        found = list(
            git.map(lambda one: _inspect_checkout(build_root, directory, one[0], one[1], env), sorted(refs.items()))
        )
        of_repository = tracked.result()
    return [_unless_tracked(one, of_repository) for one in found]


def _inspect_checkout(
    build_root: str, directory: str, name: str, ref: str | None, env: Mapping[str, str]
) -> PluginCheckout:
    path = f"{directory}/{name}"
    absolute = os.path.join(build_root, path)
    if not os.path.lexists(absolute):
        return PluginCheckout(name, path, CheckoutKind.ABSENT)
    if not os.path.isdir(absolute):
        return PluginCheckout(name, path, CheckoutKind.OTHER)
    project = inspect_project(build_root, path)
    # A worktree and a submodule have a file of this name.
    has_git = os.path.lexists(os.path.join(absolute, ".git"))
    try:
        state = git_state(Git(Path(absolute), env, alone=True), ref) if has_git else None
    except GitError as error:
        return PluginCheckout(name, path, CheckoutKind.UNREADABLE, None, project, str(error))
    kind = CheckoutKind.REPOSITORY if state else CheckoutKind.PLAIN
    return PluginCheckout(name, path, CheckoutKind.LINK if os.path.islink(absolute) else kind, state, project)


def _unless_tracked(one: PluginCheckout, tracked: Iterable[str]) -> PluginCheckout:
    """One checkout.

    `tracked` are the paths that the repository itself tracks in the directory: these are never changed.
    """
    if any(path == one.path or path.startswith(f"{one.path}/") for path in tracked):
        return PluginCheckout(one.name, one.path, CheckoutKind.TRACKED, None, one.project)
    return one


def git_state(git: Git, ref: str | None) -> GitState:
    """The state of a git repository. Raises: GitError.

    Its tags are read only if they matter: for a detached HEAD, and for a `ref` that is not the branch.
    """
    lines = git.line("status", "--porcelain=v2", "--branch").splitlines()
    head = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# ") and " " in line[2:])
    ahead, behind = (int(part[1:]) for part in head.get("branch.ab", "+0 -0").split())
    branch = None if head.get("branch.head") == "(detached)" else head.get("branch.head")
    commit = head.get("branch.oid", "")
    has_tags = not commit.startswith("(") and (branch is None or ref not in (None, branch))
    return GitState(
        _remote(git),
        commit,
        branch,
        head.get("branch.upstream"),
        ahead,
        behind,
        sum(not line.startswith("#") for line in lines),
        _busy(str(git.directory)),
        tuple(git.line("tag", "--points-at", "HEAD").split()) if has_tags else (),
    )


def _busy(top: str) -> str | None:
    """The unfinished operation of git in this work tree, by its state files. git is not started."""
    own = os.path.join(top, ".git")
    if os.path.isfile(own):
        named = (_text(Path(own)) or "").partition("gitdir:")[2].strip()
        own = os.path.join(top, named)
    return next((what for name, what in reversed(_BUSY) if os.path.lexists(os.path.join(own, name))), None)


def _remote(git: Git) -> str | None:
    try:
        return git.line("config", "--get", "remote.origin.url")
    except GitError:
        return None


def tracked_in(build_root: str, directory: str, env: Mapping[str, str]) -> frozenset[str]:
    """The paths that the repository tracks in a directory; none without a repository."""
    try:
        return frozenset(Git(Path(build_root), env).records("ls-files", "-z", "--", directory))
    except (GitError, UserError):
        return frozenset()
