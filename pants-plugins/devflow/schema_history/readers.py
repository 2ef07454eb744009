"""The union by which a migration tool joins. Choosing trees, checks, formats and output files come with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.environment import EnvironmentName
from pants.engine.rules import collect_rules, rule
from pants.engine.target import OptionalSingleSourceField
from pants.engine.unions import union

from devflow.engine.generation import HAS_GET, Get, Rules, implicitly
from devflow.schema_history.history import SchemaHistory


@dataclass(frozen=True)
class Tree:
    """One tree of migrations: its configuration (a path from the build root), and what a target says of it."""

    config: str
    address: str | None = None
    resolve: str | None = None
    output: str | None = None

    def __str__(self) -> str:
        return self.address or self.config


@union(in_scope_types=[EnvironmentName])
@dataclass(frozen=True)
class HistoryReader(EngineAwareParameter):
    """A tool's offer to read one tree, without running anything of it. A member gives one rule.

    The rule returns problems and warnings as data, each with file and line, or raises `UserError`.

        class YoyoReader(HistoryReader):
            tool = "yoyo"
            how_to_merge = "make one depend on the other"
            config_field = YoyoConfigField  # of the target that declares such a tree
            config_globs = ("**/yoyo.ini",)

            @classmethod
            def takes(cls, path: str) -> bool:
                return path.endswith(".ini")

        @rule
        async def read_yoyo(request: YoyoReader) -> SchemaHistory: ...

        def rules():
            return [*collect_rules(), UnionRule(HistoryReader, YoyoReader)]
    """

    tree: Tree

    tool: ClassVar[str]
    how_to_merge: ClassVar[str]
    config_field: ClassVar[type[OptionalSingleSourceField]]
    # Where its configurations are, if nothing names them; `recognises` then looks into each.
    config_globs: ClassVar[tuple[str, ...]]

    @classmethod
    def takes(cls, path: str) -> bool:
        """Whether a file with this name could be a configuration of the tool."""
        raise NotImplementedError

    @classmethod
    def recognises(cls, path: str, text: str) -> bool:
        """Whether a file that `config_globs` found is one."""
        return True

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return str(self.tree)


if not HAS_GET:

    @rule(polymorphic=True)
    async def read_any_history(reader: HistoryReader, environment: EnvironmentName) -> SchemaHistory:
        """The engine calls the rule of the member instead."""
        raise NotImplementedError


async def read_history(reader: HistoryReader) -> SchemaHistory:
    """Ask the member for the history of its tree. Raises: what the member raises."""
    if HAS_GET:
        return await Get(SchemaHistory, HistoryReader, reader)
    return await read_any_history(**implicitly({reader: HistoryReader}))  # type: ignore[no-any-return]


def rules() -> Rules:
    """The dispatch to members."""
    return collect_rules()
