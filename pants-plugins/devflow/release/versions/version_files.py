"""The files that hold the version: which they are, and how each is read and changed. Pure.

Each file is changed by splices: what is not the version stays as it is, to the byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Union

from devflow.common.errors import UserError
from devflow.common.paths import shown
from devflow.release.versions.finders import find, kind_of
from devflow.release.versions.version import Version, parse
from devflow.release.versions.version_file import Newline, read_version, with_version

_SHORT_CHARACTERS = 100  # a file of more text is no version file that lacks a version

# The values of `[release].version_files`: where the version stands, or a list of such places.
Where = Union[str, Sequence[str]]


@dataclass(frozen=True)
class VersionFile:
    """A file with the version in it. `places` are as for `finders.find`; () is a file that is the version alone.

    An `optional` file is left out where the commit does not have it.
    """

    path: str
    places: tuple[str, ...] = ()
    optional: bool = False


def files_of(version_file: str, more: Mapping[str, Where], *, is_set: bool) -> tuple[VersionFile, ...]:
    """All version files: the first that the commit has is the one that says which version is the present one.

    `version_file` is the first, and the others follow by path: Pants 2.25 and newer lose the order of a dict option.
    `is_set`: `version_file` is not the default, which needs not be there beside other files. Raises: UserError.
    """
    places = {path: _places(path, where) for path, where in sorted(more.items(), key=itemgetter(0))}
    first = VersionFile(
        version_file, places.pop(version_file, _usual(version_file)), optional=bool(more) and not is_set
    )
    return (first, *(VersionFile(path, found) for path, found in places.items()))


def _usual(path: str) -> tuple[str, ...]:
    return ("",) if kind_of(path) else ()


def _places(path: str, where: Where) -> tuple[str, ...]:
    places = (where,) if isinstance(where, str) else where
    if not isinstance(places, (list, tuple)) or not all(isinstance(place, str) for place in places):
        raise UserError(
            f"[release].version_files: {shown(path)} has neither a text nor a list of texts, but {where!r}.",
            fix='write where the version is in that file, such as "project.version" or \'__version__ = "{version}"\'',
        )
    given = tuple(place.strip() if "{version}" not in place else place for place in places)
    return given if any(given) else _usual(path)


def missing(path: str) -> UserError:
    """The error of a version file that the commit does not have."""
    return UserError(
        f"There is no {shown(path)} in the commit.",
        fix="set [release].version_file in pants.toml, or commit that file",
    )


def version_among(files: Sequence[VersionFile], committed: Mapping[str, bytes]) -> Version:
    """The version in the first of the files that is there. Raises: UserError."""
    file = next((each for each in files if each.path in committed or not each.optional), files[0])
    if file.path not in committed:
        raise missing(file.path)
    return version_in_file(file, committed[file.path])


def version_in_file(file: VersionFile, content: bytes, *, exact: bool = True) -> Version:
    """The version that a file has, at the first of its places. Raises: UserError, naming the line if `exact`."""
    name = shown(file.path)
    text = _text(file.path, content)
    if file.places:
        span = find(file.path, file.places[0], text, exact=exact)
        try:
            return parse(span.version)
        except UserError as error:
            what = f"{name}, line {span.line}: {error.problem.what}"
            raise UserError(what, fix=f"write a version there, and commit {name}") from None
    try:
        return parse(read_version(content))
    except UserError as error:
        if len(text) <= _SHORT_CHARACTERS and len(text.split()) <= 1:
            raise UserError(
                f"{name}: {error.problem.what}", fix=f"write a version into {name}, and commit it"
            ) from None
        raise UserError(
            f"{name} is not a version alone.",
            fix=f"say in pants.toml where the version is in it: [release].version_files = "
            f"{{ {name!r} = 'version: {{version}}' }}, with the text that stands before the version",
        ) from None


def with_new_version(file: VersionFile, content: bytes, present: Version, new: Version, newline: Newline) -> bytes:
    """The content with the new version at each place. Raises: UserError if a place has not the present version."""
    text = _text(file.path, content)
    if not file.places:
        _refuse_other(file.path, version_in_file(file, content).text, 1, present)
        return with_version(content, new.text, newline)
    for place in file.places:
        span = find(file.path, place, text, present.text)
        _refuse_other(file.path, span.version, span.line, present)
        text = text[: span.start] + new.text + text[span.end :]
    return text.encode()


def _text(path: str, content: bytes) -> str:
    """The text with its byte order mark, which is kept. Raises: UserError."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise UserError(f"{shown(path)} is not UTF-8.", fix=f"save {shown(path)} as UTF-8, and commit it") from None


def _refuse_other(path: str, found: str, line: int, present: Version) -> None:
    if found != present.text:
        raise UserError(
            f"{shown(path)} has the version {shown(found)} in line {line}, and the present version is {present.text}.",
            fix=f"write {present.text} into line {line} of {shown(path)}, and commit it",
        )
