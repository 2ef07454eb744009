"""Ours against the real alembic, on histories that nobody chose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devflow.schema_history.facts import SchemaHistory
from devflow.schema_history.formats.document import as_document
from schema_history.alembics import VERSIONS, ask, install
from schema_history.scripts import Tree

GRAPHS = 600


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> list[Tree]:
    root = tmp_path_factory.mktemp("trees")
    return [Tree(root / str(seed), seed) for seed in range(GRAPHS)]


@pytest.mark.parametrize(
    "alembic",
    [
        # Every machine has a Python 3.9 and a 3.11: the README asks for them.
        pytest.param(alembic, marks=[] if python in ("3.9", "3.11") else pytest.mark.needs(f"python{python}"))
        for alembic, python in VERSIONS.items()
    ],
)
def test_the_same_document_or_both_refuse(alembic: str, trees: list[Tree], tmp_path: Path) -> None:
    python = install(tmp_path / "venv", alembic)
    answers = ask(python, tmp_path, [(tree.directories, tree.recursive) for tree in trees])
    assert len(answers) == GRAPHS
    refused = 0
    for seed, (tree, answer) in enumerate(zip(trees, answers)):
        ours = SchemaHistory.from_reader(answer["ours"])
        if isinstance(answer["alembic"], str):
            assert ours.problems, (seed, tree.broken, answer["alembic"])
            assert all(problem.what.startswith(str(tree.root)) for problem in ours.problems), ours.problems
            refused += 1
            continue
        assert not ours.problems, (seed, tree.broken, ours.problems)
        expected = json.dumps({"v": "1", "revisions": answer["alembic"]}, indent=2, ensure_ascii=False) + "\n"
        assert as_document(ours.revisions, "1", version_key="v") == expected, seed
    # The generator makes what is to be compared.
    assert GRAPHS / 20 < refused < GRAPHS / 3
