"""Where a version stands inside of a file: in TOML, JSON, INI, Python, or between two pieces of any text. Pure.

No format is written here, and no file is serialised again. The value is found in the parsed document. Its place in the
text is the occurrence whose replacement changes that value and nothing else of the document.
"""

from __future__ import annotations

import ast
import configparser
import json
import re
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from devflow.common.errors import UserError
from devflow.common.paths import shown
from devflow.common.toml_file import parse_toml

_NUMBER = r"[0-9][0-9A-Za-z.+!_-]*[0-9A-Za-z]|[0-9]"
_STEP = re.compile(
    r"""\.?(?:(?P<name>[\w-]+)|\[?"(?P<double>[^"]*)"\]?|\[?'(?P<single>[^']*)'\]?|\[(?P<index>[0-9]+)\])"""
)
_PLACEHOLDER = "{version}"
# Where a file has its version if no path is given: the first of these that is there.
_BY_NAME: Mapping[str, tuple[str, ...]] = {
    "pyproject.toml": ("project.version", "tool.poetry.version"),
    "cargo.toml": ("package.version", "workspace.package.version"),
    "setup.py": ("__version__", "version"),
}
_BY_KIND: Mapping[str, tuple[str, ...]] = {
    "toml": ("version", "project.version"),
    "json": ("version",),
    "cfg": ("metadata.version",),
    "ini": ("metadata.version",),
    "py": ("__version__", "VERSION", "version"),
}
# The version of a YAML document without a path: the key of this name at the left margin.
_YAML = ("yaml", "yml")
_YAML_VERSION = re.compile(rf"^version:[ \t]*[\"']?(?P<version>{_NUMBER})", re.MULTILINE)

_Key = Union[str, int]


@dataclass(frozen=True)
class Span:
    """A version in a text: its characters from `start` up to `end`. `line` counts from 1."""

    version: str
    start: int
    end: int
    line: int


def kind_of(path: str) -> str:
    """What a file is by its name: "toml", "json", "cfg", "ini", "py", "yaml", or "" for any other."""
    kind = path.rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
    return kind if kind in _BY_KIND or kind in _YAML else ""


def find(path: str, where: str, text: str, present: str | None = None, *, exact: bool = True) -> Span:
    """The one place of the version. Raises: UserError, naming lines.

    `where` is the path of a key, the name of a variable in Python, a text with `{version}` in it, or "" for the usual
    place of such a file. A text may stand at several places if only one of them has the version `present`.
    Unless `exact`, only the version is right: in a document, its place takes longer to find.
    """
    if _PLACEHOLDER in where:
        return _in_text(path, where, text, present)
    kind = kind_of(path)
    if kind in _YAML and not where:
        return _only(path, "version:", list(_YAML_VERSION.finditer(text)), text, present)
    if kind not in _BY_KIND:
        raise UserError(
            f"[release].version_files: {where!r} of {shown(path)} has no {_PLACEHOLDER}.",
            fix=f"write the text around the version, such as {shown(path)!r} = 'version: {_PLACEHOLDER}'",
        )
    usual = _BY_NAME.get(path.rpartition("/")[2].lower(), _BY_KIND[kind])
    places = (where,) if where else usual
    if kind == "py":
        return _in_python(path, places, text)
    return _in_document(path, places, text, _PARSERS[kind], exact=exact)


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _span(text: str, start: int, version: str) -> Span:
    return Span(version, start, start + len(version), _line(text, start))


def _in_text(path: str, where: str, text: str, present: str | None) -> Span:
    before, after = where.split(_PLACEHOLDER, 1)
    if _PLACEHOLDER in after:
        what = f"[release].version_files: {where!r} of {shown(path)} has {_PLACEHOLDER} twice."
        raise UserError(what, fix=f"write it once, and a list of such texts if {shown(path)} has several versions")
    begin = _escaped(before) if before else r"(?<![\w.])"
    pattern = f"{begin}(?P<version>{_NUMBER}){_escaped(after)}"
    return _only(path, where, list(re.finditer(pattern, text)), text, present)


def _escaped(literal: str) -> str:
    """As a regular expression, whose newlines are those of any file."""
    return re.escape(literal).replace("\\\n", "\r?\n")


def _only(path: str, where: str, found: Sequence[re.Match[str]], text: str, present: str | None) -> Span:
    """The only match; or, of several, the only one that has the present version. Raises: UserError."""
    spans = [_span(text, match.start("version"), match["version"]) for match in found]
    chosen = [span for span in spans if span.version == present] or spans if len(spans) > 1 else spans
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        what = f"{shown(path)} has no {shown(where)!r}."
        raise UserError(
            what, fix=f"correct [release].version_files for {shown(path)}, or write that text and commit it"
        )
    lines = ", ".join(str(span.line) for span in chosen)
    raise UserError(
        f"{shown(path)} has {shown(where)!r} {len(chosen)} times: in the lines {lines}.",
        fix=f"write more of the line into [release].version_files, so that one place in {shown(path)} has it",
    )


