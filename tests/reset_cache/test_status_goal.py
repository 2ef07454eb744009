"""The messages of `cache-status`."""

from __future__ import annotations

import json
import os
import pwd
from pathlib import Path

from devflow.reset_cache.status_goal import CacheStatus
from reset_cache.conftest import Run, shortened
from reset_cache.fakes import FakeSource, daemon, databases
from reset_cache.scene import Scene, write


def test_the_status(run: Run, scene: Scene, source: FakeSource) -> None:
    source.listed += [daemon(11, "/other", started_s=0.0)]
    source.files[11] = databases(scene.settings.local_store_dir)
    result = run(CacheStatus)
    assert result.exit_code == 0
    lines = shortened(result.stdout, scene)
    assert lines[0].startswith("daemon: not running, ")
    assert lines[1].startswith("same store: the daemon of /other (process 11), idle, process 11, up ")
    assert lines[2].startswith("execution: …/tmp, ")
    assert lines[2].endswith(", [GLOBAL].local_execution_root_dir")
    assert lines[4].startswith("named-caches: …/users/me/.cache/pants/named_caches, ")
    assert ", 2 files, changed " in lines[4]
    assert f", owner {pwd.getpwuid(os.getuid()).pw_name}, [GLOBAL].named_caches_dir" in lines[4]
    # How many directories the workdir has depends on the release of Pants.
    assert list(dict.fromkeys(line.split(":")[0] for line in lines[2:])) == [
        "execution",
        "store",
        "named-caches",
        "workdir",
        "exports",
        "launcher",
        "tiles",
    ]
    assert result.stderr.endswith(" files.\n")


def test_the_status_shows_what_cannot_be_reset(run: Run, scene: Scene) -> None:
    write(Path(scene.settings.named_caches_dir, "thesis.tex"))
    result = run(CacheStatus)
    assert result.exit_code == 0
    assert "cannot be reset: …/users/me/.cache/pants/named_caches holds the file thesis.tex" in result.stdout.replace(
        str(scene.base), "…"
    )
    assert "cache-status: " in result.stderr


def test_the_status_as_json(run: Run, scene: Scene, source: FakeSource) -> None:
    source.listed += [daemon(11, "/other")]
    source.files[11] = databases(scene.settings.local_store_dir)
    status = json.loads(run(CacheStatus, "--format=json").stdout)
    assert (status["schema_version"], status["goal"], status["daemon"]) == (1, "cache-status", None)
    assert [(one["pid"], one["state"]) for one in status["same_store"]] == [(11, "idle")]
    named_caches = next(one for one in status["results"] if one["scope"] == "named-caches")
    assert (named_caches["files"], named_caches["owner"], named_caches["exists"]) == (2, os.getuid(), True)


def test_the_status_takes_no_targets(run: Run) -> None:
    result = run(CacheStatus, "::")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (1, "cache-status: This goal takes no targets.")
