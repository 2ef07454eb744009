from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import trees
from devflow.export_all_resolves.staging.trees import discard, leftovers, remove, replace_content, staging_path, swap


def tree(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "file").write_text(text)
    return path


@pytest.mark.parametrize("name", ["3.9.1", "3.11.7", "3.13.0t"])
def test_a_staging_path_is_as_long_as_its_destination(tmp_path: Path, name: str) -> None:
    path = staging_path(str(tmp_path / name))
    assert len(path) == len(str(tmp_path / name))
    assert os.path.dirname(path) == str(tmp_path)


def test_leftovers_are_staging_paths_and_nothing_else(tmp_path: Path) -> None:
    for name in ("3.11.7", ".3.11.7.devflow-export.json", ".hidden", ".+", ".+Upper1"):
        (tmp_path / name).mkdir()
    left = tree(Path(staging_path(str(tmp_path / "3.11.7"))), "half")
    assert leftovers(str(tmp_path)) == [str(left)]


def test_no_directory_has_no_leftovers(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert leftovers(str(tmp_path / "missing")) == leftovers(str(tmp_path / "file")) == []


def test_swap_onto_nothing_moves(tmp_path: Path) -> None:
    new = tree(tmp_path / "new", "new")
    swap(str(new), str(tmp_path / "3.11.7"))
    assert (tmp_path / "3.11.7" / "file").read_text() == "new"
    assert not new.exists()


@pytest.mark.parametrize("exchange_is_supported", [True, False])
def test_swap_exchanges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange_is_supported: bool) -> None:
    if not exchange_is_supported:
        monkeypatch.setattr(trees, "_exchange", lambda one, other: False)
    new, old = tree(tmp_path / "new", "new"), tree(tmp_path / "3.11.7", "old")
    swap(str(new), str(old))
    assert (old / "file").read_text() == "new"
    assert (new / "file").read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["3.11.7", "new"]


@pytest.mark.parametrize("exchange_is_supported", [True, False])
def test_swap_exchanges_a_link_for_a_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange_is_supported: bool
) -> None:
    if not exchange_is_supported:
        monkeypatch.setattr(trees, "_exchange", lambda one, other: False)
    old = tree(tmp_path / "3.11.7", "old")
    link = tmp_path / "new"
    link.symlink_to(tmp_path)
    swap(str(link), str(old))
    assert old.is_symlink()
    assert (link / "file").read_text() == "old"


def test_a_swap_that_fails_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tree(tmp_path / "3.11.7", "old")
    for supported in (True, False):
        if not supported:
            monkeypatch.setattr(trees, "_exchange", lambda one, other: False)
        with pytest.raises(OSError, match="No such file"):
            swap(str(tmp_path / "missing"), str(old))
        assert (old / "file").read_text() == "old"
        assert os.listdir(tmp_path) == ["3.11.7"]


def test_remove_takes_files_links_and_trees(tmp_path: Path) -> None:
    target = tree(tmp_path / "target", "stays")
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(target)
    inner = tree(tmp_path / "tree", "goes")
    (inner / "link").symlink_to(target)
    for name in ("file", "link", "tree", "missing"):
        remove(str(tmp_path / name))
    assert os.listdir(tmp_path) == ["target"]
    assert (target / "file").read_text() == "stays"


def test_remove_makes_directories_writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tree(tmp_path / "tree", "goes")
    inner.chmod(stat.S_IRUSR | stat.S_IXUSR)
    rmtree = shutil.rmtree

    def rmtree_as_a_user(path: str) -> None:
        """The superuser may write anywhere; everybody else may not."""
        if not os.stat(path).st_mode & stat.S_IWUSR:
            raise PermissionError(path)
        rmtree(path)

    monkeypatch.setattr(shutil, "rmtree", rmtree_as_a_user)
    remove(str(inner))
    assert not inner.exists()


def test_discard_takes_out_of_sight_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tree(tmp_path / "3.11.7", "old")
    removed: list[str] = []
    monkeypatch.setattr(trees, "remove", removed.append)  # as if killed there
    discard(str(old))
    assert not old.exists()
    assert leftovers(str(tmp_path)) == removed
    discard(str(tmp_path / "missing"))


def test_new_content_never_goes_into_a_hard_link(tmp_path: Path) -> None:
    cached, linked = tmp_path / "cached", tmp_path / "linked"
    cached.write_text("cached")
    cached.chmod(0o755)
    os.link(cached, linked)
    replace_content(str(linked), b"new")
    assert (cached.read_text(), linked.read_text()) == ("cached", "new")
    assert stat.S_IMODE(linked.stat().st_mode) == 0o755
