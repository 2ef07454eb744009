"""Which generation of Pants runs, and the names by which its engine is asked.

Pants up to 2.31 has `Get` and `MultiGet`; 2.32 and newer has only calls by name, with `implicitly` and `concurrently`.
Both stand in helpers alone. A helper is a plain `async def` that rules await, with a branch for each generation:

    async def read_files(globs: PathGlobs) -> DigestContents:
        if HAS_GET:
            return await Get(DigestContents, PathGlobs, globs)
        return await intrinsics.get_digest_contents(**implicitly({globs: PathGlobs}))

To learn what a rule awaits, the engine reads the source of the rule and of each helper that the rule calls. It skips a
call whose name is unknown or None, so each generation sees its own branch. Rules for helpers:

* Import a helper at the top of a module and call it by its name, never through a table, a parameter or a sync wrapper.
  Define it above the rule that awaits it, or in another module.
* A function of Pants that is called by name may exist in the other generation, too (`pex.create_pex`), where it is not
  to be called. Import such a function in the branch that calls it, or that generation follows it as a helper.
* In a call by name, pass a value by position if the rule declares exactly its type, but as `implicitly({value: Type})`
  if the engine must convert it first or if it is a member of a union, which by position would get the base rule.
* A rule of ours exists in both generations. Where it is called by name, Pants with `Get` follows it as a helper; the
  awaits that this adds to the caller are those that the caller causes anyway.

The engine reports a mistake only when the line runs ("was not detected in your @rule body"), so a test executes each
helper. `build-support/check_rules.py` shows what the engine of another Pants detects.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from pants.engine import rules

T = TypeVar("T")

# What a `rules()` function returns. Pants has no common type for rules, union rules, and what registers subsystems.
Rules = Iterable[Any]

# The feature itself decides, not a version number: there are development releases between the two.
HAS_GET = hasattr(rules, "Get")

if TYPE_CHECKING:
    # A type checker has the Pants of this repository and checks both branches of each helper. What this Pants lacks has
    # a `type: ignore`, and is Any.
    from pants.engine.rules import Get, MultiGet

    def implicitly(*inputs: object) -> dict[str, Any]:
        """Let the engine find the other arguments of a rule, from these inputs among others."""

    def concurrently(calls: Iterable[Awaitable[T]], /) -> Awaitable[tuple[T, ...]]:
        """Await calls of rules in parallel; results in order."""

elif HAS_GET:
    from pants.engine.rules import Get, MultiGet

    implicitly = concurrently = None
else:
    from pants.engine.rules import concurrently, implicitly

    Get = MultiGet = None

__all__ = ["HAS_GET", "Get", "MultiGet", "Rules", "concurrently", "implicitly"]
