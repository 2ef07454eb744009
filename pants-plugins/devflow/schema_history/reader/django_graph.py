"""Django's graph and order, from data. Standard library only, 3.8 or newer.

Source: `MigrationLoader.build_graph` and `MigrationGraph.forwards_plan` of Django 3.2 to 5.2, for an empty database.
"""

from __future__ import annotations

from collections.abc import Sequence

from devflow.common.errors import Problem
from devflow.schema_history.reader.cycles import cycles
from devflow.schema_history.reader.django_migrations import Key, Migration

FIRST, LATEST = "__first__", "__latest__"


class DjangoGraph:
    """The migrations that count, and their edges.

    `older` has the migrations of the project that come before a migration; `outside` has those of other projects.
    """

    def __init__(self, migrations: Sequence[Migration]) -> None:
        self.problems: list[Problem] = []
        # If a squashed migration and those that it replaces both exist, an empty database takes the squashed one.
        self._replaced: dict[Key, Key] = {}
        for migration in migrations:
            self._replaced.update(dict.fromkeys(migration.replaces, migration.key))
        self._refuse_replacing_each_other(migrations)
        self.migrations = {migration.key: migration for migration in migrations if migration.key not in self._replaced}
        self._apps = {migration.key.app for migration in migrations}
        self.older: dict[Key, list[Key]] = {key: [] for key in self.migrations}
        self.outside: dict[Key, list[Key]] = {key: [] for key in self.migrations}
        for migration in migrations:
            # A squashed migration depends on all dependencies of the migrations that it replaces.
            key = self._counting(migration.key)
            for wanted in migration.dependencies:
                self._add(key, migration, wanted)
            for wanted in migration.run_before:
                self._add_before(key, migration, wanted)
        # The ends of an app are known when its own migrations are linked.
        self._add_ends(migrations)
        self._find_cycles()

    def _refuse_replacing_each_other(self, migrations: Sequence[Migration]) -> None:
        paths = {migration.key: migration.at("replaces") for migration in migrations}
        edges: dict[Key, list[Key]] = {key: [] for key in (*self._replaced, *self._replaced.values())}
        for key, by in self._replaced.items():
            edges[key].append(by)
        for cycle in cycles(edges):
            self.problems.append(
                Problem(
                    f"{paths.get(cycle[0], cycle[0])}: Migrations replace each other: "
                    f"{' → '.join(map(str, cycle))}.",
                    "take one of them out of `replaces`",
                )
            )
            self._replaced = {}

    def _counting(self, key: Key) -> Key:
        """The migration that replaces this one, or the migration itself."""
        while key in self._replaced:
            key = self._replaced[key]
        return key

    def _link(self, newer: Key, older: Key | None) -> None:
        if older and older != newer and older not in self.older[newer]:
            self.older[newer].append(older)

    def _add(self, key: Key, migration: Migration, wanted: Key) -> None:
        if wanted.app not in self._apps:
            if wanted not in self.outside[key]:
                self.outside[key].append(wanted)
        elif wanted.name not in (FIRST, LATEST):
            self._link(key, self._known(migration, wanted, "dependencies"))

    def _add_before(self, key: Key, migration: Migration, wanted: Key) -> None:
        if wanted.app in self._apps:
            found = self._known(migration, wanted, "run_before")
            if found:
                self._link(found, key)

    def _known(self, migration: Migration, wanted: Key, name: str) -> Key | None:
        found = self._counting(wanted)
        if found in self.migrations:
            return found
        what = "depends on" if name == "dependencies" else "is to run before"
        self.problems.append(
            Problem(
                f"{migration.at(name)}: {migration.key} {what} {wanted}, which the project does not have.",
                "add the migration that is missing, or name the right one",
            )
        )
        return None

    def _add_ends(self, migrations: Sequence[Migration]) -> None:
        ends = {FIRST: self._ends(first=True), LATEST: self._ends(first=False)}
        for migration in migrations:
            for wanted in migration.dependencies:
                if wanted.app != migration.key.app and wanted.name in ends:
                    self._link(self._counting(migration.key), ends[wanted.name].get(wanted.app))

    def _ends(self, *, first: bool) -> dict[str, Key]:
        newer_ones = {older for key, found in self.older.items() for older in found if older.app == key.app}
        found: dict[str, Key] = {}
        for key in sorted(self.migrations):
            inner = [older for older in self.older[key] if older.app == key.app]
            if not inner if first else key not in newer_ones:
                found.setdefault(key.app, key)
        return found

    def _find_cycles(self) -> None:
        for cycle in cycles(self.older):
            self.problems.append(
                Problem(
                    f"{self.migrations[cycle[0]].at('dependencies')}: The history has a cycle: "
                    f"{' → '.join(map(str, cycle))}.",
                    "name the right migration in one of their dependencies",
                )
            )

    def in_own_app(self, key: Key) -> list[Key]:
        """The migrations of its own app that come before it, in written order."""
        return [older for older in self.older[key] if older.app == key.app]

    def newer(self) -> dict[Key, list[Key]]:
        """The migrations that come after each one, within its app."""
        newer: dict[Key, list[Key]] = {key: [] for key in self.migrations}
        for key in sorted(self.migrations):
            for older in self.in_own_app(key):
                newer[older].append(key)
        return newer

    def newest_first(self) -> list[Key]:
        """The plan for all apps, in reverse."""
        newer = self.newer()
        planned: dict[Key, None] = {}
        for leaf in sorted(key for key in self.migrations if not newer[key]):
            stack = [(leaf, False)]
            while stack:
                key, is_done = stack.pop()
                if key in planned:
                    continue
                if is_done:
                    planned[key] = None
                else:
                    stack.append((key, True))
                    stack.extend((older, False) for older in sorted(self.older[key]))
        return list(reversed(planned))
