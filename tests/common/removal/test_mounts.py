from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from devflow.common.removal.mounts import mount_id, mount_points


def test_mount_points_are_read_with_odd_names(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_bytes(
        b"22 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n"
        b"23 22 0:21 / /mnt/a\\040b\\134c rw - tmpfs tmpfs rw\n"
        b"24 22 0:22 / /mnt/\xff rw - tmpfs tmpfs rw\n"
    )
    assert mount_points(str(table), has_table=True) == ("/", "/mnt/a b\\c", os.fsdecode(b"/mnt/\xff"))


@pytest.mark.parametrize("content", [None, b"", b"no table\n"])
def test_a_table_that_cannot_be_read_is_not_an_empty_one(tmp_path: Path, content: bytes | None) -> None:
    table = tmp_path / "mountinfo"
    if content is not None:
        table.write_bytes(content)
    assert mount_points(str(table), has_table=True) is None
    assert mount_points(str(table), has_table=False) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no mount ids")
def test_the_mount_of_a_directory(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    ids = []
    for path in (tmp_path, tmp_path / "below", Path("/proc")):
        descriptor = os.open(path, os.O_RDONLY)
        ids.append(mount_id(descriptor))
        os.close(descriptor)
    assert ids[0] == ids[1] != ids[2]
