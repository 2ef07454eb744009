"""Visual Studio Code: Pylance, the Mypy Type Checker, Ruff and Black.

Source: `contributes.configuration` of ms-python.python, Pylance, ms-python.mypy-type-checker, charliermarsh.ruff,
ms-python.black-formatter.
"""

from __future__ import annotations

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import Document, JsonFile, Owned, OwnFile, Setting
from devflow.ide_config.facts import Workspace

_RUFF = "charliermarsh.ruff"
_MYPY = "ms-python.mypy-type-checker"
_BLACK = "ms-python.black-formatter"
# The extensions of other tools that do what Ruff does; where Pants does not run them, Ruff is enough.
_OTHERS = {"flake8": "ms-python.flake8", "isort": "ms-python.isort", "black": _BLACK, "pylint": "ms-python.pylint"}
_DOTENV = ".env"  # what the extension reads unless it is told otherwise
_UNITTEST = ("python.testing.unittestEnabled",)
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
    asks_for = (_DOTENV,)
    hand_written = (".vscode/*.json", "*.code-workspace")
    overruled_by = "pyright"


@rule
async def vscode_settings(request: VSCode) -> EditorSettings:
    """See `documents`."""
    return EditorSettings(documents(request.workspace))


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """`.vscode/settings.json`, and the recommended extensions."""
    ruff, mypy, black = workspace.tool("ruff"), workspace.tool("mypy"), workspace.tool("black")
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
            Setting(("[python]", "editor.codeActionsOnSave", "source.fixAll"), "explicit", Owned.DEFAULT),
        ]
        if ruff.export:
            settings.append(Setting(("ruff.interpreter",), (_here(ruff.export.python),)))
    if black:
        settings += [
            Setting(("black-formatter.importStrategy",), "fromEnvironment"),
            Setting(("black-formatter.path",), (_here(black.path),), Owned.ENTRIES, ours=exports),
        ]
        if black.export:
            settings.append(Setting(("black-formatter.interpreter",), (_here(black.export.python),)))
    if workspace.formats:
        settings += _in_python(("editor.defaultFormatter", _RUFF if workspace.formats == ruff else _BLACK))
        settings += _in_python(("editor.formatOnSave", True))
    tests = _tests(workspace)
    extensions = (
        "ms-python.python",
        "ms-python.vscode-pylance",
        *((_MYPY,) if mypy else ()),
        *((_RUFF,) if ruff else ()),
        *((_BLACK,) if black else ()),
    )
    wanted = [Setting(("recommendations",), extensions, Owned.ENTRIES)]
    if ruff:
        unwanted = tuple(extension for tool, extension in _OTHERS.items() if tool not in workspace.used)
        wanted.append(Setting(("unwantedRecommendations",), unwanted, Owned.DEFAULT))
    return (
        JsonFile(".vscode/settings.json", (*settings, *tests), DEAD),
        JsonFile(".vscode/extensions.json", tuple(wanted)),
        *_env_file(workspace),
    )


def _tests(workspace: Workspace) -> list[Setting]:
    """Settings of the testing panel. It runs tests without the source roots, unless a file of variables has them.

    A repository with a `.env` goes on with it: it may have more in it. Then pytest, 7 or newer, is told.
    """
    settings = []
    arguments = workspace.pytest_args
    if _env_file(workspace):
        settings.append(Setting(("python.envFile",), _here(_env_path(workspace)), Owned.DEFAULT))
    elif workspace.source_roots:
        arguments = ("-o", f"pythonpath={' '.join(workspace.source_roots)}", *arguments)
    if workspace.pytest_args:
        settings += [
            Setting(("python.testing.pytestEnabled",), True, Owned.DEFAULT, unless=_UNITTEST),
            Setting(("python.testing.pytestArgs",), arguments, Owned.DEFAULT, unless=_UNITTEST),
        ]
    return settings


def _env_file(workspace: Workspace) -> tuple[OwnFile, ...]:
    """PYTHONPATH for tests and programs that the editor starts. Not `.env`: launchers of Pants read that, too."""
    if _DOTENV in workspace.present or not workspace.source_roots:
        return ()
    return (OwnFile(_env_path(workspace), f"PYTHONPATH={':'.join(workspace.search_path)}\n"),)


def _env_path(workspace: Workspace) -> str:
    return f"{workspace.dist}/ide-config/vscode.env"


def _in_python(*pairs: tuple[str, str | bool]) -> list[Setting]:
    return [Setting(("[python]", key), value, Owned.DEFAULT) for key, value in pairs]


def _here(path: str) -> str:
    return "${workspaceFolder}/" + path


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, VSCode)]
