"""A member of somebody's that raises: it and its module are named, the others go on, and the exit code is 1."""

from __future__ import annotations

from pathlib import Path

from pants.core.goals import export
from pants.engine.unions import UnionRule
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from api.moody import (
    FIX,
    MODULE,
    LinesReader,
    LinesTarget,
    MoodyEditor,
    MoodyExporter,
    MoodyLocations,
    MoodyReader,
    MoodyStep,
    TilesLocations,
    moody_changes,
    moody_export,
    moody_fingerprint,
    moody_inputs,
    moody_locations,
    moody_settings,
    read_lines,
    read_moody,
    tiles_locations,
)
from devflow import engine
from devflow.api import (
    CacheLocationsRequest,
    Editor,
    HistoryReader,
    ReleaseStep,
    ResolveExporter,
)
from devflow.engine import Rules
from devflow.export_all_resolves import register as export_all_resolves
from devflow.export_all_resolves.goal import ExportAllResolves
from devflow.ide_config import register as ide_config
from devflow.ide_config.goal import IdeConfig
from devflow.reset_cache import goal as reset_goal
from devflow.reset_cache import status_goal
from devflow.reset_cache.goal import ResetCache
from devflow.reset_cache.locations import all as all_locations
from devflow.reset_cache.status_goal import CacheStatus
from devflow.schema_history import register as schema_history
from devflow.schema_history.goal import DumpSchemaHistory
from harness import fake_backend
from release.conftest import World, release_rules
from reset_cache.fakes import FakeSource
from reset_cache.machines import machine_rules


def test_a_resolve_exporter() -> None:
    members: Rules = [moody_fingerprint, moody_export, UnionRule(ResolveExporter, MoodyExporter)]
    runner = RuleRunner(
        rules=[
            *export.rules(),
            *export_all_resolves.core_rules(),
            *members,
            *fake_backend.rules(),
        ]
    )

    def run(*args: str) -> GoalRuleResult:
        resolves = {"a": "1.0 x", "b": "1.0 x", "c": "foreign"}
        return runner.run_goal_rule(
            ExportAllResolves, global_args=[f"--fake-resolves={resolves}"], args=args, env_inherit={"PATH"}
        )

    runner.write_files({"mood": "bad"})
    ab = "dist/export/fake/trees/{}/1.0"
    result = run()
    assert result.stdout == (
        f"a: exported, not exported yet, {ab.format('a')}\n"
        f"b: exported, not exported yet, {ab.format('b')}\n"
        "c: failed, see below\n"
    )
    why = f"MoodyExporter ({MODULE}): reading what resolve {{0}} is made from failed: not today\n"
    assert result.stderr == (
        f"export-all-resolves: {why}  Fix: {FIX} export-all-resolves --include={{0}}\n".format("a")
        + f"c: {why}  Fix: {FIX} export-all-resolves --include={{0}}\n".format("c")
        + "Exported 2, 1 failed, 0 up to date.\n"
    )
    assert result.exit_code == 1
    assert run("--exclude=c", "--check").exit_code == 1
    runner.write_files({"mood": "good"})
    mended = run("--exclude=c", "--check")
    assert (mended.stderr, mended.exit_code) == ("2 up to date.\n", 0)


def test_a_cache_location(tmp_path: Path) -> None:
    runner = RuleRunner(
        rules=[
            *engine.rules(),
            *all_locations.rules(),
            *reset_goal.rules(),
            *status_goal.rules(),
            *machine_rules(FakeSource()),
            moody_locations,
            tiles_locations,
            UnionRule(CacheLocationsRequest, MoodyLocations),
            UnionRule(CacheLocationsRequest, TilesLocations),
        ]
    )
    places = ("local-store-dir", "named-caches-dir", "local-execution-root-dir", "pants-subprocessdir")
    (tmp_path / "local-execution-root-dir").mkdir()

    def run(goal: type[ResetCache] | type[CacheStatus], *args: str) -> GoalRuleResult:
        own = [f"--{name}={tmp_path / name}" for name in places]
        return runner.run_goal_rule(goal, global_args=own, args=args, env_inherit={"PATH"})

    runner.write_files({"mood": "bad", "tiles/1": "", "moody/1": ""})
    why = f"MoodyLocations ({MODULE}): asking for the locations of the scope moody failed: not today\n"
    status = run(CacheStatus)
    assert "tiles: tiles, " in status.stdout
    assert "moody" not in status.stdout
    assert status.stderr.endswith(f"cache-status: {why}  Fix: {FIX} cache-status\n")
    assert status.exit_code == 1
    reset = run(ResetCache, "--only=tiles")
    assert "tiles: removed 1 file, " in reset.stdout
    assert f"reset-cache: {why}" in reset.stderr
    assert reset.exit_code == 1
    unknown = run(ResetCache, "--only=moody")
    assert unknown.stderr.startswith(
        f"reset-cache: {why}  Fix: {FIX} cache-status\nreset-cache: --only=moody: there is"
    )
    runner.write_files({"mood": "good"})
    mended = run(ResetCache, "--only=moody")
    assert "moody: removed 1 file, " in mended.stdout
    assert mended.exit_code == 0


