from __future__ import annotations

import os
from pathlib import Path

import pytest

from devflow.common.removal import usage
from devflow.common.removal.facts import Usage, total_usage
from devflow.common.removal.scan import Scan, open_directory
from devflow.common.removal.trees import remove
from devflow.common.removal.usage import measure
from reset_cache.scene import write


def blocks(*paths: Path) -> int:
    return sum(os.lstat(path).st_blocks for path in paths) * 512


def test_a_tree(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    (root / "a").mkdir(parents=True)
    (root / "a" / "file").write_bytes(b"x" * 10_000)
    (root / "link").symlink_to("a")
    for path in (root / "a" / "file", root / "a", root):
        os.utime(path, (1000, 1000))
    os.utime(root / "a" / "file", (5000, 5000))
    os.utime(root / "link", (2000, 2000), follow_symlinks=False)
    everything = [root, root / "a", root / "a" / "file", root / "link"]
    assert measure(str(root)) == Usage(blocks(*everything), 2, 5000.0)
    assert measure(str(root / "a" / "file")) == Usage(blocks(root / "a" / "file"), 1, 5000.0)
    assert measure(str(root / "missing")) == Usage()


def test_a_sparse_file_counts_what_is_allocated(tmp_path: Path) -> None:
    with open(tmp_path / "data.mdb", "wb") as file:
        file.truncate(1 << 30)
    assert measure(str(tmp_path / "data.mdb")).size_bytes < 1 << 20


def test_each_hard_link_has_its_share(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "file").write_bytes(b"x" * 100_000)
    os.link(tmp_path / "a" / "file", tmp_path / "b" / "file")
    one, other = measure(str(tmp_path / "a")), measure(str(tmp_path / "b"))
    whole = blocks(tmp_path / "a" / "file")
    assert one.size_bytes - blocks(tmp_path / "a") == whole / 2
    assert one.size_bytes + other.size_bytes == whole + blocks(tmp_path / "a", tmp_path / "b")


def test_a_file_frees_its_bytes_with_its_last_hard_link(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "file").write_bytes(b"x" * 100_000)
    for name in ("a/again", "b/file"):
        os.link(tmp_path / "a" / "file", tmp_path / name)
    one, other = measure(str(tmp_path / "a")), measure(str(tmp_path / "b"))
    whole = blocks(tmp_path / "a" / "file")
    assert round(one.freed_bytes) == blocks(tmp_path / "a")
    both = total_usage([one, other, None])
    assert round(both.freed_bytes) == whole + blocks(tmp_path / "a", tmp_path / "b")
    freed = [remove(str(tmp_path / name)).freed_bytes for name in ("a", "b")]
    assert sum(freed) == round(both.freed_bytes)


def test_what_cannot_be_looked_into_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tree" / "closed").mkdir(parents=True)
    opened = os.open

    def closed(path: str, *args: int, **named: int) -> int:
        if path.endswith("/closed"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **named)

    monkeypatch.setattr(os, "open", closed)
    assert measure(str(tmp_path / "tree")).unreadable == 1


def test_a_tree_whose_paths_are_too_long_is_looked_through(tmp_path: Path) -> None:
    directory = os.open(tmp_path, os.O_RDONLY)
    for _ in range(100):  # longer than a path may be
        os.mkdir("d" * 100, dir_fd=directory)
        child = os.open("d" * 100, os.O_RDONLY, dir_fd=directory)
        os.close(directory)
        directory = child
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=directory))
    os.close(directory)
    assert measure(str(tmp_path)).files == 1
    assert measure(str(tmp_path)).unreadable == 0
    assert remove(str(tmp_path)).failures == []


@pytest.mark.parametrize("length", [1, 7, 40, 255])
@pytest.mark.parametrize("relative", [True, False])
def test_any_path_can_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int, relative: bool) -> None:
    monkeypatch.chdir(tmp_path)
    top = "x" if relative else str(tmp_path / "x")
    os.mkdir(top)
    path = top
    descriptor = os.open(top, os.O_RDONLY)
    for _ in range(1500 // length):
        name = "d" * length
        os.mkdir(name, dir_fd=descriptor)
        below = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor, path = below, f"{path}/{name}"
        opened = open_directory(path)
        assert os.path.samestat(os.fstat(opened), os.fstat(descriptor))
        os.close(opened)
    os.close(descriptor)
    assert remove(str(tmp_path / "x")).failures == []


def test_many_directories_are_all_looked_at(tmp_path: Path) -> None:
    for number in range(300):
        write(tmp_path / str(number % 20) / str(number) / "file")
    assert measure(str(tmp_path)).files == 300


@pytest.fixture()
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree that counts as large: most of it is for other processes to measure."""
    monkeypatch.setattr(usage, "_LARGE_FILES", 10)
    monkeypatch.setattr(usage, "_PROCESSES", 3)
    for number in range(60):
        write(tmp_path / "a tree" / str(number) / "with\na line" / "file")
    (tmp_path / "a tree" / "7" / os.fsdecode(b"\xff")).mkdir()
    os.utime(tmp_path / "a tree" / "7", (4e9, 4e9))
    return tmp_path / "a tree"


def test_a_large_tree_is_shared_out(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    start = usage._start

    def counted(directories: list[str], top: Scan) -> object:
        started.append(directories.copy())
        return start(directories, top)

    monkeypatch.setattr(usage, "_start", counted)
    everything = [Path(directory) for directory, _, _ in os.walk(large)] + list(large.rglob("file"))
    assert measure(str(large)) == Usage(blocks(*everything), 60, 4e9)
    assert len(started) == 2
    assert all(started)


def test_without_other_processes_it_is_measured_all_the_same(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = measure(str(large))
    for executable in ("/nowhere/python", "/bin/false"):
        monkeypatch.setattr("sys.executable", executable)
        assert measure(str(large)) == whole


def test_a_small_tree_needs_no_other_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    monkeypatch.setattr(usage, "_start", None)
    write(tmp_path / "file")
    assert measure(str(tmp_path)).files == 1
