"""Write which names of Pants devflow uses, and what each release has of them: facts, for a test that needs no Pants.

    python build-support/pants_names.py DIRECTORY...

A directory has the sources of a release: `pants/VERSION` and all else below `pants`. Name one of each release: those
that are not named are forgotten. Run it when the test says that a name is not in the manifest.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pants_parameters import parameters_of
from pants_uses import Sources

MANIFEST = Path("tests/house/pants_names.txt")
PACKAGE = Path("pants-plugins/devflow")


class Checkout:
    """The sources of a release, read and not imported. Its `facts` are those of `pants_uses`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.release = ".".join((directory / "pants/VERSION").read_text().split(".")[:2])
        self.asked: dict[str, str | None] = {}
        self._tree = lru_cache(maxsize=None)(self._parse)

    def facts(self, name: str) -> str | None:
        """See `pants_uses.Facts`; remembers what was asked."""
        module, _, symbol = name.partition(":")
        self.asked[name] = self._symbol(module, symbol) if symbol else "-" if self._is_module(module) else None
        return self.asked[name]

    def _is_module(self, module: str) -> bool:
        base = self.directory / module.replace(".", "/")
        return base.is_dir() or any(base.with_suffix(kind).is_file() for kind in (".py", ".pyi"))

    def _parse(self, module: str) -> ast.Module | None:
        base = self.directory / module.replace(".", "/")
        for path in (base.with_suffix(".py"), base / "__init__.py", base.with_suffix(".pyi")):
            if path.is_file():
                return ast.parse(path.read_text())
        return None

    def _symbol(self, module: str, symbol: str) -> str | None:
        name, _, attribute = symbol.partition(".")
        found = self._definition(module, name)
        if found is None:
            return None
        home, node = found
        if attribute:
            return self._attribute(home, node, attribute) if isinstance(node, ast.ClassDef) else "?"
        if isinstance(node, ast.ClassDef):
            return self._constructor(home, node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return parameters_of(node, skip=0)
        return "-"

    def _definition(self, module: str, name: str, depth: int = 0) -> tuple[str, ast.stmt] | None:
        tree = self._tree(module)
        if tree is None or depth > 9:
            return None
        for node in reversed(list(_top(tree))):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
                return module, node
            if isinstance(node, ast.Assign) and name in (ast.unparse(target) for target in node.targets):
                return module, node
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name:
                return module, node
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        return self._definition(node.module, alias.name, depth + 1) or (module, node)
            if isinstance(node, ast.Import) and name in (alias.asname or alias.name for alias in node.names):
                return module, node
        return None

    def _bases(self, home: str, node: ast.ClassDef) -> Iterator[tuple[str, ast.ClassDef] | None]:
        for base in node.bases:
            base = base.value if isinstance(base, ast.Subscript) else base
            found = self._definition(home, base.id) if isinstance(base, ast.Name) else None
            yield (found[0], found[1]) if found and isinstance(found[1], ast.ClassDef) else None

    def _attribute(self, home: str, node: ast.ClassDef, name: str) -> str | None:
        for child in node.body:
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                decorators = [ast.unparse(decorator) for decorator in child.decorator_list]
                if child.name == name:
                    return (
                        "-"
                        if any("property" in one for one in decorators)
                        else parameters_of(child, skip=0 if "staticmethod" in decorators else 1)
                    )
                if child.name in ("__init__", "__new__") and any(
                    isinstance(inner, ast.Attribute) and inner.attr == name and isinstance(inner.ctx, ast.Store)
                    for inner in ast.walk(child)
                ):
                    return "-"
            elif (
                (isinstance(child, ast.AnnAssign) and ast.unparse(child.target) == name)
                or (isinstance(child, ast.ClassDef) and child.name == name)
                or isinstance(child, ast.Assign)
                and name in (ast.unparse(target) for target in child.targets)
            ):
                return "-"
        unknown = False
        for base in self._bases(home, node):
            if base is None:
                unknown = True
                continue
            found = self._attribute(*base, name)
            if found:
                return found
        return (
            "?"
            if unknown
            and any(ast.unparse(base) not in ("ABC", "Generic", "object") for base in node.bases)
            and (not _only_typing(node))
            else None
        )

    def _constructor(self, home: str, node: ast.ClassDef) -> str:
        for child in reversed(node.body):  # what is overloaded comes last
            if isinstance(child, ast.FunctionDef) and child.name in ("__init__", "__new__"):
                return parameters_of(child, skip=1)
        fields = self._fields(home, node)
        return " ".join(fields) if fields is not None else "?"

    def _fields(self, home: str, node: ast.ClassDef) -> list[str] | None:
        """The fields of a dataclass, with those of its bases."""
        if not any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list):
            return None
        fields: dict[str, str] = {}
        for base in self._bases(home, node):
            for field in (self._fields(*base) or []) if base else []:
                fields[field.rstrip("=")] = field
        for child in node.body:
            if isinstance(child, ast.AnnAssign) and "ClassVar" not in ast.unparse(child.annotation):
                name = ast.unparse(child.target)
                fields[name] = f"{name}=" if child.value else name
        return [*fields.values()]


def _only_typing(node: ast.ClassDef) -> bool:
    plain = {"EngineAwareParameter", "EngineAwareReturnType", "Generic", "ABC", "SideEffecting"}
    return all(ast.unparse(base).partition("[")[0] in plain for base in node.bases)


def _top(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements of the module, those in branches, too."""
    queue = list(tree.body)
    while queue:
        node = queue.pop(0)
        yield node
        if isinstance(node, (ast.If, ast.Try)):
            queue[:0] = [
                *node.body,
                *node.orelse,
                *(each for one in getattr(node, "handlers", ()) for each in one.body),
            ]


def manifest_of(checkouts: list[Checkout]) -> str:
    """The text of the manifest: the first line has the releases, each other one a name with one form of it."""
    checkouts = sorted(checkouts, key=lambda one: _ordered(one.release))
    for checkout in checkouts:
        list(Sources(PACKAGE, checkout.facts).uses())
    releases = [checkout.release for checkout in checkouts]
    lines = [" ".join(releases)]
    for name in sorted({name for checkout in checkouts for name in checkout.asked}):
        forms: dict[str, list[str]] = defaultdict(list)
        for checkout in checkouts:
            known = checkout.facts(name)
            if known is not None:
                forms[known].append(checkout.release)
        lines += [f"{name} | {parameters} | {_ranges(having, releases)}" for parameters, having in forms.items()]
    return "".join(f"{line}\n" for line in lines)


def facts_of(manifest: str) -> dict[str, dict[str, str]]:
    """For each release of a manifest, oldest first: what it has of each name."""
    first, *lines = manifest.splitlines()
    releases = first.split()
    facts: dict[str, dict[str, str]] = {release: {} for release in releases}
    for line in lines:
        name, parameters, having = line.split(" | ")
        for part in having.split():
            start, _, end = part.partition("-")
            for release in releases[releases.index(start) : releases.index(end or start) + 1]:
                facts[release][name] = parameters
    return facts


def _ordered(release: str) -> list[int]:
    return [int(part) for part in release.split(".")]


def _ranges(having: list[str], releases: list[str]) -> str:
    """As text, those without a gap between them as one: 2.17-2.19 2.21."""
    parts: list[list[str]] = []
    for release in having:
        if parts and releases.index(parts[-1][-1]) + 1 == releases.index(release):
            parts[-1].append(release)
        else:
            parts.append([release])
    return " ".join(part[0] if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)


if __name__ == "__main__":
    MANIFEST.write_text(manifest_of([Checkout(Path(argument)) for argument in sys.argv[1:]]))
