"""The date of a release, as an option gives it."""

from __future__ import annotations

import datetime
import re

from devflow.common.errors import UserError
from devflow.common.paths import shown


def date_of(text: str | None) -> datetime.date:
    """The date that an option gives; the local date of today if it is not set. Raises: UserError."""
    if text is None:
        return datetime.date.today()
    try:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"--date={shown(text)} is not a date.", fix="write it as YYYY-MM-DD, such as 2024-03-29"
        ) from None
