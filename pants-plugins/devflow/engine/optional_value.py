"""Options whose value may be left out, where Pants can do that: `--branch` as well as `--branch=NAME`."""

from __future__ import annotations

from typing import Any, TypeVar

try:
    from pants.option.parser import Parser
except ImportError:  # since 2.23, the options are read by native code, which knows no such option
    Parser = None  # type: ignore[assignment,misc]

O = TypeVar("O")  # noqa: E741

# Pants 2.17 to 2.20. Newer releases refuse an option that is declared so, and want a value for every text.
HAS_IMPLICIT_VALUES = "implicit_value" in getattr(Parser, "_allowed_registration_kwargs", ())


def with_implicit_value(option: O, value: str) -> O:
    """A text option that has this value if the command line gives it none. Elsewhere it is the option as it was."""
    if HAS_IMPLICIT_VALUES:
        declared: Any = option
        declared._extra_kwargs["implicit_value"] = value
    return option