def test_an_editor() -> None:
    runner = RuleRunner(
        rules=[*ide_config.core_rules(), *fake_backend.rules(), moody_settings, UnionRule(Editor, MoodyEditor)]
    )

    def run(*args: str) -> GoalRuleResult:
        options = ["--fake-resolves={'main': '1.0 x'}", "--python-default-resolve=main", "--python-resolves={}"]
        return runner.run_goal_rule(IdeConfig, global_args=options, args=args, env_inherit={"PATH"})

    runner.write_files({"mood": "bad", ".moody": "", "src/a.py": ""})
    why = f"ide-config: MoodyEditor ({MODULE}): asking for the settings of moody failed: not today\n"
    why += f"  Fix: {FIX} ide-config --print=moody\n"
    result = run("--editors=moody,vscode")
    assert ".vscode/settings.json: written, for vscode\n" in result.stdout
    assert "moody" not in result.stdout
    assert result.stderr.startswith(why)
    assert result.exit_code == 1
    assert run("--editors=moody,vscode", "--check").exit_code == 1
    printed = run("--print=moody")
    assert (printed.stderr, printed.exit_code) == (why, 1)
    runner.write_files({"mood": "good"})
    mended = run("--editors=moody,vscode")
    assert ".moody: updated, for moody\n" in mended.stdout
    assert mended.exit_code == 0


def test_a_schema_history_reader() -> None:
    runner = RuleRunner(
        rules=[
            *schema_history.rules(),
            read_lines,
            read_moody,
            UnionRule(HistoryReader, MoodyReader),
            UnionRule(HistoryReader, LinesReader),
        ],
        target_types=[*schema_history.target_types(), LinesTarget],
    )

    def run(*args: str) -> GoalRuleResult:
        output = "--output={config_dir}/history.json"
        return runner.run_goal_rule(DumpSchemaHistory, args=[output, "--for-version=1", *args], env_inherit={"PATH"})

    runner.write_files({"mood": "bad", "a/x.lines": "", "b/x.moody": ""})
    why = f"MoodyReader ({MODULE}): reading the schema history of b/x.moody failed: not today\n"
    why += f"  Fix: {FIX} dump-schema-history --config=b/x.moody\n"
    result = run("--config=b/x.moody,a/x.lines")
    assert (result.stdout, result.stderr, result.exit_code) == (
        "a/history.json: written, 1 revision of a/x.lines\n",
        f"dump-schema-history: {why}",
        1,
    )
    check = run("--config=b/x.moody,a/x.lines", "--check")
    assert (check.stdout, check.exit_code) == ("a/history.json: up to date\n", 1)
    # Whose a file is cannot be told without the one that fails.
    angry = run("--config=x.angry")
    assert angry.stderr.startswith(
        f"dump-schema-history: MoodyReader ({MODULE}): looking at the name x.angry failed: not with this"
    )
    runner.write_files({"mood": "good"})
    mended = run("--config=b/x.moody,a/x.lines")
    assert "b/history.json: written, 1 revision of b/x.moody\n" in mended.stdout
    assert mended.exit_code == 0


def test_a_release_step() -> None:
    members: Rules = [moody_inputs, moody_changes, UnionRule(ReleaseStep, MoodyStep)]
    world = World(RuleRunner(rules=[*release_rules(), *members]))
    world.git("init", "--quiet", "--initial-branch=main")
    ignored = "/.pants.d/\n/.pids/\n/dist/\nBUILDROOT\n/mood\n"
    world.commit({".gitignore": ignored, "VERSION": "1.0\n", "NEWS": "", "news/1": "x\n"})
    (world.root / "mood").write_text("bad")
    result = world.run("--to=1.1")
    why = f"the release step moody, MoodyStep ({MODULE}), failed: not today"
    assert f"Failed moody: {why}\n" in result.stdout
    assert "Checked version: VERSION\n" in result.stdout
    assert f"release: {why}\n  Fix: correct that step, or release without it: --skip=moody\n" in result.stderr
    assert result.exit_code == 1
    assert world.run("--to=1.1", "--skip=moody").exit_code == 0
