from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
import toml

from devflow.ide_config.documents import BlockFile, Document, JsonFile, TomlFile
from devflow.ide_config.edit import edit
from devflow.ide_config.facts import Export, Tool, Workspace
from devflow.ide_config.members import coc, emacs, helix, neovim, pyright, ty, vim_ale, vscode, zed
from devflow.ide_config.plan import snippet_of
from ide_config.workspaces import VENVS, workspace

EDITORS: dict[str, Callable[[Workspace], tuple[Document, ...]]] = {
    module.__name__.rpartition(".")[2]: module.documents
    for module in (coc, emacs, helix, neovim, pyright, ty, vim_ale, vscode, zed)
}
MAIN = Export("main", f"{VENVS}/main/3.11.7")
BLACK = workspace(
    formatter="black",
    used=frozenset({"black", "flake8"}),
    tools=tuple(Tool(name, MAIN.file(name), MAIN) for name in ("black", "mypy", "ruff")),
)
WORKSPACES = {
    "everything": workspace(),
    "Black": BLACK,
    "no formatter": workspace(formatter=None),
    "nothing": workspace(source_roots=(), stubs=None, tools=(), pytest_args=()),
    "the build root": workspace(source_roots=(".",)),
    "a binary": workspace(tools=(Tool("ruff", "dist/export/bin/ruff"),)),
}


@pytest.mark.parametrize("kind", WORKSPACES)
@pytest.mark.parametrize("editor", EDITORS)
def test_each_editors_files_parse_and_stay(editor: str, kind: str) -> None:
    for document in EDITORS[editor](WORKSPACES[kind]):
        text = snippet_of(document)
        assert edit(text, document).text == text
        assert edit(text, document).changes == ()
        if isinstance(document, JsonFile) or document.path.endswith(".json"):
            json.loads(text)
        elif isinstance(document, TomlFile) or document.path.endswith(".toml"):
            toml.loads(text)
        elif document.path.endswith(".el"):
            # No string here has a bracket in it.
            assert text.count("(") == text.count(")")


@pytest.mark.parametrize("editor", EDITORS)
def test_another_version_changes_paths_and_nothing_else(editor: str) -> None:
    old = {document.path: snippet_of(document) for document in EDITORS[editor](workspace("3.12.4"))}
    for document in EDITORS[editor](workspace("3.12.6")):
        edited = edit(old[document.path], document)
        assert edited.text == old[document.path].replace("3.12.4", "3.12.6")
        assert bool(edited.changes) == ("3.12.4" in old[document.path])
        assert all("3.12.4" in str(change.have) and "3.12.6" in str(change.want) for change in edited.changes)


@pytest.mark.parametrize(
    ("editor", "named"),
    [
        ("emacs", {":pythonPath"}),
        ("helix", {"pythonPath", "command"}),
        ("neovim", {"pythonPath", "cmd"}),
        ("ty", {"environment.python"}),
    ],
)
def test_a_change_has_the_key_of_its_line(editor: str, named: set[str]) -> None:
    old, new = (EDITORS[editor](workspace(version)) for version in ("3.12.4", "3.12.6"))
    changes = [change for one, other in zip(old, new) for change in edit(snippet_of(one), other).changes]
    assert {change.key for change in changes} == named
    assert all(change.want == str(change.have).replace("3.12.4", "3.12.6") for change in changes)


def test_a_comma_is_no_change_where_there_are_others() -> None:
    old, new = (
        neovim.documents(workspace(tools=(Tool("ruff", "dist/export/bin/ruff", version=version),)))[1]
        for version in ("0.4.10", "0.14.2")
    )
    [change] = edit(snippet_of(old), new).changes
    assert (change.key, change.have, change.want) == ("cmd", '"--preview"', None)
    text = snippet_of(new)
    for other in (text.replace("  ", " "), text.replace("\n", "\r\n")):
        assert edit(other, new).changes, "what is written is named"


@pytest.mark.parametrize("editor", EDITORS)
def test_each_path_is_that_of_an_export(editor: str) -> None:
    text = "".join(snippet_of(document) for document in EDITORS[editor](workspace()))
    assert VENVS in text
    for path in re.findall(rf"{VENVS}/([^\"' )]*)", text):
        assert re.fullmatch(r"(main|mypy|ruff)(/3\.11\.7(/bin/(python|mypy|ruff))?)?", path), path


def test_no_editor_writes_a_dead_key() -> None:
    dead = {key for key, _ in (*vscode.DEAD, *coc.DEAD)}
    documents = [*vscode.documents(workspace()), *coc.documents(workspace())]
    written = {setting.path[0] for one in documents if isinstance(one, JsonFile) for setting in one.settings}
    # Of one extension, that of coc, these are alive.
    assert written & dead == {"python.linting.mypyEnabled", "python.linting.mypyPath", "python.pythonPath"}


def test_the_stub_that_neovim_trusts_is_the_same_everywhere() -> None:
    one, other = (
        neovim.documents(workspace(version, build_root=root))[0]
        for version, root in (("3.11.7", "/Users/me"), ("3.12.1", "/Users/you"))
    )
    assert one == other
    assert isinstance(one, BlockFile)


@pytest.mark.parametrize(
    ("version", "arguments"),
    [
        ("", ("server",)),
        ("0.14.2", ("server",)),
        ("0.5.3", ("server",)),
        ("0.4.10", ("server", "--preview")),
        ("0.4.4", ()),
    ],
)
def test_the_server_of_ruff_is_started_as_its_version_has_it(version: str, arguments: tuple[str, ...]) -> None:
    space = workspace(tools=(Tool("ruff", "dist/export/bin/ruff", version=version),))
    assert space.ruff_server == arguments
    [settings] = zed.documents(space)
    assert ('"ruff"' in snippet_of(settings)) == bool(arguments)
    [coc_settings] = coc.documents(space)
    assert json.loads(snippet_of(coc_settings))["ruff.enable"] == (arguments == ("server",))


