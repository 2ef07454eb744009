"""Decides which process `exec` runs, with which variables and in which directory. Pure."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from devflow.common.callers import of_caller
from devflow.common.errors import UserError
from devflow.common.options import command_line
from devflow.common.paths import callers_directory

# Variables that the launchers of Pants add to those of the caller. Source: `pants_loader` of Pants, and ours.
_OF_LAUNCHERS = ("_PANTS_SERVER_EXE", "PANTS_PEX_CLI_", "PANTS_CA_CERTS_PATH")
# Our launcher sets this copy, too: the Python client, which runs before there is a daemon, removes the original.
_CALLERS_PYTHONPATH = "DEVFLOW_CALLERS_PYTHONPATH"
_REPLACED = "{chroot}"  # Pants replaces this text by the path of a sandbox


def environment(variables: Mapping[str, str], extra: Mapping[str, str]) -> Mapping[str, str]:
    """The caller's variables, without those of Pants itself, and the extra ones. Raises: UserError."""
    own = {name: value for name, value in of_caller(variables).items() if not name.startswith(_OF_LAUNCHERS)}
    python_path = own.pop(_CALLERS_PYTHONPATH, "")
    if python_path:
        own.setdefault("PYTHONPATH", python_path)
    for name, value in {**own, **extra}.items():
        if _REPLACED in value:
            raise UserError(
                f"The variable {name} holds {_REPLACED}, which Pants replaces by the path of a sandbox.",
                fix="give it another value, or use the script that `exec-files` writes, which changes nothing",
            )
    return {**own, **extra}


def argv(script: str, cwd: str, command: Sequence[str]) -> tuple[str, ...]:
    """The process: a shell that changes the directory and is then replaced by the command. Raises: UserError."""
    for argument in command:
        if _REPLACED in argument:
            raise UserError(
                f"An argument holds {_REPLACED}, which Pants replaces by the path of a sandbox.",
                fix="use the script that `exec-files` writes, which changes nothing",
            )
    # `$0` is the directory, so that the command's own arguments begin with `$1`.
    return ("/bin/sh", "-c", f'cd "$0" || exit 1\n{script}', cwd, *command)


def working_directory(option: str | None, pwd: str | None, build_root: str) -> str:
    """The directory of the command: `--cwd`, else the caller's directory, else the build root.

    `--cwd` is relative to the caller's directory. Raises: UserError if `--cwd` is not a directory.
    """
    here = callers_directory(pwd, build_root)
    if option is None:
        return here
    path = os.path.normpath(os.path.join(here, option))
    if not os.path.isdir(path):
        raise UserError(f"--cwd={option}: {path} is not a directory.", fix="name one that is there")
    return path


def is_looked_up(word: str) -> bool:
    """Whether the first word of a command is the name of a program: not an option of Python, a file or a path."""
    return not (word in ("", "-") or word.startswith("-") or word.endswith(".py") or "/" in word)


def own_arguments(typed: Sequence[str]) -> tuple[str, ...]:
    """What is typed after the name of this goal, with `--` and the command. `typed` are all arguments of the run."""
    return tuple(typed[typed.index("exec") + 1 :]) if "exec" in typed else ()


def without_dashes(typed: Sequence[str], bin_name: str) -> UserError:
    """The error for a command without `--` before it, which Pants parses as targets and goals, and for none behind it.

    `typed` are all arguments of the run.
    """
    words = own_arguments(typed)
    if "--" in words:
        before, command = words[: words.index("--")], words[words.index("--") + 1 :]
        what = "This goal takes no targets before --." if command else "There is no command behind --."
        before = tuple(word for word in before if word.startswith("--"))
    else:
        own = next((at for at, word in enumerate(words) if not word.startswith("--")), len(words))
        what, before, command = "This goal takes its command behind --.", words[:own], words[own:]
    return UserError(what, fix=command_line(bin_name, "exec", *before, "--", *(command or ("-m", "MODULE"))))


def not_found(name: str, in_venv: Collection[str], venv: str) -> UserError:
    """The error for an unknown command; `in_venv` are the names of the virtualenv's programs."""
    near = get_close_matches(name, sorted(in_venv))
    hint = f" It has {', '.join(near)}." if near else ""
    return UserError(
        f"{name} is neither in {venv}/bin nor on PATH.{hint}",
        fix="correct the name, or add the requirement that brings it to the lockfile of that resolve",
    )
