"""The makers of regenerated files, from the options: targets and command lines, each with the files that it may change.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from devflow.common.errors import UserError
from devflow.common.paths import shown
from devflow.release.git.names import path_problem

OUTPUTS, COMMANDS = "outputs", "commands"  # the checks, and the names for `--skip`


@dataclass(frozen=True)
class Maker:
    """One target or command line. `paths` are files, or directories with a "/" at their ends, below the build root."""

    words: str
    paths: tuple[str, ...]
    is_target: bool = False

    @property
    def check(self) -> str:
        """The check of the maker, which `--skip` names."""
        return OUTPUTS if self.is_target else COMMANDS

    def may_change(self, path: str) -> bool:
        """Whether the maker may change this path."""
        return covers(self.paths, path)


def covers(paths: Iterable[str], path: str) -> bool:
    """Whether a path is one of these files, or below one of these directories."""
    return any(path == each or (each.endswith("/") and path.startswith(each)) for each in paths)


def makers_of(
    outputs: Mapping[str, str], commands: Mapping[str, str | Sequence[str]], prefix: str
) -> tuple[Maker, ...]:
    """The targets, then the command lines, both in alphabetical order. Raises: UserError.

    The order of the settings is lost: Pants 2.25 and newer keep a dict option in a hash map.
    """
    return (
        *(_maker(OUTPUTS, words, (path,), prefix) for words, path in sorted(outputs.items())),
        *(
            _maker(COMMANDS, words, (paths,) if isinstance(paths, str) else tuple(paths), prefix)
            for words, paths in sorted(commands.items(), key=itemgetter(0))
        ),
    )


def _maker(option: str, words: str, paths: Sequence[object], prefix: str) -> Maker:
    example = '{"docs:openapi": "docs/openapi.json"}' if option == OUTPUTS else '{"tools/dump.sh": ["docs/"]}'
    found = tuple(path for path in paths if isinstance(path, str))
    if not words.strip() or not found or len(found) != len(paths):
        what = f"[release].{option}: {shown(words)!r} has no file that it makes."
        raise UserError(what, fix=f"write what makes the files, and the files: {example}")
    for path in found:
        unusable = path_problem(path.rstrip("/"), prefix)
        if unusable:
            raise UserError(f"[release].{option}: {unusable.what}", fix=unusable.fix)
    return Maker(words, found, is_target=option == OUTPUTS)
