from __future__ import annotations

import pytest

from devflow.common.options import split_commas


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ()),
        (["a"], ("a",)),
        (["a,b"], ("a", "b")),
        (["a, b", "c"], ("a", "b", "c")),
        ([",a,,"], ("a",)),
    ],
)
def test_list_options_take_commas_and_repetition(values: list[str], expected: tuple[str, ...]) -> None:
    assert split_commas(values) == expected
