"""The face of this slice for other slices: where the repository's own Python code is."""

from __future__ import annotations

from devflow.engine import Rules, scoped_options
from devflow.export_all_resolves.service import ExportTree
from devflow.ide_config import inspect
from devflow.ide_config.inspect import generated_roots, hidden_roots, python_roots
from devflow.ide_config.plan import code_roots, roots_of_tests
from devflow.plugin_checkouts.service import PluginRoots

__all__ = ["code_source_roots", "rules"]


async def code_source_roots(tree: ExportTree, plugins: PluginRoots) -> tuple[str, ...]:
    """The source roots of code that runs, in the order to search them, relative to the build root.

    Without those of tests or of type stubs alone; with those that git ignores, such as checkouts of plugins, and with
    generated code. The build root comes last, because each of its directories is a module there; but for the checkouts
    of plugins, which never replace code of the repository.
    """
    found = (await python_roots()).roots
    source = await scoped_options("source")
    roots = code_roots(found, hidden_roots(tree, source.options.root_patterns))
    # A path of Python is split at ":".
    kept = [root for root in roots if root not in roots_of_tests(found) and ":" not in root]
    ordered = sorted([*kept, *generated_roots(tree, found)], key=lambda root: root == ".")
    return plugins.among(ordered, {root.path for root in found if root.sources})


def rules() -> Rules:
    """What finds them."""
    return inspect.rules()
