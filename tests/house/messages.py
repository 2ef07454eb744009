"""The messages of the product that have a fix, as its sources have them; and what each test names, as theirs do."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from house.sources import ROOT, imports, module_of, modules, syntax_tree

_ERRORS = ("Problem", "UserError", "as_problem")
_FEWEST, _MOST = 9, 20  # characters by which a text is told from others
# What a test does after a refusal: a run that succeeds, or a function of the product that finds no problem any more.
_GOES_ON = re.compile(
    r"\b(?:works|success|made|follow|shell|released)\("
    r"|exit_code == 0|returncode == 0|== (?:\(\)|\[\])|is None|is not None"
)
_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


@dataclass(frozen=True)
class Message:
    """`said` and `fix` are what is written between the placeholders of each."""

    where: str
    said: tuple[str, ...]
    fix: tuple[str, ...]

    def is_named_in(self, texts: str) -> bool:
        """Whether the texts of a test have a part of the message or of its fix that is long enough to tell it."""
        return any(part in texts for text in (*self.said, *self.fix) for part in _parts(text))


def _parts(text: str) -> Iterator[str]:
    length = min(len(text), _MOST)
    if length >= _FEWEST:
        yield from (text[start : start + length] for start in range(len(text) - length + 1))


def reachable(*folders: str) -> list[Path]:
    """The modules of these slices, and those of `common` that they import, directly or by another of them."""
    found = [path for folder in folders for path in modules(folder).values()]
    for path in found:
        for name in imports(path):
            other = module_of(name)
            if other and other not in found and other.parent == ROOT / "common":
                found.append(other)
    return found


def messages(path: Path) -> Iterator[Message]:
    """Those that a module makes. One that is made of the texts of another problem is none of its own."""
    for function in _functions(syntax_tree(path)):
        for call in _calls(function):
            keywords = {keyword.arg: keyword.value for keyword in call.keywords}
            values = [*call.args, *([keywords["fix"]] if "fix" in keywords else [])]
            if len(values) > 1:
                said, fix = (_texts(value, function) for value in values[:2])
                if any(len(text) >= _FEWEST for text in (*said, *fix)):
                    yield Message(f"{path.relative_to(ROOT)}: {max((*said, *fix), key=len)!r}", said, fix)


def _functions(tree: ast.AST) -> list[_Function]:
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _calls(function: _Function) -> Iterator[ast.Call]:
    """Of errors: of the function alone, not of those in it."""
    inner = [each for each in _functions(function) if each is not function]
    theirs = set(itertools.chain.from_iterable(map(ast.walk, inner)))
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and node not in theirs:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in _ERRORS:
                yield node


def _texts(value: ast.expr, function: _Function) -> tuple[str, ...]:
    """What is written in an expression, and in what is assigned to the names in it."""
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    assigned = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, (ast.Assign, ast.AugAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if any(isinstance(name, ast.Name) and name.id in names for name in ast.walk(target))
    ]
    return tuple(dict.fromkeys(text.strip(" :;,.") for node in (value, *assigned) for text in constants(node)))


def constants(node: ast.AST) -> Iterator[str]:
    """The texts below a node."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def texts_of_following_tests(path: Path) -> str:
    """What is written in those tests of a module that go on after a refusal, with all of the module that they use."""
    top: dict[str, ast.AST] = {}
    for node in syntax_tree(path).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            top[node.name] = node
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            top.update({target.id: node for target in targets if isinstance(target, ast.Name)})
    texts: list[str] = []
    for test in [node for name, node in top.items() if name.startswith("test_")]:
        used = [test]
        for each in used:
            names = (inner.id for inner in ast.walk(each) if isinstance(inner, ast.Name))
            used += [top[one] for one in dict.fromkeys(names) if one in top and top[one] not in used]
        if isinstance(test, ast.FunctionDef) and (_follows_raises(test) or any(map(_goes_on, used))):
            texts += [text for each in used for text in constants(each)]
    return "\n".join(texts)


def _goes_on(node: ast.AST) -> bool:
    return _GOES_ON.search(ast.unparse(node)) is not None


def _follows_raises(function: ast.FunctionDef) -> bool:
    """Whether something else is asserted after `with pytest.raises(…) as caught`, by another call."""
    caught: list[str] = []
    for statement in function.body:
        if isinstance(statement, ast.With) and "pytest.raises" in ast.unparse(statement.items[0]):
            name = statement.items[0].optional_vars
            caught += [ast.unparse(name)] if name else []
        elif caught and isinstance(statement, ast.Assert):
            if not any(name in ast.unparse(statement) for name in caught) and "(" in ast.unparse(statement):
                return True
    return False
