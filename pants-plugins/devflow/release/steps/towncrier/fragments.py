"""Names of news fragments: which files towncrier ignores, and the names that it would accept."""

from __future__ import annotations

import codecs
import posixpath
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatch

from devflow.common.errors import Problem
from devflow.common.paths import shell_quote, shown
from devflow.release.steps.towncrier.config import TowncrierConfig

# Files in directories of fragments that are none, for towncrier 24 and newer, and for older versions.
_NEVER = (".*", "readme", "readme.*", "__init__.py")


def may_be_a_fragment(path: str, config: TowncrierConfig, not_fragments: Sequence[str]) -> bool:
    """Whether a file in a directory of fragments is meant as a fragment, going by its name and the settings."""
    name = posixpath.basename(path).lower()
    ignored = (*_NEVER, *config.ignore, *not_fragments)
    if config.template and path == config.template:
        return False
    return not any(fnmatch(name, glob.lower()) or fnmatch(path, glob) for glob in ignored)


def ignored_problem(path: str, config: TowncrierConfig) -> Problem:
    """The problem of a file that towncrier ignores, although it looks like a fragment."""
    directory, name = posixpath.split(path)
    if directory not in config.directories:
        what = f"towncrier ignores {shown(path)}: it looks into {' and '.join(config.directories)} only, not below."
        return Problem(
            what, f"{_move(path, posixpath.join(config.directories[0], name))}; or {_or_ignore(name, config)}"
        )
    issue, _, rest = name.partition(".")
    kinds = ", ".join(config.types)
    suffix = f".{rest.rsplit('.', 1)[1]}" if "." in rest else ""
    word = rest.split(".")[0]
    close = get_close_matches(word, config.types, n=1) if word else []
    if not rest or (not suffix and word in ("md", "rst", "txt")):
        what = f"towncrier ignores {shown(path)}: its name has no type."
        stem = issue if issue and issue not in config.types else "+something"
        kind = issue if issue in config.types else close[0] if close else "TYPE"
        wanted = f"{stem}.{kind}{f'.{rest}' if rest else ''}"
    else:
        what = f"towncrier ignores {shown(path)}: {word!r} is not a type."
        wanted = f"{issue}.{close[0] if close else 'TYPE'}{suffix}"
    types = "" if "TYPE" not in wanted else f" (types: {kinds})"
    return Problem(what, f"{_move(path, posixpath.join(directory, wanted))}{types}; or {_or_ignore(name, config)}")


def encoding_problems(files: Iterable[tuple[str, bytes]]) -> tuple[Problem, ...]:
    """Files that are not UTF-8: towncrier fails without naming them, or replaces the bytes."""
    problems = []
    for path, content in files:
        try:
            content.decode()
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            what = f"{path} is not UTF-8: byte {content[error.start]:#04x} in line {line}."
            problems.append(Problem(what, f"save {path} as UTF-8, and commit it"))
    return tuple(problems)


def mark_problems(files: Iterable[tuple[str, bytes]]) -> tuple[Problem, ...]:
    """Files that begin with a byte order mark: it is invisible, and would go into the changelog."""
    return tuple(
        Problem(
            f"{shown(path)} begins with a byte order mark, which towncrier takes for text.",
            f"save {shell_quote(path)} as UTF-8 without a byte order mark, and commit it",
        )
        for path, content in files
        if content.startswith(codecs.BOM_UTF8)
    )


def _move(path: str, to: str) -> str:
    return f"git mv {shell_quote(path)} {shell_quote(to)}"


def _or_ignore(name: str, config: TowncrierConfig) -> str:
    """A towncrier that has `ignore` refuses all other names itself."""
    where = f"`ignore` in {config.path}" if config.ignore else "[release].not_fragments in pants.toml"
    return f"if it is no fragment, add {name!r} to {where}"
