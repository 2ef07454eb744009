from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from devflow.common.removal import guard
from devflow.common.removal.usage import TreeContent, look_through
from export_all_resolves.conftest import Run

OLD = "dist/export/fake/trees/a/0.9"
GONE = "dist/export/fake/trees/gone/1.0"


@pytest.fixture()
def history(run: Run, trees: Path) -> Path:
    """Exports of an old version of `a` and of `gone`, and things that nobody's export has made."""
    run({"a": "0.9 w", "gone": "1.0 x"})
    run({"a": "1.0 x", "gone": "1.0 x"})
    (trees / "a/notes").mkdir()
    (trees / "a/notes/precious").touch()
    (trees / "mine/1.0").mkdir(parents=True)
    (trees / "a/0.8").mkdir()  # looks like a version, and is no export
    return trees


def everything(directory: Path) -> list[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*"))


def test_nothing_is_pruned_unasked(run: Run, history: Path) -> None:
    before = everything(history)
    run({"a": "1.0 x"})
    assert everything(history) == before


def test_prune_removes_old_versions_and_vanished_resolves(run: Run, history: Path) -> None:
    result = run({"a": "1.0 x"}, "--prune")
    assert result.stdout == f"a: up to date, dist/export/fake/trees/a/1.0\nPruned {OLD}\nPruned {GONE}\n"
    assert result.stderr == "Pruned 2, 1 up to date.\n"
    assert result.exit_code == 0
    assert sorted(os.listdir(history)) == ["a", "mine"]
    assert sorted(os.listdir(history / "a")) == ["0.8", "1.0", "notes"]
    assert run({"a": "1.0 x"}, "--prune").stderr == "1 up to date.\n"


@pytest.mark.parametrize(("mode", "exit_code"), [("--dry-run", 0), ("--check", 1)])
def test_pruning_can_be_looked_at(run: Run, history: Path, mode: str, exit_code: int) -> None:
    before = everything(history)
    result = run({"a": "1.0 x"}, "--prune", mode)
    assert result.stdout == f"a: up to date, dist/export/fake/trees/a/1.0\nWould prune {OLD}\nWould prune {GONE}\n"
    assert result.stderr.endswith("To do it: pants export-all-resolves --prune\n")
    assert result.exit_code == exit_code
    assert everything(history) == before


def test_resolves_that_are_not_looked_at_keep_their_exports(run: Run, history: Path) -> None:
    run({"a": "1.0 x", "b": "1.0 x"})
    run({"a": "1.0 x", "b": "2.0 x"})
    result = run({"a": "1.0 x", "b": "2.0 x"}, "--prune", "--include=b")
    assert "Pruned dist/export/fake/trees/b/1.0\n" in result.stdout
    assert sorted(os.listdir(history / "a")) == ["0.8", "0.9", "1.0", "notes"]


def test_a_link_is_pruned_and_what_it_points_at_stays(run: Run, history: Path) -> None:
    cached = history / "mine/cached"
    cached.mkdir()
    (history / "a/0.7").symlink_to(cached)
    (history / "a/.0.7.devflow-export.json").write_text("{}")
    (history / "a/0.6").symlink_to("no longer there")
    assert run({"a": "1.0 x"}, "--prune").exit_code == 0
    assert cached.is_dir()
    assert sorted(os.listdir(history / "a")) == ["0.8", "1.0", "notes"]


def test_what_failed_keeps_its_exports(run: Run, history: Path) -> None:
    result = run({"a": "raise"}, "--prune")
    assert result.exit_code == 1
    assert sorted(os.listdir(history / "a")) == ["0.8", "0.9", "1.0", "notes"]


def test_the_old_export_of_a_resolve_whose_new_one_fails_is_kept(run: Run, history: Path) -> None:
    result = run({"a": "2.0 broken"}, "--prune")
    assert result.exit_code == 1
    assert sorted(os.listdir(history / "a")) == ["0.8", "0.9", "1.0", "notes"]
    assert result.stdout == f"a: failed, see below\nPruned {GONE}\n"


@pytest.mark.parametrize("link", ["dist", "dist/export", "dist/export/fake", "dist/export/fake/trees", "vanished"])
def test_nothing_behind_a_link_is_pruned(run: Run, history: Path, tmp_path: Path, link: str) -> None:
    root = history.parents[3]
    path = history / "gone" if link == "vanished" else root / link
    outside = tmp_path / "outside"
    shutil.move(path, outside)
    path.symlink_to(outside)
    before = everything(tmp_path)
    for mode in ((), ("--dry-run",)):
        result = run({"a": "1.0 x"}, "--prune", "--include=a", *mode)
        assert f"is behind the link {path.relative_to(root)}; what is behind a link is never removed." in result.stderr
        assert result.exit_code == 1
        if link == "vanished":
            assert f"{GONE}: {GONE} is behind the link" in result.stderr
        else:
            assert everything(tmp_path) == before
    assert (outside / "1.0" if link == "vanished" else tmp_path).exists()


@pytest.mark.parametrize("held", [".git/HEAD", "src/package/.git/HEAD", "lib/bare/HEAD"])
def test_a_repository_in_a_surplus_export_stays(run: Run, history: Path, held: str) -> None:
    repository = (history / "gone/1.0" / held).parent
    for name in ("objects", "refs"):
        (repository / name).mkdir(parents=True)
    (repository / "HEAD").write_text("ref: refs/heads/main\n")
    result = run({"a": "1.0 x"}, "--prune")
    assert result.stdout.endswith(f"Pruned {OLD}\n")
    assert f"{GONE}: {GONE} " in result.stderr
    assert result.exit_code == 1
    assert (repository / "HEAD").exists()


def test_a_repository_in_an_export_is_not_replaced(run: Run, trees: Path) -> None:
    run({"a": "1.0 x"})
    repository = trees / "a/1.0/src/.git"
    for name in ("objects", "refs"):
        (repository / name).mkdir(parents=True)
    (repository / "HEAD").write_text("ref: refs/heads/main\n")
    for mode in ("--dry-run", "--force"):
        result = run({"a": "1.0 y"}, mode)
        assert "a: dist/export/fake/trees/a/1.0 holds the git repository" in result.stderr
        assert result.exit_code == 1
    assert (repository / "HEAD").exists()
    assert (trees / "a/1.0/bin/run").read_text() == f"1.0 x in {trees}/a/1.0\n"


@pytest.mark.parametrize("mode", ["--dry-run", "--force"])
def test_what_is_replaced_is_looked_through_once(
    run: Run, trees: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    run({"a": "1.0 x"})
    looked_through: list[str] = []

    def look(path: str, user_id: int) -> TreeContent:
        looked_through.append(path)
        return look_through(path, user_id)

    monkeypatch.setattr(guard, "look_through", look)
    assert run({"a": "1.0 y"}, mode).exit_code == 0
    assert looked_through == [str((trees / "a/1.0").resolve())]
