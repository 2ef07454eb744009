"""Where our own unions are dispatched: one package for each, with the two halves and the choice, like `devflow.engine`.

Pants 2.17 chooses the member's rule by the input type of a `Get`. Pants without `Get` does it through a polymorphic
base rule, which 2.17 cannot even declare. To add a union, with `tests/engine/greeting` as the model to copy:

1. `contract.py`, in the slice and named by what it holds: the `@union(in_scope_types=[EnvironmentName])` base and its
   result. It imports nothing of devflow, so that this package may import it, and the slice may import this package.
2. `unions/<name>/_get.py`, `_by_name.py` and `__init__.py`: the helper that dispatches, and `rules()`.
3. The slice awaits the helper, and its own `rules()` include those of the package.

The engine goes by the exact type of the request: a member registers `UnionRule(Base, Member)`, and a rule that takes
the `Member` and returns the result type itself, no subclass of it.
"""
