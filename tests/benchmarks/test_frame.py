from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from frame import options_of, run
from results import Row
from scratch_repository import BenchmarkError


def options(*args: str) -> argparse.Namespace:
    return options_of("Measure nothing.", runs=3, keep=True).parse_args(args)


def measured(directory: Path) -> Iterator[Row]:
    (directory / "made").mkdir(parents=True)
    yield Row("fast", "s", [1.0], "slow", [2.0])
    raise BenchmarkError("the second case")


def test_what_was_measured_before_a_failure_is_printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for args in (("--json",), ()):
        assert run(options("--keep", str(tmp_path / str(len(args))), *args), measured) == 1
        out, err = capsys.readouterr()
        assert err == "Stopped: the second case\n"
        assert [case["case"] for case in json.loads(out)["cases"]] == ["fast"] if args else "| fast | 1.00 s |" in out
    assert (tmp_path / "0" / "made").is_dir()


def test_a_directory_of_its_own_is_removed(capsys: pytest.CaptureFixture[str]) -> None:
    directories = []

    def measure(directory: Path) -> Iterator[Row]:
        directories.append(directory)
        assert directory.is_dir()
        yield Row("fast", "s", [1.0], "slow", [2.0])

    assert run(options(), measure) == 0
    assert not directories[0].exists()
    assert "Stopped" not in capsys.readouterr().err
