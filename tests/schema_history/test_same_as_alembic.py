"""Ours against the real alembic, on histories that nobody chose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from devflow.schema_history.facts import SchemaHistory
from devflow.schema_history.formats.document import as_document
from schema_history.alembics import VERSIONS, ask, ask_directories, install
from schema_history.configurations import write_configuration
from schema_history.scripts import Tree

GRAPHS = 600
CONFIGURATIONS = 200


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> list[Tree]:
    root = tmp_path_factory.mktemp("trees")
    return [Tree(root / str(seed), seed) for seed in range(GRAPHS)]


@pytest.fixture(
    scope="module",
    params=[
        # Every machine has a Python 3.9 and a 3.11: the README asks for them.
        pytest.param(alembic, marks=[] if python in ("3.9", "3.11") else pytest.mark.needs(f"python{python}"))
        for alembic, python in VERSIONS.items()
    ],
)
def python(request: Any) -> Path:
    """One with each alembic."""
    return install(request.param)


def test_the_same_document_or_both_refuse(python: Path, trees: list[Tree], tmp_path: Path) -> None:
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


def test_the_same_directories_of_a_configuration(python: Path, tmp_path: Path) -> None:
    asked = [write_configuration(tmp_path / str(seed), seed) for seed in range(CONFIGURATIONS)]
    answers = ask_directories(python, tmp_path, asked)
    refused = 0
    for (directory, section), answer in zip(asked, answers):
        text = Path(directory, "alembic.ini").read_text()
        assert answer["ours"] == answer["alembic"], (section, text)
        refused += answer["alembic"] is None
    assert CONFIGURATIONS / 20 < refused < CONFIGURATIONS / 2
