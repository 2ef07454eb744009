"""What prevents an export if remote execution is on: parts from the cluster in a virtualenv of this machine. Pure.

Pants looks for interpreters where its processes run, and takes any cluster for one of Linux on x86-64.
"""

from __future__ import annotations

from devflow.common.errors import Problem

_HERE = "turn remote execution off: add --no-remote-execution before the goal"


def other_platform(cluster: str, here: str) -> Problem | None:
    """Both as Pants names platforms ("linux_x86_64")."""
    if cluster == here:
        return None
    return Problem(f"Remote execution is on, for {cluster}, and this machine is a {here}.", fix=_HERE)


def other_interpreter(path: str, cluster: str, here: str | None) -> Problem | None:
    """`cluster` and `here` are hashes of the binary at this path; None if this machine has none."""
    if cluster == here:
        return None
    found = "not on this machine" if here is None else "not the interpreter of this machine"
    return Problem(
        f"Remote execution is on, and the interpreter that the cluster has, {path}, is {found}.",
        fix=f"give both the same interpreter at the same path; or {_HERE}",
    )


def no_interpreter(wanted: str) -> Problem:
    """The cluster has none that matches ("CPython==3.12.*")."""
    return Problem(
        f"Remote execution is on, and no Python interpreter of the cluster matches {wanted}.",
        fix=f"install one there, where [python-bootstrap].search_path finds it; or {_HERE}",
    )


def links_elsewhere(export_format: str) -> Problem:
    """The virtualenv to which an export of this format links is made by a process of the cluster."""
    return Problem(
        f"Remote execution is on, and a {export_format} is a link to a virtualenv in the caches of the cluster.",
        fix=f"set [export].py_resolve_format to mutable_virtualenv; or {_HERE}",
    )
