"""Which generation of Pants runs, and the names by which its engine is asked.

Pants up to 2.29 is asked by `Get` and `MultiGet`; newer Pants by calls by name, with `implicitly` and `concurrently`.
(2.30 and 2.31 have both, but warn of each `Get`.) Both stand in helpers alone. A helper is a plain `async def` that
rules await, with a branch for each generation:

    async def read_files(globs: PathGlobs) -> DigestContents:
        if HAS_GET:
            return await Get(DigestContents, PathGlobs, globs)
        return await intrinsics.get_digest_contents(**implicitly({globs: PathGlobs}))

To learn what a rule awaits, the engine reads the source of the rule and of each helper that the rule calls. It skips a
call whose name is unknown or None, so each generation sees its own branch. Rules for helpers:

* Import a helper at the top of a module and call it by its name, never through a table, a parameter or a sync wrapper.
  Define it above the rule that awaits it, or in another module.
* A function of Pants that is called by name may exist in the other generation, too (`pex.create_pex`), where it is not
  to be called. Import such a function in the branch that calls it, or that generation follows it.
* A rule of ours exists in both generations, and Pants with `Get` follows it, or takes it for a call by name (from 2.19
  on). So it is called by the alias that `by_name` gives: `_describe_resolve = by_name(describe_resolve)`.
* In a call by name, pass a value by position if the rule declares exactly its type, but as `implicitly({value: Type})`
  if the engine must convert it first or if it is a member of a union, which by position would get the base rule.

What differs within a generation, such as a name that moved, is asked by feature, too: each difference has one `try` in
a module of this package.

The engine reports a mistake only when the line runs ("was not detected in your @rule body"), so a test executes each
helper. `build-support/check_rules.py` shows what the engine of another Pants detects; its sources are enough.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from pants.engine import rules
from pants.engine.internals import rule_visitor

T = TypeVar("T")
Rule = TypeVar("Rule", bound=Callable[..., Any])

# What a `rules()` function returns. Pants has no common type for rules, union rules, and what registers subsystems.
Rules = Iterable[Any]

# Features decide, not a version number: there are development releases between two. The visitor that knows a rule
# before it is defined, by a `RuleDescriptor`, is the one that warns of each `Get`.
HAS_GET = hasattr(rules, "Get") and not hasattr(rule_visitor, "RuleDescriptor")

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


def by_name(rule: Rule) -> Rule:
    """A rule of ours to be called by name: None with `Get`, where its branch is not to be seen."""
    return rule if not HAS_GET else None  # type: ignore[return-value]


__all__ = ["HAS_GET", "Get", "MultiGet", "Rules", "by_name", "concurrently", "implicitly"]
