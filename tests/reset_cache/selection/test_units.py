"""Pruning inside of named caches: parts are removed one by one, and what a kept virtualenv links to is kept."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.removal.facts import Usage
from devflow.common.removal.inode import Identity
from devflow.export_all_resolves.members.python_assembly import PARTS
from devflow.reset_cache.facts import NAMED_CACHES, FoundLocation, Location, Target
from devflow.reset_cache.selection.prune import choose
from devflow.reset_cache.selection.request import ResetRequest
from devflow.reset_cache.selection.units import pex_root_units
from reset_cache.scene import Scene, write

DAY_S = 86400


def age(path: Path, days: float) -> None:
    """Give all of a tree this age."""
    for directory, directories, files in os.walk(path):
        for name in (".", *directories, *files):
            then = time.time() - days * DAY_S
            os.utime(os.path.join(directory, name), (then, then), follow_symlinks=False)


def fill(pex_root: Path) -> None:
    """An old and a new virtualenv, each with its wheel and its short path, and an old wheel that nobody links to."""
    for name in ("old", "new"):
        wheel = write(pex_root / "installed_wheels" / f"wheel-{name}" / "x.whl" / "x.py").parent
        venv = pex_root / "venvs" / name / "contents"
        venv.mkdir(parents=True)
        (venv / "x").symlink_to(wheel)
        short = pex_root / "venvs" / "s" / f"s{name}"
        short.mkdir(parents=True)
        (short / "venv").symlink_to(venv)
    write(pex_root / "installed_wheels" / "wheel-unused" / "x")
    write(pex_root / "pip_cache" / "x")
    write(pex_root / "installed_wheels" / ".wheel-old.lck")
    age(pex_root, 90)
    age(pex_root / "venvs" / "new", 1)


def names(pex_root: Path) -> set[str]:
    return {
        str(Path(unit.path).relative_to(pex_root))
        for unit in pex_root_units(str(pex_root))
        if os.path.exists(unit.path)
    }


def test_what_a_live_virtualenv_links_to_stays(scene: Scene) -> None:
    pex_root = Path(scene.settings.named_caches_dir, "pex_root")
    fill(pex_root)
    outcome = scene.reset("named-caches", older_than="14d")
    assert outcome.exit_code == 0
    assert names(pex_root) == {"venvs/new", "venvs/s/snew", "installed_wheels/wheel-new"}
    assert (pex_root / "venvs/new/contents/x/x.py").exists()
    assert (pex_root / "installed_wheels" / ".wheel-old.lck").exists()


def test_a_size_limit_takes_the_oldest_and_never_what_is_linked_to(scene: Scene) -> None:
    pex_root = Path(scene.settings.named_caches_dir, "pex_root")
    fill(pex_root)
    write(pex_root / "installed_wheels" / "wheel-new" / "big", "x" * 1_000_000)
    write(pex_root / "installed_wheels" / "wheel-unused" / "big", "x" * 4_000_000)
    age(pex_root / "installed_wheels", 90)
    scene.reset("named-caches", max_size="2MiB")
    assert {"venvs/new", "venvs/s/snew", "installed_wheels/wheel-new"} <= names(pex_root)
    assert "installed_wheels/wheel-unused" not in names(pex_root)
    scene.reset("named-caches", max_size="1KiB")
    assert names(pex_root) == set()


def test_parts_of_exports_go_one_by_one_by_their_last_use(scene: Scene) -> None:
    cache = Path(scene.settings.named_caches_dir, PARTS)
    unused, used = (write(cache / "requests" / name / "files" / "x").parents[1] for name in ("0" * 32, "1" * 32))
    for part in (unused, used):
        write(part / "part.json")
    write(cache / "exports" / "2")
    age(cache, 90)
    os.utime(used / "part.json")
    scene.reset("named-caches", older_than="14d")
    assert (unused.exists(), used.exists(), (cache / "exports" / "2").exists()) == (False, True, True)


def test_layouts_of_newer_versions(tmp_path: Path) -> None:
    for path in (
        "venvs/1/aa/bb/pex",
        "venvs/1/short/cc/x",
        "venvs/s/dd/x",
        "unzipped_pexes/1/ee/x",
        "pip/ff/x",
    ):
        write(tmp_path / path)
    found = {os.path.relpath(unit.path, tmp_path) for unit in pex_root_units(str(tmp_path))}
    assert found == {"venvs/1/aa", "venvs/1/short/cc", "venvs/s/dd", "unzipped_pexes/1/ee", "pip"}


GRAPHS = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 100), st.sets(st.integers(0, 7)), st.integers(0, 7)), max_size=8
)


@given(GRAPHS, st.integers(0, 500), st.integers(0, 100))
def test_no_kept_unit_refers_to_one_that_goes(
    graph: list[tuple[int, int, set[int], int]], most: int, older: int
) -> None:
    targets = tuple(
        Target(
            f"/n/{number}",
            Identity(1, number),
            usage=Usage(size, 1, 1000.0 - old),
            group="/n/0" if group == 0 and number else "",
            refers_to=frozenset(f"/n/{other}" for other in refers),
        )
        for number, (size, old, refers, group) in enumerate(graph)
    )
    found = FoundLocation(Location(NAMED_CACHES, "/n", "x", entries_age=True), exists=True, targets=targets)
    goes, kept = choose(found, ResetRequest((), now_s=1000.0, older_than_s=float(older), max_size_bytes=most), ())
    gone = {target.path for target in goes}
    assert gone | {one.path for one in kept} == {target.path for target in targets}
    for target in targets:
        if target.path not in gone:
            assert not target.refers_to & gone
        if target.group and any(other.path == target.group for other in targets):
            assert (target.path in gone) == (target.group in gone)


@pytest.mark.parametrize("options", [{}, {"older_than": "1s"}, {"max_size": "1B"}])
@pytest.mark.parametrize("store", [True, False])
def test_what_the_store_refers_to_goes_with_all_of_it(scene: Scene, options: dict[str, str], store: bool) -> None:
    venv = write(Path(scene.settings.named_caches_dir, "venv_cache", "0", "bin", "python"))
    age(venv.parents[2], 90)
    age(Path(scene.settings.local_store_dir), 90)
    outcome = scene.reset("named-caches", *(["store"] if store else []), **options)  # type: ignore[arg-type]
    assert venv.exists() is not store
    assert os.path.exists(scene.settings.local_store_dir) is not store
    reasons = [kept.reason for kept in outcome.plan.kept if "venv_cache" in kept.path]
    assert reasons == ([] if store else ["the store refers to it, so reset both: --only=store,named-caches"])
