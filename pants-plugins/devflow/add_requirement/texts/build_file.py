"""Edits requirements and mappings in the target calls of a BUILD file by splices.

Pure. Only literal lists and dicts of strings are edited, never the value of a name, a call or an operator.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from devflow.add_requirement.texts.bracketed_list import insert_item, quote_of, quoted, remove_item, replace_item
from devflow.add_requirement.texts.edits import CannotEditRequirementsError, RequirementEdit
from devflow.add_requirement.texts.order import place_of
from devflow.common.splices import Splice, TextNode, apply, line_of
from devflow.locking.facts import canonical_name, name_of
from devflow.locking.requirement import parse_requirement

_GAP = re.compile(r"(?:[ \t\f\r\n]|\\\r?\n|#[^\r\n]*)*")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True)
class Call:
    """A top-level call of a BUILD file that makes a target; `name` is "" for a target named after the directory."""

    alias: str
    name: str
    line: int
    node: ast.Call


class BuildText:
    """A BUILD file. Raises: CannotEditRequirementsError for a file that is not valid Python."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            module = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError) as error:
            raise CannotEditRequirementsError(f"it cannot be parsed: {error}") from None
        self._starts = [found.start() for found in _LINE.finditer(text)]
        self.calls = tuple(self._calls(module))

    def _calls(self, module: ast.Module) -> Iterator[Call]:
        for statement in module.body:
            node = getattr(statement, "value", None)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                name = _keyword(node, "name")
                value = name.value if isinstance(name, ast.Constant) else ""
                yield Call(node.func.id, value if isinstance(value, str) else "", node.lineno, node)

    def call(self, alias: str, name: str, directory_name: str) -> Call | None:
        """The call that makes the target `name` in a directory of that name; None if none or several do."""
        found = [one for one in self.calls if one.alias == alias and (one.name or directory_name) == name]
        return found[0] if len(found) == 1 else None

    def with_requirement(self, call: Call, requirement: str) -> RequirementEdit:
        """The text with a requirement in the list of the call.

        It replaces the requirement of the same project, if the list has one. Raises: CannotEditRequirementsError.
        """
        container = self._list(call, "requirements")
        values = [str(item.value) for item in container.items]
        index = _index_of(values, requirement)
        rendered = self._quoted(requirement, container)
        if index is None:
            place = place_of([name_of(value) for value in values], name_of(requirement))
            return self._edited(insert_item(self.text, container, place, rendered))
        if values[index] == requirement:
            return RequirementEdit(self.text)
        return self._edited(replace_item(container, index, rendered))

    def without_requirement(self, call: Call, name: str) -> RequirementEdit:
        """The text without the requirement of a project. Raises: CannotEditRequirementsError."""
        container = self._list(call, "requirements")
        found = [at for at, item in enumerate(container.items) if name_of(str(item.value)) == name]
        if not found:
            return RequirementEdit(self.text)
        if len(found) > 1:
            raise CannotEditRequirementsError(f"{len(found)} requirements of {call.alias} are about {name}")
        if len(container.items) == 1:
            raise CannotEditRequirementsError(f"{name} is the only requirement of {call.alias}: remove the target")
        line = line_of(self.text, container.items[found[0]].start)
        return self._edited(remove_item(self.text, container, found[0]), line=line)

    def with_mapping(self, call: Call, field: str, name: str, modules: Sequence[str]) -> RequirementEdit:
        """The text with an entry of a project in the dict of a field.

        A missing field is added; an existing entry is not changed. Raises: CannotEditRequirementsError.
        """
        node = _keyword(call.node, field)
        if node is None:
            arguments = self._arguments(call)
            entry = f"{field}={{{self._entry(name, modules, arguments)}}}"
            return self._edited(insert_item(self.text, arguments, len(arguments.items), entry))
        container = self._dict(node, field)
        keys = [canonical_name(str(item.value)) for item in container.items]
        if canonical_name(name) in keys:
            return RequirementEdit(self.text)
        ordered = keys == sorted(keys)
        place = place_of(keys, canonical_name(name)) if ordered else len(keys)
        return self._edited(insert_item(self.text, container, place, self._entry(name, modules, container)))

    def without_mapping(self, call: Call, field: str, name: str) -> RequirementEdit:
        """The text without the entry of a project. Raises: CannotEditRequirementsError."""
        node = _keyword(call.node, field)
        if node is None:
            return RequirementEdit(self.text)
        container = self._dict(node, field)
        for index, item in enumerate(container.items):
            if canonical_name(str(item.value)) == name:
                line = line_of(self.text, item.start)
                if len(container.items) > 1:
                    return self._edited(remove_item(self.text, container, index), line=line)
                arguments = self._arguments(call)
                at = next(at for at, one in enumerate(arguments.items) if one.start <= item.start < one.end)
                return self._edited(remove_item(self.text, arguments, at), line=line)
        return RequirementEdit(self.text)

    def with_modules(self, call: Call, field: str, modules: Sequence[str]) -> RequirementEdit:
        """The text with `modules=[…]` for the call, which has no such field. Raises: CannotEditRequirementsError."""
        if _keyword(call.node, field) is not None:
            return RequirementEdit(self.text)
        arguments = self._arguments(call)
        mark = quote_of(self.text, arguments)
        listed = ", ".join(quoted(module, mark) for module in modules)
        return self._edited(insert_item(self.text, arguments, len(arguments.items), f"{field}=[{listed}]"))

    def keys_of(self, call: Call, field: str) -> tuple[str, ...]:
        """The keys of the dict of a field, as they are written; none if the value is not a literal dict."""
        node = _keyword(call.node, field)
        keys = node.keys if isinstance(node, ast.Dict) else ()
        return tuple(key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))

    def has(self, call: Call, field: str) -> bool:
        """Whether the call has the field."""
        return _keyword(call.node, field) is not None

    def literal(self, call: Call, field: str) -> str | None:
        """The string value of a field; None if the call has no such value."""
        node = _keyword(call.node, field)
        value = node.value if isinstance(node, ast.Constant) else None
        return value if isinstance(value, str) else None

    def _edited(self, splices: Sequence[Splice], line: int = 0) -> RequirementEdit:
        new = apply(self.text, splices)
        try:
            ast.parse(new)
        except SyntaxError:
            raise CannotEditRequirementsError("its commas are in unusual places") from None
        first = min(splice.start for splice in splices)
        # A new line begins after the line end before it.
        added = next((s for s in splices if s.text.strip() not in ("", ",")), splices[0])
        at = added.start + len(added.text) - len(added.text.lstrip(" \t\r\n")) if added.text.strip() else first
        return RequirementEdit(
            new, line or line_of(new, at + sum(len(s.text) for s in splices if s.start < added.start))
        )

    def _quoted(self, value: str, container: TextNode) -> str:
        try:
            return quoted(value, quote_of(self.text, container))
        except ValueError as error:
            raise CannotEditRequirementsError(str(error)) from None

    def _entry(self, name: str, modules: Sequence[str], container: TextNode) -> str:
        mark = quote_of(self.text, container)
        return f"{quoted(name, mark)}: [{', '.join(quoted(module, mark) for module in modules)}]"

    def _list(self, call: Call, field: str) -> TextNode:
        node = _keyword(call.node, field)
        if not isinstance(node, (ast.List, ast.Tuple)) or not all(map(_is_string, node.elts)):
            raise CannotEditRequirementsError(f"{field} of {call.alias} in line {call.line} is no list of strings")
        if isinstance(node, ast.Tuple):
            raise CannotEditRequirementsError(f"{field} of {call.alias} in line {call.line} is a tuple, not a list")
        items = [self._node(item, getattr(item, "value", None)) for item in node.elts]
        return self._container(self._at(node.lineno, node.col_offset), self._end(node), items)

    def _dict(self, node: ast.expr, field: str) -> TextNode:
        if not isinstance(node, ast.Dict) or not all(key is not None and _is_string(key) for key in node.keys):
            raise CannotEditRequirementsError(f"{field} in line {node.lineno} is no dict with strings as keys")
        items = [
            TextNode(self._at(key.lineno, key.col_offset), self._end(value), getattr(key, "value", None))
            for key, value in zip(node.keys, node.values)
            if key is not None
        ]
        return self._container(self._at(node.lineno, node.col_offset), self._end(node), items)

    def _arguments(self, call: Call) -> TextNode:
        node = call.node
        if node.args or any(one.arg is None for one in node.keywords):
            raise CannotEditRequirementsError(f"{call.alias} in line {call.line} has arguments without a name")
        start = self._end(node.func)
        start += len(self.text[start:]) - len(self.text[start:].lstrip())
        items = []
        for keyword in node.keywords:
            value = self._at(keyword.value.lineno, keyword.value.col_offset)
            name = re.search(rf"{re.escape(str(keyword.arg))}\s*=[\s(]*\Z", self.text[:value])
            if name is None:
                raise CannotEditRequirementsError(f"{keyword.arg} in line {call.line} is written in an unusual way")
            items.append(TextNode(name.start(), self._end(keyword.value), keyword.arg))
        return self._container(start, self._end(node), items)

    def _container(self, start: int, end: int, items: list[TextNode]) -> TextNode:
        node = TextNode(start, end, None, items)
        offset = start + 1
        for index in range(len(items) + 1):
            stop = items[index].start if index < len(items) else end - 1
            while True:
                before = offset
                found = _GAP.match(self.text, offset, stop)
                offset = found.end() if found else offset
                node.tail = before + len(self.text[before:offset].rstrip())
                if offset >= stop or self.text[offset] != ",":
                    break
                node.commas.append(offset)
                offset += 1
            if offset != stop:
                where = line_of(self.text, offset)
                raise CannotEditRequirementsError(f"line {where}: unexpected {self.text[offset]!r} between items")
            offset = items[index].end if index < len(items) else offset
        return node

    def _node(self, node: ast.expr, value: object) -> TextNode:
        return TextNode(self._at(node.lineno, node.col_offset), self._end(node), value)

    def _at(self, line: int, column: int) -> int:
        """The offset in the text, in characters, of a position of the syntax tree, whose columns count bytes."""
        start = self._starts[line - 1]
        return start + len(self.text[start:].split("\n", 1)[0].encode()[:column].decode())

    def _end(self, node: ast.expr) -> int:
        return self._at(node.end_lineno or 0, node.end_col_offset or 0)


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in call.keywords if one.arg == name), None)


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _index_of(values: Sequence[str], requirement: str) -> int | None:
    """The index of the requirement that the new one replaces; None if there is none.

    Raises: CannotEditRequirementsError if there are several.
    """
    present = [index for index, value in enumerate(values) if name_of(value) == name_of(requirement)]
    if len(present) > 1:
        present = [index for index in present if _marker(values[index]) == _marker(requirement)]
        if len(present) != 1:
            raise CannotEditRequirementsError(f"several requirements are about {name_of(requirement)}")
    return present[0] if present else None


def _marker(requirement: str) -> str:
    parsed = parse_requirement(requirement)
    return parsed.marker if parsed else ""


def listed_requirements(text: str, alias: str, name: str, directory_name: str) -> tuple[str, ...]:
    """The requirements that a call lists literally; none if there is no such call."""
    build = BuildText(text)
    call = build.call(alias, name, directory_name)
    node = _keyword(call.node, "requirements") if call else None
    items = node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
    return tuple(str(getattr(item, "value", "")) for item in items if _is_string(item))
