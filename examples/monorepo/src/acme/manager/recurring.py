"""Jobs that come again by a cron expression."""

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile

from croniter import croniter


def is_valid(expression: str) -> bool:
    return croniter.is_valid(expression)


def due_between(expression: str, after: datetime, until: datetime) -> list[datetime]:
    """The times in (after, until] at which the job should have started."""
    times: Iterator[datetime] = croniter(expression, after, ret_type=datetime)
    return list(takewhile(lambda time: time <= until, times))
