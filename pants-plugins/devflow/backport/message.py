"""Writes the message of a commit on a series: with a trailer, and with references qualified by repository. Pure."""

from __future__ import annotations

import re

from devflow.backport.facts import CommitObject
from devflow.common.errors import UserError
from devflow.common.paths import shown

_TRAILER = re.compile(r"[A-Za-z0-9-]+\s*: |\(cherry picked from commit ")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_REFERENCE = re.compile(
    r"""(?P<kept> (?P<ticks>`+) (?: (?: (?! \n\n ) . )*? [^`] )? (?P=ticks) (?!`)  # code, within a paragraph
               | \b [a-z][a-z0-9+.-]* :// \S+ )
      | (?<! [^\s(\[,] ) (?: \# | GH- ) (?P<number> \d+ ) (?! \w )""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def qualified(text: str, repository: str) -> str:
    """The text with each separate `#12` and `GH-12` as `owner/repository#12`, except in code and URLs."""
    return _REFERENCE.sub(lambda found: found["kept"] or f"{repository}#{found['number']}", text)


def has_references(text: str) -> bool:
    """Whether `qualified` would change the text."""
    return qualified(text, "\0") != text


def refuse_template(template: str) -> None:
    """Raises: UserError for a setting that makes no trailer."""
    if template in ("", "x"):
        return
    unknown = [name for name in _PLACEHOLDER.findall(template) if name not in ("number", "commit", "series")]
    if unknown or "\n" in template or not re.match(r"[A-Za-z0-9-]+: \S", template):
        raise UserError(
            f"[backport].trailer = {shown(template)!r} is no trailer.",
            fix='write "x", or one such as "Backport-of: {number}", with {number}, {commit} and {series}',
        )


def trailer_of(template: str, commit: CommitObject, series: str) -> str:
    """The trailer by the setting; "" if it is not set, or has {number} and the commit has no number."""
    if template == "x":
        return f"(cherry picked from commit {commit.oid})"
    if commit.number is None and "{number}" in template:
        return ""
    values = {"number": commit.number or "", "commit": commit.oid, "series": series}
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)


def with_trailer(message: str, trailer: str) -> str:
    """The message with one more trailer, in the trailer block at its end, or in a new block."""
    if not trailer:
        return message
    body = message.rstrip("\n")
    paragraphs = body.split("\n\n")
    block = paragraphs[-1].split("\n") if len(paragraphs) > 1 else []
    if trailer in block:
        return message
    is_block = bool(block) and all(_TRAILER.match(line) or line[:1] in (" ", "\t") for line in block)
    return f"{body}{'' if is_block else chr(10)}\n{trailer}\n"


def message_of(commit: CommitObject, series: str, *, trailer: str, repository: str | None) -> str:
    """The message on the series. If the name of the commit's repository is given, references are qualified with it."""
    message = qualified(commit.message, repository) if repository else commit.message
    return with_trailer(message, trailer_of(trailer, commit, series))
