"""Text of any origin as text that can be printed, read on one line, and pasted into a shell: names may be any bytes.

Standard library only.
"""

from __future__ import annotations

import os
import re
import shlex
import unicodedata

# Control characters (C0, DEL, C1), surrogates (bytes that are not UTF-8), the separators of lines and paragraphs, and
# formatting characters: those that turn the direction of text or have no width. Source: Unicode 15, general categories.
_NOT_PLAIN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_MAYBE_NOT_PLAIN = re.compile(r"[^ -~]")
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def shown(text: str, *, keep: str = "") -> str:
    r"""Printable text on one line: a character that no terminal shows as itself becomes `\n`, `\x1b` or `\u202e`.

    Every name that comes from a file, from git or from the user goes through this function before it is printed. A
    byte that is not UTF-8 (a surrogate of `os.fsdecode`) becomes `\xff`. The characters of `keep` stay as they are.
    """
    return _MAYBE_NOT_PLAIN.sub(lambda found: found[0] if found[0] in keep else _visible(found[0]), text)


def shown_lines(text: str) -> str:
    """Printable text of several lines: as `shown`, with newlines and tabs kept."""
    return shown(text, keep="\n\t")


def shown_fact(text: str) -> str:
    r"""One fact of a report: as `shown_lines`, but a newline that was in a name becomes `\n`.

    Four spaces follow each line break that is ours (the output of a tool, a text to paste), so that no name makes a
    line that looks like one of ours.
    """
    return re.sub(r"\n(?! {4})", r"\\n", shown_lines(text))


def as_text(text: str) -> str:
    r"""Text that can be encoded: a byte that is not UTF-8 becomes `\xff`; all other characters stay."""
    return re.sub("[\ud800-\udfff]", lambda found: _visible(found[0]), text)


def is_text(name: str) -> bool:
    """Whether a name is UTF-8: the engine takes no other names."""
    return not re.search("[\ud800-\udfff]", name)


def display_path(path: str, build_root: str = "") -> str:
    """The path for messages: relative to the build root if it is inside, and as `shown`."""
    if build_root and (path + os.sep).startswith(build_root.rstrip(os.sep) + os.sep):
        path = os.path.relpath(path, build_root)
    return shown(path)


def shell_quote(text: str) -> str:
    """The text as one word of bash or zsh: bare, in quotes, or as `$'…'` if it has unprintable characters."""
    if shown(text) == text:
        return shlex.quote(text)
    return "$'" + "".join(_in_quotes(char) for char in text) + "'"


def _visible(char: str) -> str:
    if unicodedata.category(char) not in _NOT_PLAIN:
        return char
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _in_quotes(char: str) -> str:
    r"""The text inside of `$'…'`: unprintable characters by their bytes, so that no locale changes them."""
    if char in "\\'":
        return f"\\{char}"
    if _visible(char) == char:
        return char
    encoded = char.encode(errors="surrogateescape" if "\udc80" <= char <= "\udcff" else "surrogatepass")
    return _SHORT.get(char) or "".join(f"\\x{byte:02x}" for byte in encoded)


def is_inside(path: str, directory: str) -> bool:
    """Whether the path is the directory or below it, going by the text alone."""
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


def callers_directory(pwd: str | None, build_root: str) -> str:
    """The directory in the caller's PWD; the build root if PWD names no directory."""
    return pwd if pwd and os.path.isabs(pwd) and os.path.isdir(pwd) else build_root
