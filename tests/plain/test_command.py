"""What the plain programs print."""

from __future__ import annotations

import pytest

from devflow.plain.command import print_lines


def test_no_lines_are_no_output(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines([])
    assert capsys.readouterr().out == ""
    print_lines(["a", "b\x1b"])
    assert capsys.readouterr().out == "a\nb\\x1b\n"
