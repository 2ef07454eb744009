"""Each member alone: what it answers. What the goals make of it is tested by devflow."""

from __future__ import annotations

import pytest  # pants: no-infer-dep
from devflow_example import register
from devflow_example.cache_location import SpellingLocationsRequest
from devflow_example.editor import Cspell
from devflow_example.release_step import CitationStep
from devflow_example.resolve_exporter import WordlistExporter
from devflow_example.schema_history import SqlListReader
from pants.engine.fs import DigestContents
from pants.engine.internals.native_engine import Digest
from pants.engine.rules import QueryRule
from pants.testutil.rule_runner import RuleRunner

from devflow.api import (
    CacheLocations,
    EditorSettings,
    Export,
    Location,
    MaybeResolveFingerprint,
    ReleaseStepChanges,
    ReleaseStepInputs,
    SchemaHistory,
    StagedExport,
    Tree,
    Workspace,
    engine_rules,
)


@pytest.fixture()
def runner() -> RuleRunner:
    return RuleRunner(
        rules=[
            *engine_rules(),
            *register.rules(),
            QueryRule(CacheLocations, [SpellingLocationsRequest]),
            QueryRule(DigestContents, [Digest]),
            QueryRule(EditorSettings, [Cspell]),
            QueryRule(MaybeResolveFingerprint, [WordlistExporter]),
            QueryRule(ReleaseStepChanges, [CitationStep]),
            QueryRule(ReleaseStepInputs, [CitationStep]),
            QueryRule(SchemaHistory, [SqlListReader]),
            QueryRule(StagedExport, [WordlistExporter]),
        ]
    )


def files_in(runner: RuleRunner, digest: Digest) -> dict[str, str]:
    return {file.path: file.content.decode() for file in runner.request(DigestContents, [digest])}


def test_the_cache_location(runner: RuleRunner) -> None:
    [location] = runner.request(CacheLocations, [SpellingLocationsRequest("/repo")]).locations
    assert location == Location("spelling", "/repo/.cspellcache", "devflow_example", entries_age=True)


def test_the_editor(runner: RuleRunner) -> None:
    workspace = Workspace("/repo", "dist", Export("main", "dist/export/python/virtualenvs/main/3.11.7"), ("src",))
    [document] = runner.request(EditorSettings, [Cspell(workspace)]).documents
    assert [(setting.key, setting.value) for setting in document.settings] == [
        ("ignorePaths", ("dist/export/**",)),
        ("language", "en"),
    ]


def test_the_release_step(runner: RuleRunner) -> None:
    assert not runner.request(ReleaseStepInputs, [CitationStep("1.1", "1.1", "2024-03-29")]).applies
    runner.write_files({"CITATION.cff": "version: 1.0\ndate-released: 2023-01-01\ntitle: Kiln\n"})
    assert runner.request(ReleaseStepInputs, [CitationStep("1.1", "1.1", "2024-03-29")]).applies
    committed = runner.make_snapshot({"CITATION.cff": "version: 1.0\ndate-released: 2023-01-01\n"}).digest
    changes = runner.request(ReleaseStepChanges, [CitationStep("1.1", "1.1", "2024-03-29", committed)])
    assert files_in(runner, changes.writes) == {"CITATION.cff": "version: 1.1\ndate-released: 2024-03-29\n"}
    [problem] = runner.request(ReleaseStepChanges, [CitationStep("1.1", "1.1", "2024-03-29")]).problems
    assert problem.what == "CITATION.cff is not committed."


def test_the_resolve_exporter(runner: RuleRunner) -> None:
    runner.write_files({"terms.txt": "zebra kiln\n", "empty.txt": ""})
    runner.set_options(["--wordlists-resolves={'terms': 'terms.txt', 'none': 'empty.txt'}"])
    assert runner.request(MaybeResolveFingerprint, [WordlistExporter("python-default")]).fingerprint is None
    first = runner.request(MaybeResolveFingerprint, [WordlistExporter("terms")]).fingerprint
    assert first and first.reldir == "wordlists/terms/1"
    staged = runner.request(StagedExport, [WordlistExporter("terms")])
    assert files_in(runner, staged.result.digest) == {"words.txt": "kiln\nzebra\n"}
    runner.write_files({"terms.txt": "zebra kiln agent\n"})
    second = runner.request(MaybeResolveFingerprint, [WordlistExporter("terms")]).fingerprint
    assert second and second.inputs != first.inputs
    empty = runner.request(MaybeResolveFingerprint, [WordlistExporter("none")]).fingerprint
    assert empty and empty.problem and empty.problem.what == "empty.txt has no words."


def test_the_schema_history(runner: RuleRunner) -> None:
    sql = {"db/1.sql": "-- create users\nCREATE TABLE users();\n", "db/2.sql": "-- create jobs\n"}
    runner.write_files({"db/migrations.list": "1.sql\n2.sql\n", **sql})
    history = runner.request(SchemaHistory, [SqlListReader(Tree("db/migrations.list"))])
    assert [(one.id, one.parents, one.doc, one.is_head) for one in history.revisions] == [
        ("2", ("1",), "create jobs", True),
        ("1", (), "create users", False),
    ]
    runner.write_files({"db/migrations.list": "1.sql\n3.sql\n"})
    [problem] = runner.request(SchemaHistory, [SqlListReader(Tree("db/migrations.list"))]).problems
    assert problem.what == "db/migrations.list:2: There is no 3.sql."
