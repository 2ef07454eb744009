"""The backend `devflow.ide_config`."""

from __future__ import annotations

from devflow.engine import Rules, rules_once
from devflow.engine import python as engine_python
from devflow.export_all_resolves import register as export_all_resolves
from devflow.ide_config import contract, goal, inspect
from devflow.ide_config.members import coc, emacs, helix, neovim, pycharm, pyright, ty, vim_ale, vscode, zed

MEMBERS = (coc, emacs, helix, neovim, pycharm, pyright, ty, vim_ale, vscode, zed)


@rules_once
def core_rules() -> Rules:
    """The goal, its rules and its editors, with exports that no member makes."""
    return [
        *export_all_resolves.core_rules(),
        *engine_python.rules(),
        *contract.rules(),
        *inspect.rules(),
        *(rule for member in MEMBERS for rule in member.rules()),
        *goal.rules(),
    ]


@rules_once
def rules() -> Rules:
    """The goal, and the goal `export-all-resolves`, because settings refer to exports."""
    return [*export_all_resolves.rules(), *core_rules()]
