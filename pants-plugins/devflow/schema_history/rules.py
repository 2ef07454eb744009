"""One tree at a time, memoised. A failure is data here: only a rule can catch what it awaits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.rules import collect_rules, rule
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem, UserError
from devflow.common.members import failure_of
from devflow.engine import Rules, run_id
from devflow.engine.generation import HAS_GET, Get, MultiGet, concurrently, implicitly
from devflow.schema_history import readers
from devflow.schema_history.document import as_document
from devflow.schema_history.history import SchemaHistory
from devflow.schema_history.readers import HistoryReader, read_history


@dataclass(frozen=True)
class ReadTreeRequest(EngineAwareParameter):
    """Ask the tool whose tree it is. The document is that of `version`, under this key."""

    reader: HistoryReader
    version: str
    version_key: str

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return str(self.reader.tree)


@dataclass(frozen=True)
class ReadTree:
    """The history, whose `problems` say why there is none, and the documented file: see `as_document`.

    `crash` is what is wrong with the reader, not the tree.
    """

    reader: HistoryReader
    history: SchemaHistory
    document: str = ""
    crash: Problem | None = None


@rule(desc="Read a schema history", level=LogLevel.DEBUG)
async def read_tree(request: ReadTreeRequest) -> ReadTree:
    """Never raises."""
    tree = request.reader.tree
    try:
        history = await read_history(request.reader)
    except Exception as error:
        # The engine forgets what a failed rule has looked at, so this result must not outlive the run: another option
        # may be all that it takes.
        await run_id()
        fix = f"{bin_name()} -ldebug dump-schema-history --config={tree.config}"
        doing = f"reading the schema history of {tree}"
        problem = failure_of(type(request.reader), error, doing=doing, fix=fix)
        if isinstance(error, UserError):
            return ReadTree(request.reader, SchemaHistory((), problems=(problem,)))
        return ReadTree(request.reader, SchemaHistory(()), crash=problem)
    document = as_document(history.revisions, request.version, version_key=request.version_key)
    return ReadTree(request.reader, history, document)


async def read_trees(requests: Iterable[ReadTreeRequest]) -> tuple[ReadTree, ...]:
    """Read them side by side; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(ReadTree, ReadTreeRequest, request) for request in requests)
    return await concurrently(read_tree(request, **implicitly()) for request in requests)


def rules() -> Rules:
    """The rules of this module, and what they call."""
    return [*readers.rules(), *collect_rules()]
