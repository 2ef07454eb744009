"""Check a changelog before the release: its marker, and the versions that it has."""

from __future__ import annotations

import re

from devflow.common.errors import Problem
from devflow.release.towncrier.config import TowncrierConfig

_UNDERLINE = re.compile(r"([=\-~^`#*+\"'])\1{2,}\s*")


def changelog_problems(path: str, text: str, version: str, config: TowncrierConfig) -> tuple[Problem, ...]:
    """Why towncrier would write at the wrong line of an existing changelog, or write a section twice."""
    problems = []
    if config.single_file and text.strip() and config.start_string not in text:
        marker = config.start_string.strip("\n")
        what = f"{path} does not have the marker of towncrier, {marker!r}: the section would go to the very top."
        problems.append(Problem(what, f"write the line {marker} where the sections begin, and commit it"))
    heading = heading_of(text, version, config)
    if heading:
        what = f"{path} has {version} already: {heading!r}."
        problems.append(Problem(what, "release another version, or remove that section and commit"))
    return tuple(problems)


def heading_of(text: str, version: str, config: TowncrierConfig) -> str | None:
    """The heading of a version: a line like `title_format`, a Markdown heading, or an underlined line."""
    lines = text.splitlines()
    alone = re.compile(rf"(?<![\w.+!-]){re.escape(version)}(?![\w+!-]|\.\w)")
    title = _title(config.title_format, version) if config.title_format else None
    for line, following in zip(lines, [*lines[1:], ""]):
        is_heading = line.startswith("#") or bool(_UNDERLINE.fullmatch(following) and line.strip())
        if (is_heading and alone.search(line)) or (title and title.fullmatch(line.strip())):
            return line.strip()
    return None


def _title(title_format: str, version: str) -> re.Pattern[str]:
    """The first line of the title, with any name and date."""
    first = title_format.strip().split("\n")[0]
    parts = re.split(r"\{(version|name|project_date)\}", first)
    pattern = "".join(
        re.escape(part) if index % 2 == 0 else re.escape(version) if part == "version" else ".*"
        for index, part in enumerate(parts)
    )
    return re.compile(pattern)
