"""Write the options of each goal, as `./pants help GOAL` explains them, into the goal's page.

    PYTHONPATH=pants-plugins dist/export/python/virtualenvs/pants-plugins/*/bin/python build-support/option_blocks.py
        --check    change nothing; exit with 1 if a page is out of date

The options stand between two marks: `<!-- options of GOAL, … -->` and `<!-- end of options -->`. They are rendered from
the declarations that Pants renders its help from, so that Pants need not run. Run it in the root of this repository.
"""

from __future__ import annotations

import re
import sys
import textwrap
from enum import Enum
from pathlib import Path
from typing import Any

from pants.engine.goal import Goal, GoalSubsystem
from pants.engine.rules import TaskRule
from pants.option.option_types import collect_options_info

from devflow import register
from devflow.common.options import flag_of

PAGES = Path("docs/goals")
BEGIN = "<!-- options of {goal}, by build-support/option_blocks.py -->\n\n"
END = "\n<!-- end of options -->"
WIDTH = 120


def goals() -> list[type[GoalSubsystem]]:
    """The goals of devflow, by name."""
    outputs = {rule.output_type for rule in register.rules() if isinstance(rule, TaskRule)}
    found = {output.subsystem_cls for output in outputs if issubclass(output, Goal)}
    return sorted((goal for goal in found if goal.__module__.startswith("devflow.")), key=lambda goal: str(goal.name))


def block(goal: type[GoalSubsystem]) -> str:
    """The options of a goal as a list, in the order of their declaration."""
    return "".join(
        item(flag(goal, info.flag_names[-1]), dict(info.flag_options)) for info in collect_options_info(goal)
    )


def flag(goal: type[GoalSubsystem], name: str) -> str:
    """The flag as the command line of the goal takes it."""
    return flag_of(goal, name[2:].replace("-", "_"))


def item(name: str, option: dict[str, Any]) -> str:
    """One option: how it is written, its default if it has one, and its help."""
    value, default = _value(option), _default(option["default"])
    said = option["help"]() if callable(option["help"]) else option["help"]
    text = f"* `{name}{value}`{f' (default: `{default}`)' if default else ''}: {' '.join(str(said).split())}"
    return textwrap.fill(text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False) + "\n"


def _value(option: dict[str, Any]) -> str:
    kind = option["type"]
    if kind is bool:
        return ""
    if kind is list:
        return f"=<{option['member_type'].__name__}>,…"
    if issubclass(kind, Enum):
        return f"=<{'|'.join(one.value for one in kind)}>"
    return f"=<{kind.__name__}>"


def _default(value: object) -> str:
    """As Pants prints it; empty for what is not set."""
    if isinstance(value, Enum):
        return str(value.value)
    return str(value).lower() if value is True else str(value or "")


def with_block(text: str, goal: type[GoalSubsystem]) -> str:
    """The page with the options as they are now. Raises: ValueError if the page has no place for them."""
    begin = BEGIN.format(goal=goal.name)
    if text.count(begin) != 1 or END not in text.partition(begin)[2]:
        raise ValueError(f"it needs a line {begin.strip()!r}, and after it a line {END.strip()!r}")
    return re.sub(f"{re.escape(begin)}.*?{re.escape(END)}", lambda _: begin + block(goal) + END, text, flags=re.DOTALL)


def main(arguments: list[str]) -> int:
    """0 if the pages are up to date now, 1 if one is not or cannot be."""
    exit_code = 0
    for goal in goals():
        page = PAGES / f"{goal.name}.md"
        try:
            text = page.read_text(encoding="utf-8")
            new = with_block(text, goal)
        except (OSError, ValueError) as error:
            print(f"{page}: {error}", file=sys.stderr)
            exit_code = 1
            continue
        if new == text:
            continue
        if "--check" in arguments:
            print(f"{page}: the options are out of date. To write them: {Path(__file__).name}")
            exit_code = 1
        else:
            page.write_text(new, encoding="utf-8")
            print(f"{page}: written")
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
