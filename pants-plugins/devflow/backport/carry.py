"""Makes the trees of a commit for a series: without news fragments, or with the paths of another repository."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devflow.backport.facts import Pick
from devflow.backport.merge import TreeMerger
from devflow.backport.message import qualified
from devflow.backport.path_map import is_fragment, mapped, refuse_clashes
from devflow.backport.workplace import Workplace
from devflow.common.errors import UserError
from devflow.common.git_entries import Entry
from devflow.common.paths import shown

_SUBMODULE = "160000"
_Changes = Mapping[str, tuple["Entry | None", "Entry | None"]]


@dataclass(frozen=True)
class Trees:
    """The two trees whose difference is applied to the series, and the files of the commit that are left out."""

    base: str
    theirs: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Carrier:
    """Makes the trees of each commit. `paths` is the map to another repository, `repository` the name of this one."""

    place: Workplace
    fragments: Sequence[str]
    skip_fragments: bool
    paths: Mapping[str, str]
    repository: str | None

    def trees(self, merger: TreeMerger, pick: Pick, ours: str) -> Trees:
        """Raises: GitError, UserError."""
        if self.place.to_another:
            return self._in_another(merger, pick, ours)
        if not self.skip_fragments:
            return Trees(pick.base_tree, pick.commit.tree)
        changes = merger.changes(pick.base_tree, pick.commit.tree)
        skipped = {path: old for path, (old, _) in changes.items() if is_fragment(path, self.fragments)}
        return Trees(pick.base_tree, merger.tree_with(pick.commit.tree, skipped), tuple(sorted(skipped)))

    def _in_another(self, merger: TreeMerger, pick: Pick, ours: str) -> Trees:
        """The tree of the other repository's series with each mapped file as before the commit, and as after it."""
        git = self.place.source.git
        changes = TreeMerger(git, merger.scratch, {}).changes(pick.base_tree, pick.commit.tree)
        going: dict[str, str] = {}
        for path in changes:
            place = mapped(path, self.paths)
            if place is not None and not (self.skip_fragments and is_fragment(path, self.fragments)):
                going[path] = place
        if not going:
            raise UserError(
                f"No file of {shown(pick.commit.title)} is in the path map: {', '.join(map(shown, sorted(changes)))}.",
                fix="name one of their directories with --path-map=HERE=THERE",
            )
        refuse_clashes(sorted(going.items()))
        copied = self._copied(merger, {path: changes[path] for path in going}, pick)
        base = merger.tree_with(ours, {going[path]: old for path, (old, _) in copied.items()})
        theirs = merger.tree_with(base, {going[path]: new for path, (_, new) in copied.items()})
        return Trees(base, theirs, tuple(sorted(path for path in changes if path not in going)))

    def _copied(
        self, merger: TreeMerger, changes: _Changes, pick: Pick
    ) -> dict[str, tuple[Entry | None, Entry | None]]:
        """Write the blobs of the entries to the target: objects of an alternate database would not be copied."""
        oids = {entry.oid for pair in changes.values() for entry in pair if entry and entry.mode != _SUBMODULE}
        contents = self.place.source.git.blobs(sorted(oids))
        new: dict[str, str] = {}

        def written(path: str, entry: Entry | None) -> Entry | None:
            if entry is None or entry.mode == _SUBMODULE:
                return entry
            content = contents[entry.oid]
            if self.repository and is_fragment(path, self.fragments) and entry.is_file:
                return Entry(entry.mode, _write(merger, self._qualified(content, pick)))
            if entry.oid not in new:
                new[entry.oid] = _write(merger, content)
            return Entry(entry.mode, new[entry.oid])

        return {path: (written(path, old), written(path, now)) for path, (old, now) in changes.items()}

    def _qualified(self, content: bytes, pick: Pick) -> bytes:
        """A fragment with qualified references, and with the reference of its commit."""
        text = qualified(os.fsdecode(content), self.repository or "")
        reference = f"{self.repository}#{pick.commit.number}"
        if pick.commit.number and reference not in text:
            body = text.rstrip("\n")
            text = f"{body} ({reference}){text[len(body) :]}"
        return os.fsencode(text)


def _write(merger: TreeMerger, content: bytes) -> str:
    return merger.git.line("hash-object", "-w", "--stdin", "--no-filters", stdin=content, env=merger.env)
