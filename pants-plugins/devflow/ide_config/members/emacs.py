"""Emacs with Eglot.

Source: the manuals of Eglot (project-specific configuration) and Emacs (directory variables), and eglot.el of 1.9 and
of Emacs 30: what a server asks for is looked up as one key. Up to 1.1.405, Pyright asks for `python.analysis`, later
for `python`; basedpyright likewise.
"""

from __future__ import annotations

import json

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import BlockFile, Document
from devflow.ide_config.facts import Workspace
from devflow.ide_config.formats.blocks import LISP


class Emacs(Editor):
    """Emacs with Eglot."""

    name = "emacs"
    evidence = (".dir-locals.el",)
    overruled_by = "pyright"


@rule
async def emacs_settings(request: Emacs) -> EditorSettings:
    """See `documents`."""
    return EditorSettings(documents(request.workspace))


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """A block in `.dir-locals.el`; before Emacs 30, the mode with tree-sitter is no child of the other."""
    roots = " ".join(_string(workspace.absolute(root)) for root in workspace.source_roots)
    stubs = f" :stubPath {_string(workspace.absolute(workspace.stubs))}" if workspace.stubs else ""
    analysis = f"(:extraPaths [{roots}]{stubs})"
    lines = []
    for mode in ("python-mode", "python-ts-mode"):
        lines += [
            f" ({mode}",
            "  . ((eglot-workspace-configuration",
            "      . (:python",
            f"         (:pythonPath {_string(workspace.absolute(workspace.main.python))}",
            f"          :analysis {analysis})",
            f"         :python.analysis {analysis}",
            f"         :basedpyright (:analysis {analysis})",
            f"         :basedpyright.analysis {analysis}))))",
        ]
    return (BlockFile(".dir-locals.el", LISP, "\n".join(lines)),)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, Emacs)]