def _in_document(path: str, places: Sequence[str], text: str, parse: Callable[[str, str], Any], *, exact: bool) -> Span:
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    document = parse(text[len(mark) :], path)
    for place in places:
        keys = _keys(path, place)
        value = _value_at(document, keys)
        if value is None:
            continue
        if not isinstance(value, str):
            what = f"{place} of {shown(path)} is no text."
            raise UserError(
                what, fix=f"write the version in quotes, or correct [release].version_files for {shown(path)}"
            )
        if not exact:
            return _span(text, 0, value)
        for start in _occurrences(value, text):
            other = value + "0"
            changed = text[:start] + other + text[start + len(value) :]
            if _is_only_change(lambda new: parse(new[len(mark) :], path), changed, document, keys, other):
                return _span(text, start, value)
        what = f"{place} of {shown(path)} is {value!r}, which does not stand like that in the file."
        raise UserError(what, fix=f"write it without escapes into {shown(path)}, and commit it")
    if "version" in (_value_at(document, ("project", "dynamic")) or ()):
        raise UserError(
            f"{shown(path)} has no version: it is dynamic.",
            fix="name the file that has the version in [release].version_file, such as 'src/app/__init__.py'",
        )
    raise UserError(
        f"{shown(path)} has no {' and no '.join(places)}.",
        fix=f"correct [release].version_files for {shown(path)}, or write the version there and commit it",
    )


def _keys(path: str, place: str) -> tuple[_Key, ...]:
    """`$.packages[""].version` and `tool."a.b".version` as keys. Raises: UserError."""
    rest = place[1:] if place.startswith("$") else place
    keys: list[_Key] = []
    while rest:
        step = _STEP.match(rest)
        if not step:
            what = f"[release].version_files: {place!r} of {shown(path)} is no path of a key."
            raise UserError(what, fix='write it like project.version, $.version or $.packages[""].version')
        name = next((step[group] for group in ("name", "double", "single") if step[group] is not None), None)
        keys.append(int(step["index"]) if name is None else name)
        rest = rest[step.end() :]
    return tuple(keys)


def _value_at(document: Any, keys: Sequence[_Key]) -> Any:
    for key in keys:
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def _occurrences(value: str, text: str) -> Iterator[int]:
    at = text.find(value) if value else -1
    while at >= 0:
        yield at
        at = text.find(value, at + 1)


def _is_only_change(parse: Callable[[str], Any], text: str, before: Any, keys: Sequence[_Key], value: str) -> bool:
    """Whether a changed text is the document from before with this value at these keys."""
    try:
        after = parse(text)
    except UserError:
        return False
    if _value_at(after, keys) != value:
        return False
    _value_at(after, keys[:-1])[keys[-1]] = _value_at(before, keys)
    return bool(after == before)


def _parse_json(text: str, path: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{shown(path)} cannot be read as JSON: {error}", fix=f"correct {shown(path)}") from None


def _parse_ini(text: str, path: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(default_section="//none", strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text)
    except configparser.Error as error:
        what = f"{shown(path)} cannot be read as INI: {shown(str(error))}"
        raise UserError(what, fix=f"correct {shown(path)}") from None
    return {section: dict(parser.items(section)) for section in parser.sections()}


_PARSERS: Mapping[str, Callable[[str, str], Any]] = {
    "toml": parse_toml,
    "json": _parse_json,
    "cfg": _parse_ini,
    "ini": _parse_ini,
}


def _in_python(path: str, names: Sequence[str], text: str) -> Span:
    """The text that is assigned to the first of these names that has one. Nothing is imported."""
    tokens = _tokens(path, text)
    for name in names:
        found = list(_assigned(text, tokens, name))
        if len(found) == 1:
            return found[0]
        if found:
            lines = ", ".join(str(span.line) for span in found)
            raise UserError(
                f"{shown(path)} assigns a text to {name} {len(found)} times: in the lines {lines}.",
                fix=f"write more of the line into [release].version_files: {shown(path)!r} = '… {_PLACEHOLDER} …'",
            )
    raise UserError(
        f"{shown(path)} assigns no text to {' or '.join(names)}.",
        fix=f"write the name or the text around the version into [release].version_files: {shown(path)!r} = "
        f"'VERSION = \"{_PLACEHOLDER}\"'",
    )


def _tokens(path: str, text: str) -> list[tokenize.TokenInfo]:
    lines = re.findall(r"[^\n]*\n|[^\n]+", text.replace("\ufeff", "", 1) if text.startswith("\ufeff") else text)
    passed_over = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)
    try:
        found = tokenize.generate_tokens(iter([*lines, "", ""]).__next__)
        return [token for token in found if token.type not in passed_over]
    except (tokenize.TokenError, SyntaxError) as error:
        what = f"{shown(path)} cannot be read as Python: {shown(str(error))}"
        raise UserError(what, fix=f"correct {shown(path)}") from None


def _assigned(text: str, tokens: Sequence[tokenize.TokenInfo], name: str) -> Iterator[Span]:
    """Each `name = "…"`, also with an annotation, and as an argument of a call."""
    starts = [0]
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        starts.append(starts[-1] + len(line))
    mark = int(text.startswith("\ufeff"))
    for index, token in enumerate(tokens):
        if token.type != tokenize.STRING or index < 2 or tokens[index - 1].string != "=":
            continue
        before = index - 2
        if index > 3 and tokens[index - 3].string == ":" and tokens[index - 2].type == tokenize.NAME:
            before = index - 4
        if tokens[before].string != name or (before and tokens[before - 1].string == "."):
            continue
        try:
            value = ast.literal_eval(token.string)
        except (ValueError, SyntaxError):
            continue
        at = token.string.find(value) if isinstance(value, str) and value else -1
        if at >= 0:
            start = starts[token.start[0] - 1] + token.start[1] + at
            yield _span(text, start + (mark if token.start[0] == 1 else 0), value)
