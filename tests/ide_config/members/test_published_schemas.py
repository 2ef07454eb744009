"""Our keys against what the makers of extensions and tools publish of theirs, as far as registries have it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import toml

from devflow.ide_config.documents import Document
from devflow.ide_config.members import coc, helix, neovim, pyright, ty, vim_ale, vscode, zed
from devflow.ide_config.plan import snippet_of
from harness.editor_tools import ALE, node_modules, site_packages
from ide_config.workspaces import workspace

# What other extensions publish is on no registry: Microsoft's Python and Pylance, coc-pyright's own.
OF_OTHERS = (
    "python.defaultInterpreterPath",
    "python.envFile",
    "python.testing.",
    "python.linting.",
    "python.formatting.",
)
OF_PYLANCE = {"python.analysis.importFormat"}


@pytest.fixture(scope="module")
def extension() -> set[str]:
    """The keys that Pyright's extension for VS Code declares."""
    package = json.loads((node_modules() / "vscode-pyright" / "package.json").read_text())
    return set(package["contributes"]["configuration"]["properties"])


def settings_of(document: Document) -> Any:
    text = snippet_of(document)
    return toml.loads(text) if document.path.endswith(".toml") else json.loads(text)


def keys(settings: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """`a.b` for `{"a": {"b": …}}` and for `{"a.b": …}`."""
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from keys(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def sent_to_pyright() -> dict[str, set[str]]:
    """By editor."""
    space = workspace()
    servers = json.loads(snippet_of(neovim.documents(space)[1]))["servers"]
    [server] = [one for alternatives in servers for one in alternatives if one["name"] == "pyright"]
    found = {
        "vscode": settings_of(vscode.documents(space)[0]),
        "coc": settings_of(coc.documents(space)[0]),
        "zed": settings_of(zed.documents(space)[0])["lsp"]["pyright"]["settings"],
        "helix": settings_of(helix.documents(space)[0])["language-server"]["pyright"]["config"],
        "neovim": server["config"]["settings"],
    }
    return {
        editor: {key for key in keys(settings) if key.startswith("python.") and not key.startswith(OF_OTHERS)}
        for editor, settings in found.items()
    }


@pytest.mark.needs("npm-registry")
@pytest.mark.parametrize(("editor", "sent"), sorted(sent_to_pyright().items()))
def test_pyrights_extension_declares_what_we_set(editor: str, sent: set[str], extension: set[str]) -> None:
    assert {"python.analysis.extraPaths", "python.analysis.stubPath"} <= sent
    assert sent - OF_PYLANCE <= extension


@pytest.mark.needs("npm-registry")
def test_what_is_dead_is_not_declared(extension: set[str]) -> None:
    # This one is dead for Microsoft's extension, and alive for Pyright's own.
    assert {key for key, _ in vscode.DEAD} & extension == {"python.pythonPath"}


@pytest.mark.parametrize("table", [(), ("tool", "pyright")])
def test_pyrights_configuration(table: tuple[str, ...]) -> None:
    declared = properties("pyright")
    present = frozenset({pyright.TABLE}) if table else frozenset()
    [document] = pyright.documents(workspace(present=present))
    settings = settings_of(document)
    for name in table:
        settings = settings[name]
    assert set(settings) == {"venvPath", "venv", "extraPaths", "stubPath"}
    assert set(settings) <= set(declared)
    assert "pythonPath" not in declared, "which only language servers take"


def test_the_configuration_of_ty() -> None:
    [document] = ty.documents(workspace())
    settings = settings_of(document)
    assert list(settings) == ["environment"]
    declared = properties("ty", "EnvironmentOptions")
    assert set(settings["environment"]) <= set(declared)
    assert "environment" in properties("ty")
    assert "extraPaths" not in declared


def properties(tool: str, definition: str = "") -> Mapping[str, Any]:
    """Of a tool's table in `pyproject.toml`, or of a table below it, by the schemas of `validate-pyproject`."""
    schemas = site_packages() / "validate_pyproject_schema_store" / "resources"
    schema = json.loads((schemas / f"{tool}.schema.json").read_text())
    found: Mapping[str, Any] = (schema["definitions"][definition] if definition else schema)["properties"]
    return found


@pytest.mark.needs("vim-ale")
def test_ale_documents_what_we_set() -> None:
    documented = set(re.findall(r"\*g:(ale_\w+)\*", "".join(file.read_text() for file in ALE.glob("doc/*.txt"))))
    ours = set(re.findall(r"\bg:(ale_\w+) =", snippet_of(vim_ale.documents(workspace())[0])))
    assert "ale_python_ruff_use_global" in ours
    # ALE 4.0 has them.
    assert ours - documented == {"ale_python_ruff_format_executable", "ale_python_ruff_format_use_global"}
