"""Parses the list of checkouts, `plugins.toml`, adds entries and freezes commits. Pure."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping

from devflow.common.errors import UserError
from devflow.common.options import command_line
from devflow.common.paths import is_inside, shown
from devflow.common.toml_file import parse_toml
from devflow.plugin_checkouts.facts import DeclaredCheckout

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_REPOSITORY = re.compile(r"[A-Za-z0-9_][\w.-]*/[A-Za-z0-9_][\w.-]*")
_URL = re.compile(r"(?:https?|ssh|git)://[^\s]+|[A-Za-z0-9_][\w.-]*@[\w.-]+:[^\s:][^\s]*")
_REF = re.compile(r"[A-Za-z0-9_][^\s~^:?*\[\\]*")


def parse_list(text: str, path: str, build_root: str) -> tuple[DeclaredCheckout, ...]:
    """The entries, by name. Raises: UserError for the first that is not valid."""
    entries = []
    for name, table in sorted(parse_toml(text, path).items()):
        if not isinstance(table, Mapping) or not isinstance(table.get("url"), str):
            raise UserError(f"{path}: [{shown(name)}] has no url.", fix=f'add a line: url = "https://…" to {path}')
        for key in set(table) - {"url", "ref", "commit"}:
            raise UserError(
                f"{path}: [{shown(name)}] has an unknown key {shown(str(key))}.", fix="use url, ref, commit"
            )
        where = f"{path}: [{shown(name)}]"
        ref, commit = table.get("ref"), table.get("commit")
        entries.append(
            DeclaredCheckout(
                checked_name(name, where),
                checked_url(table["url"], where, build_root),
                checked_ref(ref, where) if ref is not None else None,
                checked_ref(commit, where) if commit is not None else None,
            )
        )
    return tuple(entries)


def checked_directory(directory: str) -> str:
    """The directory of checkouts, relative to the build root, with no slash at its end. Raises: UserError."""
    clean = os.path.normpath(directory)
    if os.path.isabs(clean) or clean.split("/")[0] in ("..", "."):
        raise UserError(
            f"[plugin-checkouts].directory={shown(directory)}: it is not a directory below the build root.",
            fix="name one, such as plugins",
        )
    return clean


def checked_name(name: str, where: str) -> str:
    """Check that a name is a single directory name. Raises: UserError."""
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{where}: {shown(name)!r} is no name for a checkout.",
            fix="use letters, digits, '-', '_' and '.', and begin with a letter or a digit",
        )
    return name


def checked_ref(ref: object, where: str) -> str:
    """Check that a ref may be a branch, a tag or a commit. Raises: UserError."""
    if not isinstance(ref, str) or not _REF.fullmatch(ref) or ".." in ref:
        raise UserError(
            f"{where}: {shown(str(ref))!r} is no branch, tag or commit.", fix="name one, such as main or v1.2"
        )
    return ref


def checked_url(url: str, where: str, build_root: str) -> str:
    """Refuse a URL by which git would run a command or read other files of this machine. Raises: UserError."""
    local = url[len("file://") :] if url.startswith("file://") else None
    if local is not None and is_inside(local, build_root) and ".." not in local.split("/"):
        return url
    if not _URL.fullmatch(url):
        raise UserError(
            f"{where}: {shown(url)} is not a URL to clone from.",
            fix="use https://HOST/OWNER/REPO, ssh://… or git@HOST:OWNER/REPO; file:// is for this repository only",
        )
    return url


def to_add(what: str, template: str, name: str | None, ref: str | None, build_root: str) -> DeclaredCheckout:
    """The entry for `--add`: OWNER/REPO or a URL. Raises: UserError."""
    where = f"--add={shown(what)}"
    if _REPOSITORY.fullmatch(what):
        url = template.replace("{repository}", what)
    elif "://" in what or "@" in what or "::" in what or what.startswith("-"):
        url = what
    else:
        raise UserError(f"{where}: neither OWNER/REPO nor a URL.", fix="write --add=OWNER/REPO, or a URL to clone from")
    checked_url(url, where, build_root)
    own = name or re.sub(r"\.git$", "", url.rstrip("/")).rpartition("/")[2].rpartition(":")[2]
    return DeclaredCheckout(
        checked_name(own, "--name" if name else where), url, checked_ref(ref, "--ref") if ref else None
    )


def with_entry(text: str, entry: DeclaredCheckout) -> str:
    """The list with one more entry at its end."""
    lines = [f"[{_key(entry.name)}]", f"url = {json.dumps(entry.url)}"]
    lines += [f"ref = {json.dumps(entry.ref)}"] if entry.ref else []
    before = text if not text or text.endswith("\n") else f"{text}\n"
    return before + ("\n" if before else "") + "\n".join([*lines, ""])


def with_commits(text: str, commits: Mapping[str, str]) -> str:
    """The list with these commits by name; all other text is kept."""
    lines: list[str] = []
    table: str | None = None
    pending: str | None = None
    rest: list[str | None] = [*text.splitlines(), None]
    for line in rest:
        header = line is None or line.lstrip().startswith("[")
        if header and pending:
            # Before the blank lines and comments that belong to the next table.
            at = len(lines)
            while at and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
                at -= 1
            lines.insert(at, pending)
            pending = None
        if line is None:
            break
        if header:
            found = re.match(r"""\s*\[\s*["']?([^"'\]]+?)["']?\s*\]""", line)
            table = found[1] if found else None
            pending = f'commit = "{commits[table]}"' if table and table in commits else None
        elif pending and re.match(r"\s*commit\s*=", line):
            line, pending = pending, None
        lines.append(line)
    return "\n".join([*lines, ""])


def _key(name: str) -> str:
    return f'"{name}"' if "." in name else name


def removal(path: str) -> str:
    """The command that removes a checkout. The goal never runs it: only the user knows whether the files are needed."""
    return command_line("rm", "-r", path)
