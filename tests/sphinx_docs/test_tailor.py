"""Targets that `tailor` proposes for sites."""

from __future__ import annotations

import pytest
from pants.core.goals import tailor
from pants.core.goals.tailor import AllOwnedSources, PutativeTarget, PutativeTargets
from pants.core.target_types import GenericTarget
from pants.engine.rules import QueryRule
from pants.testutil.rule_runner import RuleRunner

from devflow.sphinx_docs import register
from devflow.sphinx_docs.plan import is_of_sphinx, sites_without_target
from devflow.sphinx_docs.tailor import PutativeSitesRequest
from devflow.sphinx_docs.targets import SphinxDocsTarget

QUICKSTART = "project = 'acme'\nextensions = []\nhtml_theme = 'alabaster'\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (QUICKSTART, True),
        ("# Configuration of Sphinx\nproject = 'acme'\n", True),
        ("extensions: list[str] = []\nproject: str = 'x'\n", True),
        ("", False),
        ("# not of Sphinx\n", False),
        ("PROJECT = 'x'\nDEBUG = True\n", False),
        ("project = 'x'\n", False),
        ("def f():\n    project = 1\n    extensions = 2\n", False),
    ],
)
def test_which_conf_py_is_of_sphinx(text: str, expected: bool) -> None:
    assert is_of_sphinx(text) is expected


def test_a_site_below_another_is_a_part_of_it() -> None:
    confs = dict.fromkeys(("conf.py", "a/conf.py", "a/b/conf.py", "ab/conf.py", "c/conf.py"), QUICKSTART.encode())
    assert sites_without_target({**confs, "d/conf.py": b"\xff"}, ["c/conf.py"]) == ("a", "ab")


def test_tailor() -> None:
    runner = RuleRunner(
        rules=[
            *register.rules(),
            *tailor.rules(),
            QueryRule(PutativeTargets, [PutativeSitesRequest, AllOwnedSources]),
        ],
        target_types=[*register.target_types(), GenericTarget],
    )
    runner.write_files(
        {
            "docs/conf.py": QUICKSTART,
            "docs/index.rst": "",
            "more/source/conf.py": QUICKSTART,
            "done/conf.py": QUICKSTART,
            "done/BUILD": "sphinx_docs()",
            "done/part/conf.py": QUICKSTART,
            "app/conf.py": "LEVEL = 'debug'\n",
        }
    )
    directories = ("docs", "more/source", "done", "done/part", "app")

    def proposed(*options: str) -> set[PutativeTarget]:
        runner.set_options(options, env_inherit={"PATH"})
        return set(runner.request(PutativeTargets, [PutativeSitesRequest(directories), AllOwnedSources([])]))

    assert proposed() == {
        PutativeTarget.for_target_type(SphinxDocsTarget, path, "site", ["conf.py"]) for path in ("docs", "more/source")
    }
    assert proposed("--no-sphinx-tailor") == set()