@pytest.mark.parametrize(
    ("present", "pyrights", "tys"),
    [
        (set(), "pyrightconfig.json", "ty.toml"),
        ({pyright.TABLE, ty.TABLE}, "pyproject.toml", "pyproject.toml"),
        ({pyright.TABLE, pyright.FILE, ty.TABLE, ty.FILE}, "pyrightconfig.json", "ty.toml"),
    ],
)
def test_a_file_is_not_put_beside_a_table_that_it_would_put_out_of_force(
    present: set[str], pyrights: str, tys: str
) -> None:
    space = workspace(present=frozenset(present))
    assert [one.path for one in (*pyright.documents(space), *ty.documents(space))] == [pyrights, tys]


def test_black_formats_and_ruff_lints() -> None:
    black = MAIN.file("black")
    settings, extensions = (json.loads(snippet_of(document)) for document in vscode.documents(BLACK)[:2])
    assert settings["[python]"] == {
        "editor.codeActionsOnSave": {"source.fixAll": "explicit"},
        "editor.defaultFormatter": "ms-python.black-formatter",
        "editor.formatOnSave": True,
    }
    assert settings["black-formatter.path"] == [f"${{workspaceFolder}}/{black}"]
    assert "ms-python.black-formatter" in extensions["recommendations"]
    # `pants lint` runs flake8, too.
    assert extensions["unwantedRecommendations"] == ["ms-python.isort", "ms-python.pylint"]
    [block] = vim_ale.documents(BLACK)
    text = snippet_of(block)
    assert "let s:fixers = ['ruff', 'black']\n" in text
    assert f"let g:ale_python_black_executable = s:root . '/{black}'\n" in text
    [coc_file] = coc.documents(BLACK)
    assert json.loads(snippet_of(coc_file))["ruff.disableDocumentFormatting"] is True
    assert json.loads(snippet_of(coc_file))["python.formatting.blackPath"] == BLACK.absolute(black)
    [helix_file] = helix.documents(BLACK)
    [python] = toml.loads(snippet_of(helix_file))["language"]
    assert python["formatter"] == {"command": BLACK.absolute(black), "args": ["--quiet", "-"]}


@pytest.mark.parametrize("kind", ["Black", "no formatter"])
def test_ruff_does_not_format_where_pants_formats_otherwise(kind: str) -> None:
    space = WORKSPACES[kind]
    texts = [snippet_of(document) for module in (coc, vim_ale, vscode, zed) for document in module.documents(space)]
    assert not [text for text in texts if '"editor.defaultFormatter": "charliermarsh.ruff"' in text]
    assert not [text for text in texts if "'ruff_format'" in text or '"python.formatting.provider": "ruff"' in text]
    [zed_file] = zed.documents(space)
    assert json.loads(snippet_of(zed_file))["languages"]["Python"]["format_on_save"] == "off"


def test_the_testing_panel_finds_the_code() -> None:
    space = workspace()
    settings, _, variables = vscode.documents(space)
    written = json.loads(snippet_of(settings))
    assert written["python.envFile"] == f"${{workspaceFolder}}/{variables.path}"
    roots = ":".join(f"/Users/me/it's é/{root}" for root in ("plugins/one", "src", "tests"))
    assert snippet_of(variables) == f"PYTHONPATH={roots}\n"
    assert written["python.testing.pytestArgs"] == ["-x", "tests"]


def test_a_teams_own_variables_stay_in_force() -> None:
    settings, *others = vscode.documents(workspace(present=frozenset({".env"})))
    written = json.loads(snippet_of(settings))
    assert "python.envFile" not in written
    assert written["python.testing.pytestArgs"] == ["-o", "pythonpath=plugins/one src tests", "-x", "tests"]
    assert len(others) == 1


def test_a_team_stays_on_unittest() -> None:
    before = '{\n  "python.testing.unittestEnabled": true\n}\n'
    written = json.loads(edit(before, vscode.documents(workspace())[0]).text)
    assert [key for key in written if key.startswith("python.testing.")] == ["python.testing.unittestEnabled"]
    assert "python.envFile" in written
    off = before.replace("true", "false")
    assert json.loads(edit(off, vscode.documents(workspace())[0]).text)["python.testing.pytestEnabled"] is True


def test_mypy_of_ale_finds_what_pants_check_finds() -> None:
    [block] = vim_ale.documents(workspace())
    roots = ", ".join(f"s:root . '/{root}'" for root in ("stubs", "plugins/one", "src", "tests"))
    assert f"let $MYPYPATH = join([{roots}], ':')\n" in snippet_of(block)


@pytest.mark.parametrize(
    ("present", "tables"),
    [
        ({pyright.BASED_TABLE}, ["basedpyright"]),
        ({pyright.TABLE, pyright.BASED_TABLE}, ["pyright", "basedpyright"]),
        ({pyright.FILE, pyright.BASED_TABLE}, []),
    ],
)
def test_the_table_of_basedpyright(present: set[str], tables: list[str]) -> None:
    documents = pyright.documents(workspace(present=frozenset(present)))
    assert [list(toml.loads(snippet_of(one))["tool"]) for one in documents if isinstance(one, TomlFile)] == [
        [table] for table in tables
    ]
    assert [one.path for one in documents] == (["pyproject.toml"] * len(tables) or ["pyrightconfig.json"])


def test_quotes_in_paths() -> None:
    space = workspace(source_roots=("it's",))
    assert "s:root . '/it''s'" in snippet_of(vim_ale.documents(space)[0])
