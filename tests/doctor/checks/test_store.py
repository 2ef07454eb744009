from __future__ import annotations

import os
import sys

import pytest
from doctor.broken import Clone

from devflow.doctor.checks.store import StoreFacts, judge_store

HEAD = bytes(16) + b"\xde\xc0\xef\xbe" + bytes(4076)


def fill(clone: Clone) -> None:
    for kind in ("cache", "files", "directories"):
        for shard in "0f":
            clone.write(f"store/{kind}/{shard}/data.mdb", HEAD)


def test_a_file_that_is_no_database(clone: Clone) -> None:
    fill(clone)
    assert clone.found("store") == []
    clone.write("store/cache/0/data.mdb", bytes(8192))
    [(severity, what, fix)] = clone.found("store")
    assert (severity, what) == (
        "error",
        "…/store/cache/0/data.mdb is damaged. Pants does not start: MDB_INVALID: File is not an LMDB file.",
    )
    assert fix == "./pants reset-cache --only=store"
    clone.write("store/files/f/data.mdb", "text")
    assert clone.found("store")[0][1].startswith("…/store/cache/0/data.mdb and 1 more is damaged.")


def test_the_fix_of_the_plain_command(clone: Clone) -> None:
    clone.write("store/cache/0/data.mdb", bytes(8192))
    clone.options = {"reset": f"{sys.executable} -m devflow.reset_cache"}
    clone.environment["PYTHONPATH"] = ":".join(map(os.path.abspath, sys.path))
    clone.shell(clone.fix("store"))
    assert clone.found("store") == []
    assert not (clone.base / "store" / "cache").exists()


def test_stores_that_are_fine(clone: Clone) -> None:
    assert clone.found("store") == []
    (clone.base / "store").rmdir()
    assert clone.found("store") == []
    clone.write("store/cache/0/data.mdb")  # LMDB makes a new database of an empty file
    clone.write("store/immutable/files/ab/data.mdb", "no shard")
    assert clone.found("store") == []


def test_a_network_file_system() -> None:
    [finding] = judge_store(StoreFacts("/s", 0, (), "nfs4", True, "./pants reset-cache"))
    assert finding.severity.value == "warning"


@pytest.mark.parametrize(
    ("option", "severity"), [("", []), ("local_store_processes_max_size_bytes = 64000\n", ["warning"])]
)
def test_a_database_that_is_nearly_full(clone: Clone, option: str, severity: list[str]) -> None:
    fill(clone)
    clone.configure(option)
    found = clone.found("store-limit")
    assert [one[0] for one in found] == severity
    assert all("MDB_MAP_FULL: Environment mapsize limit reached" in what for _, what, _ in found)


def test_the_fix_of_a_database_that_is_nearly_full(clone: Clone) -> None:
    fill(clone)
    clone.configure("local_store_processes_max_size_bytes = 64000\n")
    clone.options = {"reset": f"{sys.executable} -m devflow.reset_cache"}
    clone.environment["PYTHONPATH"] = ":".join(map(os.path.abspath, sys.path))
    reset, _, larger = clone.fix("store-limit").partition("; or raise ")
    assert larger == "[GLOBAL].local_store_processes_max_size_bytes"
    clone.configure("local_store_processes_max_size_bytes = 16000000000\n")
    assert clone.found("store-limit") == []
    clone.configure("local_store_processes_max_size_bytes = 64000\n")
    clone.shell(reset)
    assert clone.found("store-limit") == []
