"""Visual Studio Code: Pylance, the Mypy Type Checker and Ruff.

Source: `contributes.configuration` of ms-python.python, Pylance, ms-python.mypy-type-checker, charliermarsh.ruff.
"""

from __future__ import annotations

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import Document, JsonFile, Owned, Setting
from devflow.ide_config.facts import Workspace

_RUFF = "charliermarsh.ruff"
_MYPY = "ms-python.mypy-type-checker"
# Other linters and formatters that do what Ruff does; with Ruff, one of them is enough.
_OTHERS = ("ms-python.flake8", "ms-python.isort", "ms-python.black-formatter", "ms-python.pylint")
_LEGACY = "it makes the extension start the legacy server"
DEAD = (
    ("python.pythonPath", "python.defaultInterpreterPath has taken its place"),
    ("python.linting.enabled", "each linter has an extension of its own"),
    ("python.linting.mypyEnabled", "mypy-type-checker.* has taken its place"),
    ("python.linting.mypyPath", "mypy-type-checker.* has taken its place"),
    ("python.linting.flake8Enabled", "each linter has an extension of its own"),
    ("python.formatting.provider", "editor.defaultFormatter has taken its place"),
    ("python.formatting.blackPath", "each formatter has an extension of its own"),
    *((key, _LEGACY) for key in ("ruff.lint.args", "ruff.lint.run", "ruff.format.args")),
    *((key, _LEGACY) for key in ("ruff.showNotifications", "ruff.ignoreStandardLibrary")),
)


class VSCode(Editor):
    """Visual Studio Code."""

    name = "vscode"
    evidence = (".vscode",)
    overruled_by = "pyright"


@rule
async def vscode_settings(request: VSCode) -> EditorSettings:
    """See `documents`."""
    return EditorSettings(documents(request.workspace))


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """`.vscode/settings.json`, and the recommended extensions."""
    ruff, mypy = workspace.tool("ruff"), workspace.tool("mypy")
    exports = workspace.exports
    python = _here(workspace.main.python)
    settings = [
        Setting(("python.defaultInterpreterPath",), python),
        Setting(("python.analysis.extraPaths",), workspace.source_roots, Owned.ENTRIES, ours=exports),
        Setting(("python.analysis.autoSearchPaths",), True, Owned.DEFAULT),
        Setting(("python.analysis.importFormat",), "relative", Owned.DEFAULT),
    ]
    if workspace.stubs:
        settings.append(Setting(("python.analysis.stubPath",), workspace.stubs))
    if mypy:
        settings.append(Setting(("mypy-type-checker.importStrategy",), "fromEnvironment"))
        if mypy.export:
            settings.append(Setting(("mypy-type-checker.interpreter",), (_here(mypy.export.python),)))
        else:
            settings.append(Setting(("mypy-type-checker.path",), (_here(mypy.path),)))
        argument = (f"--python-executable={python}",)
        settings.append(Setting(("mypy-type-checker.args",), argument, Owned.ENTRIES, ours="--python-executable="))
    if ruff:
        settings += [
            Setting(("ruff.importStrategy",), "fromEnvironment"),
            Setting(("ruff.path",), (_here(ruff.path),), Owned.ENTRIES, ours=exports),
            *_in_python(("editor.defaultFormatter", _RUFF)),
            *_in_python(("editor.formatOnSave", True)),
            Setting(("[python]", "editor.codeActionsOnSave", "source.fixAll"), "explicit", Owned.DEFAULT),
        ]
        if ruff.export:
            settings.append(Setting(("ruff.interpreter",), (_here(ruff.export.python),)))
    if workspace.pytest_args:
        settings += [
            Setting(("python.testing.pytestEnabled",), True, Owned.DEFAULT),
            Setting(("python.testing.pytestArgs",), workspace.pytest_args, Owned.DEFAULT),
        ]
    extensions = (
        "ms-python.python",
        "ms-python.vscode-pylance",
        *((_MYPY,) if mypy else ()),
        *((_RUFF,) if ruff else ()),
    )
    wanted = [Setting(("recommendations",), extensions, Owned.ENTRIES)]
    if ruff:
        wanted.append(Setting(("unwantedRecommendations",), _OTHERS, Owned.DEFAULT))
    return (
        JsonFile(".vscode/settings.json", tuple(settings), DEAD),
        JsonFile(".vscode/extensions.json", tuple(wanted)),
    )


def _in_python(*pairs: tuple[str, str | bool]) -> list[Setting]:
    return [Setting(("[python]", key), value, Owned.DEFAULT) for key, value in pairs]


def _here(path: str) -> str:
    return "${workspaceFolder}/" + path


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, VSCode)]
