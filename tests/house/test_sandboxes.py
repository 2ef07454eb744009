"""A process in a sandbox gets every module of ours that its modules import."""

from __future__ import annotations

import pytest

from devflow.export_all_resolves import sandbox
from devflow.sphinx_docs import serve_goal
from house.sources import ROOT, imports, module_of

SANDBOXES = {
    "building": sandbox._MODULES,
    "downloading": tuple(f"{sandbox.STAGING}.{name}" for name in sandbox._DOWNLOAD_MODULES),
    "serving": (*serve_goal._MODULES, "devflow.sphinx_docs.sandbox.run_sphinx"),
}


@pytest.mark.parametrize("what", SANDBOXES)
def test_all_that_is_imported_is_there(what: str) -> None:
    given = {module_of(name) for name in SANDBOXES[what]}
    assert None not in given
    imported = {module_of(name) for path in given if path for name in imports(path)}
    assert {path.relative_to(ROOT) for path in imported - given if path} == set()
