"""Trees are removed in one place, which neither links nor mounts redirect; single files, only by those who own them."""

from __future__ import annotations

import ast
from pathlib import Path

from house.sources import ROOT, modules, syntax_tree

# A file or an empty directory that the module itself has made, or knows by its exact form.
OF_SINGLE_FILES = {
    "common/files.py": "temporary files of its own",
    "common/removal/trees.py": "the one place",
    "export_all_resolves/apply.py": "an export that is a link, its marker, an empty directory of a resolve",
    "export_all_resolves/staging/build.py": "the marker of an export that is a link",
    "export_all_resolves/staging/frame.py": "empty directories of a staging directory of its own",
    "export_all_resolves/staging/network.py": "a download of its own that has another hash",
    "export_all_resolves/staging/replaced.py": "files of a staging directory of its own, which the cache has by then",
    "export_all_resolves/staging/trash.py": "an empty directory of its own",
    "export_all_resolves/staging/verdict.py": "an empty file of its own, which stands for a question",
    "link/apply.py": "links and copies of its own in a virtualenv, what Python compiled beside them, its state",
    "locking/journal.py": "its own journal, and a file that it has written where there was none",
    "release/transaction/checkout.py": "files of the commit, temporary files and locks of its own",
    "release/transaction/journal.py": "its own journal",
    "release/transaction/refs.py": "locks of its own",
    "sphinx_docs/sandbox/mirror.py": "files of a mirror of its own",
    "reset_cache/processes/stopping.py": "the message in a lock of its own",
}


def calls(path: Path) -> set[str]:
    """The attributes that a file uses of those that remove something; not the option of a subsystem, `self.unlink`."""
    wanted = {"rmtree", "unlink", "rmdir", "removedirs"}
    attributes = [node for node in ast.walk(syntax_tree(path)) if isinstance(node, ast.Attribute)]
    return {node.attr for node in attributes if ast.unparse(node.value) != "self"} & wanted


def test_trees_are_removed_in_one_place() -> None:
    assert [module for module, path in modules(".").items() if "rmtree" in calls(path)] == []


def test_files_are_removed_where_it_is_known_whose_they_are() -> None:
    found = {str(path.relative_to(ROOT)) for path in modules(".").values() if calls(path)}
    assert found == set(OF_SINGLE_FILES)
