"""The checksum in the script is that of the program that the script runs."""

from __future__ import annotations

import random

import pytest
from exec.repositories import checksum

from devflow.exec.checksum import cksum


@pytest.mark.parametrize("size", [0, 1, 255, 256, 70_000])
def test_it_is_what_the_program_prints(size: int) -> None:
    content = random.Random(size).randbytes(size)
    assert cksum(content) == checksum(content)
