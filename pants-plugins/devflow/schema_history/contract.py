"""The union through which a migration tool joins.

This goal adds to each member: the choice of trees, checks, formats and output files.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.environment import EnvironmentName
from pants.engine.rules import collect_rules, rule
from pants.engine.target import OptionalSingleSourceField
from pants.engine.unions import union
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem, UserError
from devflow.common.members import failure_of
from devflow.engine import run_id
from devflow.engine.generation import HAS_GET, Get, MultiGet, Rules, by_name, concurrently, implicitly
from devflow.schema_history.facts import SchemaHistory
from devflow.schema_history.formats.document import as_document


@dataclass(frozen=True)
class Tree:
    """One tree of migrations: its configuration (a path from the build root), and the fields of its target.

    `section` is the part of the configuration that is about this tree; None if all of it is.
    """

    config: str
    address: str | None = None
    resolve: str | None = None
    output: str | None = None
    section: str | None = None

    def __str__(self) -> str:
        return self.address or self.as_config

    @property
    def as_config(self) -> str:
        """The value of `--config` for this tree: "alembic.ini", or "alembic.ini:billing" for a section."""
        return f"{self.config}:{self.section}" if self.section else self.config

    @property
    def argument(self) -> str:
        """The argument that chooses this tree on a command line."""
        return self.address or f"--config={self.as_config}"


@union(in_scope_types=[EnvironmentName])
@dataclass(frozen=True)
class HistoryReader(EngineAwareParameter):
    """One tree of migrations, to be read without running any of them. A member has one rule.

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
    # Where to look for configurations if neither a target nor an option names one; `recognises` then reads each.
    config_globs: ClassVar[tuple[str, ...]]

    @classmethod
    def takes(cls, path: str) -> bool:
        """Whether a file with this name may be a configuration of the tool."""
        raise NotImplementedError

    @classmethod
    def recognises(cls, path: str, text: str) -> bool:
        """Whether a file that matches `config_globs` is a configuration of the tool."""
        return True

    @classmethod
    def sections(cls, path: str, text: str) -> tuple[str, ...]:
        """The sections of a configuration that are a tree each, in order; none if the configuration is one tree."""
        return ()

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


@dataclass(frozen=True)
class ReadTreeRequest(EngineAwareParameter):
    """Ask the tool for the history of a tree, and make the document of `version`, under this key."""

    reader: HistoryReader
    version: str
    version_key: str

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return str(self.reader.tree)


@dataclass(frozen=True)
class ReadTree:
    """The history of a tree, and the documented file: see `as_document`.

    With `problems` in the history, the tree has none. `crash` is an error of the reader, not of the tree.
    """

    reader: HistoryReader
    history: SchemaHistory
    document: str
    crash: Problem | None = None


@rule(desc="Read a schema history", level=LogLevel.DEBUG)
async def read_tree(request: ReadTreeRequest) -> ReadTree:
    """Never raises, so that a reader that fails does not stop the others."""
    tree = request.reader.tree
    crash = None
    try:
        history = await read_history(request.reader)
    except Exception as error:
        # The engine forgets what a failed rule has read, so this result must end with the run: a changed option alone
        # may remove the cause.
        await run_id()
        fix = f"{bin_name()} -ldebug dump-schema-history --config={tree.as_config}"
        doing = f"reading the schema history of {tree}"
        problem = failure_of(type(request.reader), error, doing=doing, fix=fix)
        is_of_tree = isinstance(error, UserError)
        history = SchemaHistory((), problems=(problem,) if is_of_tree else ())
        crash = None if is_of_tree else problem
    document = as_document(history.revisions, request.version, version_key=request.version_key)
    return ReadTree(request.reader, history, document, crash)


_read_tree = by_name(read_tree)


async def read_trees(requests: Iterable[ReadTreeRequest]) -> tuple[ReadTree, ...]:
    """Read trees in parallel; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(ReadTree, ReadTreeRequest, request) for request in requests)
    return await concurrently(_read_tree(request, **implicitly()) for request in requests)


def rules() -> Rules:
    """The dispatch to members."""
    return collect_rules()
