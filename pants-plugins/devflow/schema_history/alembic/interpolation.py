"""`%(name)s` in configuration files, within bounds: values that refer to each other could grow without end. Pure.

Source: `configparser.BasicInterpolation` of Python 3.9 to 3.14, which has a bound on the depth only.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Callable, Mapping, MutableMapping

_MAX_LENGTH = 100_000  # of all texts that one value is made of
_PERCENT = re.compile(r"%(?:(?P<percent>%)|\((?P<name>[^)]+)\)s)?")


class TooLongError(configparser.InterpolationError):
    """A value would become longer than any real one."""

    def __init__(self, option: str, section: str) -> None:
        super().__init__(option, section, f"its %(…)s stand for more than {_MAX_LENGTH:,} characters")


class BoundedInterpolation(configparser.Interpolation):
    """As `BasicInterpolation`, but raises TooLongError for a value that would become too long."""

    def before_get(
        self,
        parser: MutableMapping[str, Mapping[str, str]],
        section: str,
        option: str,
        value: str,
        defaults: Mapping[str, str],
    ) -> str:
        """The value of an option, filled in."""
        length = 0

        def filled(text: str, depth: int) -> str:
            nonlocal length
            length += len(text) + 1
            if length > _MAX_LENGTH:
                raise TooLongError(option, section)
            if "%" in text and depth > configparser.MAX_INTERPOLATION_DEPTH:
                raise configparser.InterpolationDepthError(option, section, value)
            return _substituted(text, lambda name: filled(referred(name), depth + 1))

        def referred(name: str) -> str:
            name = parser.optionxform(name)  # type: ignore[attr-defined]  # a ConfigParser, as its documentation says
            try:
                return defaults[name]
            except KeyError:
                raise configparser.InterpolationMissingOptionError(option, section, value, name) from None

        try:
            return filled(value, 1)
        except ValueError as error:
            raise configparser.InterpolationSyntaxError(option, section, str(error)) from None


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """`text % values`, of which only `%(name)s` and `%%` are allowed. Raises: KeyError, ValueError."""
    return _substituted(text, values.__getitem__)


def _substituted(text: str, value_of: Callable[[str], str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found["name"]:
            return value_of(found["name"])
        if not found["percent"]:
            raise ValueError(f"'%' must be followed by '%' or '(', found: {text[found.start() : found.start() + 40]!r}")
        return "%"

    return _PERCENT.sub(value, text)
