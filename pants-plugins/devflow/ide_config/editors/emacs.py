"""Emacs with Eglot. Source: the manuals of Eglot (project-specific configuration) and Emacs (directory variables)."""

from __future__ import annotations

import json

from devflow.ide_config.blocks import LISP
from devflow.ide_config.documents import BlockFile, Document
from devflow.ide_config.workspace import Workspace


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """A block in `.dir-locals.el`; before Emacs 30, the mode with tree-sitter is no child of the other."""
    roots = " ".join(_string(workspace.absolute(root)) for root in workspace.source_roots)
    stubs = f" :stubPath {_string(workspace.absolute(workspace.stubs))}" if workspace.stubs else ""
    analysis = f":analysis (:extraPaths [{roots}]{stubs})"
    python = f":pythonPath {_string(workspace.absolute(workspace.main.python))}"
    lines = []
    for mode in ("python-mode", "python-ts-mode"):
        lines += [
            f" ({mode}",
            "  . ((eglot-workspace-configuration",
            f"      . (:python ({python}",
            f"                  {analysis})",
            f"         :basedpyright ({analysis})))))",
        ]
    return (BlockFile(".dir-locals.el", LISP, "\n".join(lines)),)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
