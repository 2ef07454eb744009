"""The requirements that the command line names. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from devflow.common.errors import Problem
from devflow.common.options import split_commas
from devflow.common.paths import shown
from devflow.locking.facts import canonical_name, name_of
from devflow.locking.requirement import parse_requirement


@dataclass(frozen=True)
class WantedRequirement:
    """A requirement as it is to be written; `name` is canonical.

    A bare name is met by any requirement of that project in the file.
    """

    text: str
    name: str
    has_bound: bool

    @property
    def is_name_alone(self) -> bool:
        """Whether there is no bound, no extra and no marker."""
        return canonical_name(self.text) == self.name


def wanted_requirements(words: Iterable[str]) -> tuple[tuple[WantedRequirement, ...], tuple[Problem, ...]]:
    """The valid requirements, in order, and a problem for each other text."""
    found: list[WantedRequirement] = []
    problems: list[Problem] = []
    for word in dict.fromkeys(words):
        text = word.strip()
        parsed = parse_requirement(text)
        if parsed is None:
            problems.append(_no_requirement(text))
        elif parsed.url and ("--" in parsed.url or "#" in parsed.url):
            cut = re.split(r"--|#", text)[0]
            problems.append(
                Problem(
                    f"Pants reads the address of '{shown(text)}' up to '{shown(cut)}' only.",
                    fix="use an address without `--` and without a fragment (`#…`)",
                )
            )
        else:
            found.append(WantedRequirement(text, parsed.name, bool(parsed.specifier or parsed.url)))
    for name, number in Counter(one.name for one in found).items():
        if number > 1:
            listed = " and ".join(f"'{one.text}'" for one in found if one.name == name)
            problems.append(Problem(f"{listed} are about one project.", fix="add them in two runs, or as one bound"))
    return tuple(found), tuple(problems)


def _no_requirement(text: str) -> Problem:
    single = re.fullmatch(r"([\w.\[\],-]+)\s*=\s*([^=\s].*)", text)
    if single:
        return Problem(f"'{shown(text)}' is not a requirement: a bound has two `=`.", fix=f"'{single[1]}=={single[2]}'")
    if not name_of(text):
        return Problem(
            f"'{shown(text)}' is not a requirement: it does not begin with the name of a project.",
            fix="write it as in 'aiohttp>=3.9' or 'NAME @ https://…'",
        )
    rest = re.sub(r"^\s*[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[^\]]*\])?\s*", "", text)
    return Problem(
        f"'{shown(text)}' is not a requirement: '{shown(rest)}' is no bound.",
        fix="write it as in 'aiohttp>=3.9,<4' or 'aiohttp[speedups]~=3.9.1; python_version>\"3.8\"'",
    )


def modules_by_name(values: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """`--modules=A=a,b --modules=C=c` as canonical name → modules; a name without modules gets an empty tuple."""
    found: dict[str, list[str]] = {}
    current = ""
    for part in split_commas(values):
        name, equals, module = part.rpartition("=")
        if equals:
            current = canonical_name(name)
        if current:
            found.setdefault(current, []).append(module)
    return {name: tuple(sorted(filter(None, modules))) for name, modules in found.items()}
