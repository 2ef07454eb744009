"""Commands that remove caches of another user, or unreadable ones, and nothing that is not a cache."""

from __future__ import annotations

import os
import shutil
import stat

from devflow.common.paths import shell_quote
from devflow.common.removal.surroundings import Surroundings
from devflow.common.removal.usage import TreeContent

_ROOT = 0


def ownership_fix(path: str, tree: TreeContent, around: Surroundings) -> str | None:
    """A command that gives a tree with entries of another user to this user, or does the same as that user.

    None if neither is safe: a file with several names may be one that is not in the tree.
    """
    if not tree.foreign or tree.shared:
        return None
    try:
        status = os.lstat(path)
    except OSError:
        return None
    if around.user_id != _ROOT:
        return f"sudo chown -R {around.user_id} {shell_quote(path)}"
    if status.st_uid == _ROOT:
        return f"chown -R 0 {shell_quote(path)}"
    # The whole tree is another user's, who should keep owning it: a container that has the caches of its host, or sudo.
    if around.environment.get("SUDO_UID") == str(status.st_uid):
        return "run the same command without sudo"
    return as_user(status.st_uid, status.st_gid, path, around.command)


def as_user(user_id: int, group_id: int, path: str, command: str) -> str | None:
    """The command as another user; None if this machine has no `setpriv`, or that user cannot get at the path."""
    parents = []
    parent = os.path.dirname(path)
    while parent not in parents:
        parents.append(parent)
        parent = os.path.dirname(parent)
    reachable = all(_may_enter(os.stat(each), user_id, group_id) for each in parents)
    if not reachable or not shutil.which("setpriv"):
        return None
    return f"setpriv --reuid={user_id} --regid={group_id} --clear-groups {command}"


def _may_enter(status: os.stat_result, user_id: int, group_id: int) -> bool:
    if status.st_uid == user_id:
        return bool(status.st_mode & stat.S_IXUSR)
    return bool(status.st_mode & (stat.S_IXGRP if status.st_gid == group_id else stat.S_IXOTH))


def closed_fix(path: str, user_id: int) -> str | None:
    """A command that opens a directory of this user; None if its mode is not what keeps it closed."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    if status.st_uid != user_id or status.st_mode & stat.S_IRWXU == stat.S_IRWXU:
        return None
    return f"chmod -R u+rwX {shell_quote(path)}"
