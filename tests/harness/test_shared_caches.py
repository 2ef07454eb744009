from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.shared_caches import made_once

# Says that it makes the entry, and makes it once its standard input has ended.
MAKE = """
import sys
from harness.shared_caches import made_once

def make(path):
    print("making", flush=True)
    sys.stdin.read()
    path.mkdir()
    (path / "content").write_text("by a process")

made_once("tool", "1.0", make)
print("done", flush=True)
"""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEVFLOW_TEST_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def make(path: Path) -> None:
    path.mkdir()
    (path / "content").write_text("made")


def never(path: Path) -> None:
    pytest.fail(f"{path} is made again")


def process() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MAKE],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_an_entry_is_made_once(root: Path) -> None:
    entry = made_once("tool", "1.0", make)
    assert entry == root / "tool" / "1.0"
    assert made_once("tool", "1.0", never) == entry
    assert (entry / "content").read_text() == "made"
    assert made_once("tool", "1.1", make) != entry


def test_it_is_below_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEVFLOW_TEST_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert made_once("tool", "1.0", make) == tmp_path / "xdg/devflow/tests/tool/1.0"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert made_once("tool", "1.0", make) == tmp_path / "home/.cache/devflow/tests/tool/1.0"


def test_what_fails_is_made_again() -> None:
    def fail(path: Path) -> None:
        make(path)
        raise OSError("the index is down")

    with pytest.raises(OSError, match="the index is down"):
        made_once("tool", "1.0", fail)
    assert (made_once("tool", "1.0", make) / "content").read_text() == "made"


def test_what_a_killed_process_left_is_made_again(root: Path) -> None:
    with process() as first:
        assert first.stdout
        assert first.stdout.readline() == "making\n"
        (root / "tool" / "1.0").mkdir()
        (root / "tool" / "1.0" / "half").touch()
        first.kill()
    assert [path.name for path in made_once("tool", "1.0", make).iterdir()] == ["content"]


def test_a_second_process_waits_for_the_first() -> None:
    with process() as first:
        assert first.stdin
        assert first.stdout
        assert first.stdout.readline() == "making\n"
        with process() as second:
            first.stdin.close()
            assert first.stdout.read() == "done\n"
            assert second.stdout
            assert second.stdout.read() == "done\n", "it does not make it again"
    assert (made_once("tool", "1.0", never) / "content").read_text() == "by a process"


def test_what_nobody_used_for_long_goes(root: Path) -> None:
    made_once("tool", "old", make)
    made_once("tool", "recent", make)
    made_once("other", "old", make)
    for name in ("tool", "other"):
        os.utime(root / name / "old.made", (1, 1))
    made_once("tool", "new", make)
    assert sorted(path.name for path in root.glob("*/*") if path.is_dir()) == ["new", "old", "recent"]
    assert (root / "other" / "old").is_dir()
