"""The messages of `reset-cache`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pants.testutil.rule_runner import RuleRunner

from devflow.reset_cache.goal import ResetCache
from reset_cache.conftest import Run, shortened
from reset_cache.fakes import FakeSource, daemon, databases
from reset_cache.scene import Scene, write


def test_a_dry_run_says_what_would_go_and_how_to_do_it(run: Run, scene: Scene) -> None:
    write(scene.base / "launcher" / "2.17.1-0123456789abcdef" / "x")
    before = scene.files()
    result = run(ResetCache, "--dry-run", "--only=store,named-caches")
    assert result.exit_code == 0
    # The workspace of the test holds the rule runner's own store open: its databases are there already.
    assert shortened(result.stderr, scene)[0] == (
        "Would reset: daemon, store (…/users/me/.cache/pants/lmdb_store), "
        "named-caches (…/users/me/.cache/pants/named_caches)."
    )
    store, named_caches = shortened(result.stdout, scene)
    assert store.startswith("store: would remove ")
    assert store.endswith(", …/users/me/.cache/pants/lmdb_store")
    assert named_caches.startswith("named-caches: would remove 2 files, ")
    assert shortened(result.stderr, scene)[-1] == "To do it: pants reset-cache --only=store,named-caches"
    assert scene.files() >= before


def test_a_run_says_what_went(run: Run, scene: Scene) -> None:
    result = run(ResetCache, "--only=named-caches", "--only=execution")
    assert result.exit_code == 0
    lines = shortened(result.stdout, scene)
    assert lines[0].startswith("execution: removed ")
    assert lines[0].endswith(", …/tmp")
    assert lines[1].startswith("named-caches: removed 2 files, ")
    assert shortened(result.stderr, scene)[-1].startswith("Removed ")
    again = run(ResetCache, "--only=named-caches")
    assert shortened(again.stdout, scene) == ["named-caches: nothing to remove, …/users/me/.cache/pants/named_caches"]
    assert again.stderr.splitlines()[-1] == "Nothing to do."


def test_everybody_who_is_in_the_way_is_named(run: Run, scene: Scene, source: FakeSource) -> None:
    source.listed.append(daemon(11, "/other"))
    source.files[11] = databases(scene.settings.local_store_dir)
    source.busy[11] = 1
    result = run(ResetCache)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[1:] == [
        "reset-cache: the daemon of /other (process 11) is at work.",
        "  Fix: wait until it has ended, or use --force",
        "Nothing was changed.",
    ]


def test_force_names_them_too(run: Run, scene: Scene, source: FakeSource) -> None:
    source.listed.append(daemon(11, "/other"))
    source.files[11] = databases(scene.settings.local_store_dir)
    source.busy[11] = 1
    result = run(ResetCache, "--dry-run", "--force", "--only=store")
    assert result.exit_code == 0
    assert "By force: the daemon of /other (process 11) is at work." in result.stderr
    assert "daemon: would stop the daemon of /other (process 11)" in result.stdout
    assert result.stderr.splitlines()[-1] == "To do it: pants reset-cache --only=store --force"


def test_what_is_left_alone_fails_the_run_and_the_rest_is_done(run: Run, scene: Scene) -> None:
    write(Path(scene.settings.named_caches_dir, "thesis.tex"))
    result = run(ResetCache, "--only=named-caches,execution")
    assert result.exit_code == 1
    lines = shortened(result.stdout, scene)
    assert lines[1] == "named-caches: left alone, see below, …/users/me/.cache/pants/named_caches"
    assert "  Fix: name another directory in [GLOBAL].named_caches_dir" in result.stderr
    assert not (scene.tmp / "pants-sandbox-Ab1").exists()


def test_a_backend_has_its_own_scope(run: Run, scene: Scene, rule_runner: RuleRunner) -> None:
    write(Path(rule_runner.build_root, "tiles", "x"))
    result = run(ResetCache, "--only=tiles")
    assert result.stdout.splitlines()[0].startswith("tiles: removed 1 file, ")
    assert not Path(rule_runner.build_root, "tiles").exists()


def test_leftovers_of_killed_exports_go_and_exports_stay(run: Run, rule_runner: RuleRunner) -> None:
    exports = Path(rule_runner.build_root, "dist", "export", "python", "virtualenvs", "mypy")
    write(exports / ".+a1b2c3" / "x")
    write(exports / "3.9.18" / "x")
    result = run(ResetCache, "--only=exports")
    assert result.exit_code == 0
    assert [path.name for path in exports.iterdir()] == ["3.9.18"]


def test_superseded_versions_of_the_launcher_go_when_they_are_named(run: Run, scene: Scene) -> None:
    entry = scene.base / "launcher" / "2.16.0-0123456789abcdef"
    write(entry / "x")
    write(scene.base / "launcher" / "lock")
    run(ResetCache, "--only=execution")
    assert entry.exists()
    run(ResetCache, "--only=launcher")
    assert os.listdir(scene.base / "launcher") == ["lock"]


@pytest.mark.parametrize(
    ("args", "what", "fix"),
    [
        (["--only=stroe"], "--only=stroe: there is no such scope. Did you mean 'store'?", "choose from daemon, "),
        (["--older-than=14"], "--older-than=14 is not a duration.", "write a number and a unit"),
        (["--max-size=big"], "--max-size=big is not a size.", "write a number and a unit: --max-size=10GiB"),
        (["--only=workdir", "--max-size=1GiB"], "--max-size: workdir cannot be pruned.", "leave"),
        (["::"], "This goal takes no targets.", "leave them out, and choose scopes with --only=NAME"),
    ],
)
def test_a_mistake_changes_nothing(run: Run, scene: Scene, args: list[str], what: str, fix: str) -> None:
    result = run(ResetCache, *args)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"reset-cache: {what}\n  Fix: {fix}")
    assert (scene.tmp / "pants-sandbox-Ab1").exists()


def test_pruning_says_what_stays(run: Run, scene: Scene) -> None:
    result = run(ResetCache, "--only=named-caches", "--older-than=14d")
    assert result.exit_code == 0
    assert result.stderr.splitlines()[0].startswith("Pruning: named-caches (")
    assert all(" kept " in line and " ago" in line for line in result.stdout.splitlines())


def test_the_report_as_json(run: Run, scene: Scene) -> None:
    result = run(ResetCache, "--only=named-caches", "--format=json")
    report = json.loads(result.stdout)
    assert (report["schema_version"], report["goal"], report["mode"]) == (1, "reset-cache", "reset")
    [one] = report["results"]
    assert one == {
        "scope": "named-caches",
        "path": scene.settings.named_caches_dir,
        "set_by": "[GLOBAL].named_caches_dir",
        "action": "removed",
        "entries": 1,
        "files": 2,
        "size_bytes": report["freed_bytes"],
        "kept": [],
        "left_alone": [],
        "error": None,
    }
    assert report["problems"] == report["stopped"] == report["would_stop"] == report["made"] == []
    planned = json.loads(run(ResetCache, "--only=execution", "--format=json", "--dry-run").stdout)
    assert (planned["mode"], planned["results"][0]["action"]) == ("dry-run", "would-remove")
