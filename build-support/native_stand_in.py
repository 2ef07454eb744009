"""Stands in for the compiled part of Pants, so that the sources of a release can be imported where it is not built.

It is made from the release's own `native_engine.pyi`: classes that take anything, functions that do nothing. Behaviour
have only the containers and the wrappers of rules, which modules of Pants use while they are imported.
"""

from __future__ import annotations

import ast
import enum
import sys
from collections.abc import Iterable, Iterator, Mapping, Set
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

NAME = "pants.engine.internals.native_engine"


def use_stand_in_if_not_built() -> bool:
    """Import the stand-in under the name of the compiled module, unless that is there."""
    if find_spec(NAME):
        return False
    package = find_spec("pants.engine.internals")
    directories = (package.submodule_search_locations if package else None) or ()
    stub = next(path for path in (Path(directory, "native_engine.pyi") for directory in directories) if path.is_file())
    sys.modules[NAME] = module_of(stub.read_text())
    return True


def module_of(stub: str) -> ModuleType:
    """The stand-in for what this text of a stub file declares."""
    module = ModuleType(NAME)
    module.__file__ = "native_engine"
    for node in ast.parse(stub).body:
        if isinstance(node, ast.ClassDef):
            setattr(module, node.name, _class(node.name, [ast.unparse(base) for base in node.bases]))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            setattr(module, node.name, _function(ast.unparse(node.returns) if node.returns else ""))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            setattr(module, node.target.id, object())
    for behaving in (FrozenDict, FrozenOrderedSet, LockedMap, PathNamespace, UnionRule):
        setattr(module, behaving.__name__, behaving)
    if hasattr(module, "RuleCallTrampoline"):
        setattr(module, RuleCallTrampoline.__name__, RuleCallTrampoline)
    # Not everything that Pants imports is declared in the stub file.
    module.__getattr__ = lambda name: _undeclared(module, name)  # type: ignore[method-assign]
    return module


def _undeclared(module: ModuleType, name: str) -> type:
    if name.startswith("__"):
        raise AttributeError(name)
    setattr(module, name, _class(name, []))
    return getattr(module, name)  # type: ignore[no-any-return]


def _class(name: str, bases: list[str]) -> type:
    if name.endswith(("Exception", "Error", "Failure")) or any(base.endswith("Exception") for base in bases):
        return type(name, (Exception,), {"__module__": NAME})
    return type(name, (_Anything,), {"__module__": NAME})


def _function(returns: str) -> Any:
    value: Any = "x" if returns == "str" else [] if returns.startswith(("list", "tuple")) else None
    return lambda *_args, **_kwargs: value


class _Anything:
    def __new__(cls, *_args: Any, **_kwargs: Any) -> Any:
        return object.__new__(cls)

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return ""

    def __class_getitem__(cls, _item: Any) -> type:
        return cls


class FrozenDict(Mapping[Any, Any]):
    """An immutable mapping, with Pants' own constructors."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._items = dict(*args, **kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self._items[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __or__(self, other: Mapping[Any, Any]) -> FrozenDict:
        return FrozenDict({**self._items, **other})

    def __class_getitem__(cls, _item: Any) -> type:
        return cls

    @classmethod
    def deep_freeze(cls, items: Mapping[Any, Any]) -> FrozenDict:
        """Values as they are."""
        return cls(items)

    frozen = deep_freeze


class FrozenOrderedSet(Set):  # type: ignore[type-arg]
    """An immutable set that keeps its order."""

    _items: dict[Any, None]

    # Pants subclasses it through `__new__` or through `__init__`.
    def __new__(cls, items: Iterable[Any] | None = None, *_args: Any, **_kwargs: Any) -> Any:  # noqa: D102
        made = super().__new__(cls)
        made._items = dict.fromkeys(items or ())
        return made

    def __init__(self, items: Iterable[Any] | None = None, *_args: Any, **_kwargs: Any) -> None:
        if items is not None and not self._items:
            self._items = dict.fromkeys(items)

    def __contains__(self, item: Any) -> bool:
        return item in self._items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(tuple(self._items))

    def __class_getitem__(cls, _item: Any) -> type:
        return cls


class UnionRule:
    """That a class is a member of a union."""

    def __init__(self, base: type, member: type) -> None:
        self.union_base, self.union_member = base, member


class LockedMap(dict[Any, Any]):
    """What memoised functions are kept in."""

    def get_or_insert(self, key: Any, make: Any) -> Any:
        """The value; made by `make()` if it is not there."""
        return self[key] if key in self else self.setdefault(key, make())


class PathNamespace(enum.Enum):
    """Where a path of a process is."""

    WORKSPACE, SUBPROCESS_ENVIRONMENT, SYSTEM = range(3)


class RuleCallTrampoline:
    """What `@rule` gives in newer releases."""

    def __init__(self, rule_id: str, output_type: type, func: Any, rule: Any) -> None:
        self.rule_id, self.output_type, self.__wrapped__, self.rule = rule_id, output_type, func, rule
        for name in ("__name__", "__qualname__", "__module__", "__doc__", "__annotations__"):
            setattr(self, name, getattr(func, name))

    def __call__(self, *_args: Any, **_kwargs: Any) -> None:
        """Only the engine calls rules."""
