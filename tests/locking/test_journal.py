"""Files that are written together: killed at any step, the next run finishes or undoes all of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from devflow.common.errors import UserError
from devflow.common.git import Git
from devflow.locking import journal as journals
from devflow.locking.journal import JournaledFile, Phase, Recovered, begin, journal_path, recover, restore, write_all
from harness.git import git

CHANGES = (
    JournaledFile("a.lock", b"old lock\n", b"new lock\n"),
    JournaledFile("BUILD", b"old\r\n", b"new \xff\r\n"),
    JournaledFile("new/requirements.txt", None, b"aiohttp\n"),
)
STEPS = range(len(CHANGES) + 1)


@pytest.fixture()
def root(tmp_path: Path) -> Path:
    for change in CHANGES:
        if change.before is not None:
            (tmp_path / change.path).write_bytes(change.before)
    return tmp_path


def contents(root: Path) -> list[bytes | None]:
    files = [root / change.path for change in CHANGES]
    return [file.read_bytes() if file.exists() else None for file in files]


BEFORE = [change.before for change in CHANGES]
AFTER = [change.after for change in CHANGES]


def killed_after(steps: int, action: Callable[[], None]) -> None:
    """Do it in another process, which ends without any clean-up before it writes one file more than these."""
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == 9 << 8
        return
    put, done = journals._put, [0]

    def counted(build_root: str, path: str, content: bytes | None) -> None:
        if done[0] == steps:
            os._exit(9)
        done[0] += 1
        put(build_root, path, content)

    try:
        journals._put = counted
        journals.end = lambda journal: os._exit(9)
        action()
    finally:
        os._exit(1)


@pytest.mark.parametrize("steps", STEPS)
def test_the_next_run_finishes_what_was_begun(root: Path, steps: int) -> None:
    journal = root / "journal" / "x.json"
    killed_after(steps, lambda: write_all(journal, str(root), CHANGES))
    assert journal.exists()
    paths = tuple(change.path for change in CHANGES)
    said = "An interrupted run is finished." if steps else "An interrupted run had written nothing."
    assert recover(journal, str(root)) == Recovered((said,), paths)
    assert contents(root) == (AFTER if steps else BEFORE)
    assert recover(journal, str(root)) == Recovered()


@pytest.mark.parametrize("steps", STEPS)
def test_the_next_run_undoes_a_trial(root: Path, steps: int) -> None:
    journal = root / "journal" / "x.json"
    begin(journal, Phase.TRIAL, [*CHANGES[1:], JournaledFile("a.lock", b"old lock\n", None)])
    for change in CHANGES[1 : 1 + steps]:
        (root / change.path).parent.mkdir(exist_ok=True)
        (root / change.path).write_bytes(change.after or b"")
    (root / "a.lock").write_text("half")
    assert recover(journal, str(root)).said == ("An interrupted run is undone.",)
    assert contents(root) == BEFORE


def test_what_was_edited_since_stays(root: Path) -> None:
    journal = root / "journal" / "x.json"
    killed_after(1, lambda: write_all(journal, str(root), CHANGES))
    (root / "BUILD").write_bytes(b"mine\n")
    assert recover(journal, str(root)).said == (
        "An interrupted run is finished.",
        "BUILD was changed since; it stays as it is.",
    )
    assert contents(root) == [b"new lock\n", b"mine\n", b"aiohttp\n"]


def test_nothing_is_written_over_an_edit(root: Path) -> None:
    (root / "BUILD").write_bytes(b"mine\n")
    with pytest.raises(UserError, match="BUILD has changed meanwhile; nothing was written"):
        write_all(root / "x.json", str(root), CHANGES)
    assert contents(root) == [b"old lock\n", b"mine\n", None]
    assert not (root / "x.json").exists()


def test_an_error_puts_the_old_files_back(root: Path) -> None:
    (root / "new").write_text("in the way of the directory")
    with pytest.raises(OSError, match="new"):
        write_all(root / "x.json", str(root), CHANGES[:2] + (JournaledFile("new/x/y", None, b""),))
    assert contents(root)[:2] == BEFORE[:2]


def test_restore(root: Path) -> None:
    write_all(root / "x.json", str(root), CHANGES)
    assert contents(root) == AFTER
    restore(str(root), CHANGES)
    assert contents(root) == BEFORE


def test_another_format_is_left_to_the_version_that_wrote_it(root: Path) -> None:
    (root / "x.json").write_text('{"format": 2}')
    with pytest.raises(UserError, match="in a format that this version of devflow cannot read"):
        recover(root / "x.json", str(root))


def test_the_place_of_the_journal(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"]}
    (tmp_path / "none").mkdir()
    assert journal_path(Git(tmp_path / "none", environment), "/w") == Path("/w/devflow/requirements.json")
    git(tmp_path, "init", "--quiet", "clone")
    expected = (tmp_path / "clone" / ".git").resolve() / "devflow" / "requirements.json"
    assert journal_path(Git(tmp_path / "clone", environment), "/w") == expected
