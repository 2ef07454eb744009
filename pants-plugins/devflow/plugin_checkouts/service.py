"""The interface of this slice for other slices: the source roots of plugin checkouts, and their entry points."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pants.option.errors import ConfigValidationError

from devflow.engine import scoped_options
from devflow.plugin_checkouts.apply import write_metadata
from devflow.plugin_checkouts.facts import METADATA_DIRECTORY, unusable_name
from devflow.plugin_checkouts.inspect import find_checkouts, inspect_project
from devflow.plugin_checkouts.listed import checked_directory
from devflow.plugin_checkouts.projects import metadata_files

__all__ = ["PluginRoots", "plugin_roots"]

_SCOPE = "plugin-checkouts"


@dataclass(frozen=True)
class PluginRoots:
    """The checkouts below `dist`'s build root: top → source root, sorted by name; and files below `dist/plugins`."""

    build_root: str
    dist: str
    tops: dict[str, str]
    metadata: dict[str, bytes]

    @property
    def metadata_root(self) -> tuple[str, ...]:
        """The directory by which Python finds their entry points; empty if no checkout has a project name."""
        return (f"{self.dist}/{METADATA_DIRECTORY}",) if self.metadata else ()

    def without_roots(self) -> PluginRoots:
        """No checkouts and no entry points, for a repository that sets its source roots itself."""
        return PluginRoots(self.build_root, self.dist, {}, {})

    def among(self, roots: Sequence[str], visible: Collection[str]) -> tuple[str, ...]:
        """The roots of a repository, then those of its checkouts, so that the repository's code is found first.

        `visible` are the roots that Pants itself sees: they keep their positions.
        """
        own = {top: root for top, root in self.tops.items() if top not in visible and root not in visible}
        others = [root for root in roots if root not in own and root not in own.values()]
        return (*others, *own.values())

    def write(self) -> None:
        """Write the files by which Python finds entry points. Raises: OSError."""
        directory = os.path.join(self.build_root, self.dist, METADATA_DIRECTORY)
        if self.metadata or os.path.isdir(directory):
            write_metadata(directory, self.metadata)

    @property
    def metadata_paths(self) -> dict[str, bytes]:
        """The same files by their paths below the build root."""
        return {f"{self.dist}/{METADATA_DIRECTORY}/{path}": content for path, content in self.metadata.items()}


async def plugin_roots(build_root: str, dist: str) -> PluginRoots:
    """The present contents of the directory of checkouts.

    They are not memoised: Pants does not watch files that git ignores. Raises: UserError.
    """
    try:
        scoped = await scoped_options(_SCOPE)
        directory = checked_directory(str(scoped.options.directory))
    except ConfigValidationError:  # the backend is used without the goal
        return PluginRoots(build_root, dist, {}, {})
    tops: dict[str, str] = {}
    metadata: dict[str, bytes] = {}
    for name in find_checkouts(build_root, directory):
        if unusable_name(name):
            continue
        project = inspect_project(build_root, f"{directory}/{name}")
        top = f"{directory}/{name}"
        tops[top] = top if project.root == "." else f"{top}/{project.root}"
        metadata.update(metadata_files(project))
    return PluginRoots(build_root, dist, tops, metadata)
