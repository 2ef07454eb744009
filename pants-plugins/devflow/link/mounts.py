"""The links as mounts of a container, in the formats of the programs that start containers. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from devflow.common.errors import UserError
from devflow.common.paths import shell_quote, shown


class PrintForm(Enum):
    """The values of `--print`."""

    DOCKER = "docker"
    COMPOSE = "compose"
    DEVCONTAINER = "devcontainer"
    ENV = "env"
    PATHS = "paths"


@dataclass(frozen=True)
class Mounts:
    """The mounted paths of a repository, relative to the build root and sorted, and its source roots.

    `at` is the directory of the container that stands for the build root. The layout below it is the same, so that a
    link from one file of the repository to another works in the container, too.
    """

    build_root: str
    paths: tuple[str, ...]
    roots: tuple[str, ...]
    at: str

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The source and the target of each mount."""
        return [(f"{self.build_root}/{path}", f"{self.at}/{path}") for path in self.paths]

    @property
    def variables(self) -> dict[str, str]:
        """The variables of the container. Python would write `__pycache__` directories into writable mounts."""
        roots = [self.at if root == "." else f"{self.at}/{root}" for root in self.roots]
        return {"PYTHONPATH": ":".join(roots), "PYTHONDONTWRITEBYTECODE": "1"}


def mount_directory(option: str) -> str:
    """`--mount-at` as a path without a slash at its end. Raises: UserError."""
    path = option.rstrip("/")
    if not path.startswith("/") or ".." in path.split("/") or ":" in path or "," in path or shown(path) != path:
        raise UserError(
            f"--mount-at={option} is not an absolute directory of a container without ':' and ','.",
            fix="write --mount-at=/mono, or another absolute path",
        )
    return path


def in_form(form: PrintForm, mounts: Mounts) -> list[str]:
    """The lines of `--print`. Raises: UserError for a path that a program would misread."""
    if form is PrintForm.PATHS:
        return list(mounts.paths)
    _refuse(mounts, ":", "PYTHONPATH", of_roots=True)
    if form is PrintForm.ENV:
        return [f"{name}={value}" for name, value in mounts.variables.items()]
    if form is PrintForm.COMPOSE:
        return _compose(mounts)
    _refuse(mounts, ",", f"--print={form.value}")
    if form is PrintForm.DEVCONTAINER:
        _refuse(mounts, "${", f"--print={form.value}")
        return _devcontainer(mounts)
    return _docker(mounts)


def _refuse(mounts: Mounts, characters: str, reader: str, *, of_roots: bool = False) -> None:
    paths: Collection[str] = mounts.roots if of_roots else [source for source, _ in mounts.pairs]
    wrong = next((path for path in paths if characters in path), None)
    if wrong is not None:
        raise UserError(
            f"{shown(wrong)} has {characters!r} in it, which separates values in {reader}.",
            fix="rename that source root"
            if of_roots
            else "use --print=compose, which quotes paths, or move the repository to a path without it",
        )


def _docker(mounts: Mounts) -> list[str]:
    arguments = [
        *(
            f"--mount {shell_quote(f'type=bind,source={source},target={target},readonly')}"
            for source, target in mounts.pairs
        ),
        *(f"--env {shell_quote(f'{name}={value}')}" for name, value in mounts.variables.items()),
    ]
    return [f"{argument} \\" for argument in arguments[:-1]] + arguments[-1:]


def _compose(mounts: Mounts) -> list[str]:
    lines = ["volumes:"]
    for source, target in mounts.pairs:
        lines += [
            "  - type: bind",
            f"    source: {_yaml(source)}",
            f"    target: {_yaml(target)}",
            "    read_only: true",
        ]
    return [*lines, "environment:", *(f"  {name}: {_yaml(value)}" for name, value in mounts.variables.items())]


def _yaml(text: str) -> str:
    """A YAML scalar in which compose replaces no variable."""
    return json.dumps(text.replace("$", "$$"), ensure_ascii=False)


def _devcontainer(mounts: Mounts) -> list[str]:
    document = {
        "mounts": [f"source={source},target={target},type=bind,readonly" for source, target in mounts.pairs],
        "containerEnv": mounts.variables,
    }
    return json.dumps(document, indent=2, ensure_ascii=False).splitlines()


def with_files_behind(paths: Collection[str], behind: Collection[str]) -> tuple[str, ...]:
    """Paths to mount, with the targets of links below them; paths below another mounted path are left out."""

    def is_covered(path: str) -> bool:
        return any(path == above or path.startswith(f"{above}/") for above in paths)

    return tuple(sorted({*paths, *(path for path in behind if not is_covered(path))}))
