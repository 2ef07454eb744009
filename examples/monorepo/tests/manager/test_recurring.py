from datetime import UTC, datetime

from acme.manager.recurring import due_between, is_valid


def test_due_between() -> None:
    after, until = datetime(2024, 2, 28, 12, tzinfo=UTC), datetime(2024, 3, 1, 6, tzinfo=UTC)
    assert due_between("0 6 * * *", after, until) == [
        datetime(2024, 2, 29, 6, tzinfo=UTC),
        datetime(2024, 3, 1, 6, tzinfo=UTC),
    ]


def test_is_valid() -> None:
    assert is_valid("*/5 * * * *")
    assert not is_valid("every day")
