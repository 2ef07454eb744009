"""Random migration trees, written as people and alembic's templates write them. Each seed gives one tree."""

from __future__ import annotations

import random
from pathlib import Path

_WORDS = (
    "add jobs",
    "drop “nicknames”",
    "index_by_owner",
    "weiß nicht",
    'say "hi"',
    "back\\slash",
    "tab\there",
    "%s {x}",
)

_BREAKS = (
    "unknown parent",
    "unknown dependency",
    "own parent",
    "own dependency",
    "duplicate label",
    "label of an id",
    "illegal id",
)
Script = tuple[str, list[str], list[str], list[str]]  # id, parents, dependencies, labels


class Tree:
    """A tree on the disk. `broken` says what is wrong with it, if something is."""

    def __init__(self, root: Path, seed: int) -> None:
        self._random = random.Random(seed)
        self.root = root
        self.recursive = self._random.random() < 0.3
        self.directories = [root / "versions"]
        if self._random.random() < 0.2:
            self.directories.append(root / "more")
        self.broken = self._random.choice(_BREAKS) if self._random.random() < 0.15 else ""
        self._write()

    def _write(self) -> None:
        rnd = self._random
        names = [f"{rnd.getrandbits(48):012x}" for _ in range(rnd.randint(1, 14))]
        labels: list[str] = []
        for index, name in enumerate(names):
            older = names[max(0, index - rnd.choice((1, 1, 2, 6))) : index]
            parents = rnd.sample(older, min(len(older), rnd.choice((0, 1, 1, 1, 1, 1, 2, 2, 3))))
            if len(parents) == 1 and rnd.random() < 0.05:
                parents *= 2  # a merge with itself
            needed: list[str] = []
            if rnd.random() < 0.25:
                known = [*names[:index], *labels]
                needed = rnd.sample(known, min(len(known), rnd.choice((1, 1, 2, 3))))
            own_labels = [f"label{index}_{part}" for part in range(rnd.choice((0, 0, 0, 0, 1, 2)))]
            labels += own_labels
            if self.broken and index == len(names) - 1:
                name, parents, needed, own_labels = _break(self.broken, (name, parents, needed, own_labels))
            self._write_script(name, parents, needed, own_labels)

    def _write_script(self, name: str, parents: list[str], needed: list[str], labels: list[str]) -> None:
        rnd = self._random
        lines = [self._docstring(name), "from alembic import op", ""]
        statements = [
            ("revision", repr(name)),
            ("down_revision", self._sequence(parents)),
            ("branch_labels", self._sequence(labels).replace("(None,)", "()")),
            ("depends_on", self._sequence(needed).replace("(None,)", "[]")),
        ]
        if rnd.random() < 0.2:
            lines.append("revision: str")  # which assigns nothing
        if rnd.random() < 0.1:
            lines.append('down_revision = "0000overwritten"')
        for variable, value in statements:
            if value == "None" and variable in ("branch_labels", "depends_on") and rnd.random() < 0.3:
                continue
            annotation = rnd.choice(("", "", ": Union[str, None]")) if variable == "down_revision" else ""
            lines.append(f"{variable}{annotation} = {value}")
        lines += ["", "", "def upgrade():", f"    down_revision = {name!r}  # another scope", ""]
        if any(": Union" in line for line in lines):
            lines.insert(1, "from typing import Union")
        self._put(name, "\n".join(lines))

    def _put(self, name: str, text: str) -> None:
        rnd = self._random
        directory = rnd.choice(self.directories)
        if self.recursive and rnd.random() < 0.5:
            directory = directory / rnd.choice(("2023", "2024", "2024/b", ".hidden", "a__pycache__"))
            if directory.name == "a__pycache__":  # which is not read
                directory = directory.parent
        file = directory / rnd.choice(
            (f"{name}_x.py", f"{name}.py", f"_{name}.py", f".{name}.py", f"2024_01-{name} x.py")
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        encoding = rnd.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "latin-1"))
        if encoding == "latin-1":
            text = f"# coding: latin-1\n{text}".encode("latin-1", errors="replace").decode("latin-1")
        newline = rnd.choice(("\n", "\n", "\n", "\r\n"))
        file.write_bytes(text.replace("\n", newline).encode(encoding))
        for other in ("__init__.py", "__init__x.py", ".#lock.py", "notes.PY", "README", "x.pyc"):
            if rnd.random() < 0.2:
                (file.parent / other).write_text("raise SystemExit('read me not')")

    def _docstring(self, name: str) -> str:
        rnd = self._random
        word = rnd.choice(_WORDS)
        return rnd.choice(
            (
                f'"""{word}\n\nRevision ID: {name}\nCreate Date: 2024-01-01\n\n"""',
                f'"""\n    {word}\n    and more\n\n  Revision ID: {name}\n"""',
                f'"""\t{word}\n\tsecond line\n"""',
                f"r'''{word}\n \nno paragraph'''",
                f'"one" " {word[:3].strip()}"'.replace("\\", ""),
                f'f"""{word[:3]}"""',
                "b'bytes'",
                "",
                f'"""{word}"""\n__doc__ = "  assigned\\n\\nafter"',
                f'"""{word}"""\n__doc__ = None',
            )
        )

    def _sequence(self, values: list[str]) -> str:
        rnd = self._random
        if not values:
            return rnd.choice(("None", "None", "None", "()", "[]", "(None,)"))
        if len(values) == 1:
            return rnd.choice((repr(values[0]), repr(values[0]), repr(tuple(values)), repr(values)))
        return rnd.choice((repr(tuple(values)), repr(values)))


def _break(what: str, script: Script) -> Script:
    """The script with this mistake."""
    name, parents, needed, labels = script
    if what == "unknown parent":
        return name, [*parents, "0000unknown"], needed, labels
    if what == "unknown dependency":
        return name, parents, ["0000unknown"], labels
    if what == "own parent":
        return name, [name], needed, labels
    if what == "own dependency":
        return name, parents, [name], labels
    if what == "duplicate label":
        return name, parents, needed, ["same", "same"]
    if what == "label of an id":
        return name, parents, needed, [name]
    return f"{name}@x", parents, needed, labels
