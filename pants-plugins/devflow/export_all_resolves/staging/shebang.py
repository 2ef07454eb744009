"""The first lines of scripts, in the forms that installers write. Source: distlib, `ScriptMaker._build_shebang`."""

from __future__ import annotations

import os
import sys

_MAX_SHEBANG = 512 if sys.platform == "darwin" else 127
_EXEC = b"#!/bin/sh\n'''exec' "


def form_of(interpreter: bytes) -> str:
    """The form that an installer chooses for this path of an interpreter: "plain", "long" or "quoted"."""
    if b" " in interpreter:
        return "quoted"
    return "plain" if len(interpreter) + 3 <= _MAX_SHEBANG else "long"


def same_form(script: bytes, old: bytes, new: bytes) -> bool:
    """Whether an installer gives a script of one virtualenv the same form in another one; the paths are the two's."""
    interpreter, _ = split_shebang(script)
    interpreter = interpreter.removesuffix(b" -sE")
    return form_of(interpreter) == form_of(interpreter.replace(old, new))


def repointed(script: bytes, old: bytes, new: bytes) -> bytes:
    """The script with one path replaced by another; the shebang gets the form that the new path needs."""
    interpreter, body = split_shebang(script)
    shebang = _shebang(interpreter.replace(old, new)) if interpreter else b""
    return shebang + body.replace(old, new)


def split_shebang(content: bytes) -> tuple[bytes, bytes]:
    """The interpreter's path and the rest of the script; no path for a script of another language."""
    if content.startswith(_EXEC):
        second_line, _, rest = content[len(_EXEC) :].partition(b"\n")
        _, _, body = rest.partition(b"\n")
        return second_line.replace(b' "$0" "$@"', b"").strip(b'"'), body
    first_line, _, body = content.partition(b"\n")
    if first_line.startswith(b"#!") and b"python" in os.path.basename(first_line):
        return first_line[2:].strip(), body
    return b"", content


def _shebang(interpreter: bytes) -> bytes:
    if form_of(interpreter) == "plain":
        return b"#!" + interpreter + b"\n"
    quoted = b'"' + interpreter + b'"' if b" " in interpreter else interpreter
    return _EXEC + quoted + b" \"$0\" \"$@\"\n' '''\n"
