"""Paths into exports in files of the user: each that is stale is corrected, or named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.ide_config.facts import Export, ExportPaths
from devflow.ide_config.stale_paths import StalePath, correct, tokens

VENVS = "dist/export/python/virtualenvs"
EXPORTS = {"app": Export("app", f"{VENVS}/app/3.11.7"), "jobs": Export("jobs", f"{VENVS}/jobs/3.10.13")}
PATHS = ExportPaths(
    "/repo", "dist/export/", EXPORTS, {"app": "python3.11"}, frozenset({f"{VENVS}/gone/3.9.1/bin/python"})
)


def environments(path: str) -> str:
    return json.dumps({"executionEnvironments": [{"root": "src"}, {"root": "jobs", "extraPaths": ["jobs", path]}]})


@pytest.mark.parametrize(
    ("have", "want"),
    [
        (f"{VENVS}/jobs/3.10.0b1/lib/python3.10/site-packages", f"{VENVS}/jobs/3.10.13/lib/python3.10/site-packages"),
        (f"./{VENVS}/app/3.10.1/lib/python3.10/site-packages", f"./{VENVS}/app/3.11.7/lib/python3.11/site-packages"),
        (
            f"${{workspaceFolder}}/{VENVS}/app/3.10.1/bin/python3.10",
            f"${{workspaceFolder}}/{VENVS}/app/3.11.7/bin/python3.11",
        ),
        (f"${{workspaceFolder:one}}/{VENVS}/app/3.9.1", f"${{workspaceFolder:one}}/{VENVS}/app/3.11.7"),
        (f"/repo/{VENVS}/app/3.11.6/bin/mypy", f"/repo/{VENVS}/app/3.11.7/bin/mypy"),
        (f"src:{VENVS}/app/3.11.6:{VENVS}/jobs/3.10.1", f"src:{VENVS}/app/3.11.7:{VENVS}/jobs/3.10.13"),
    ],
)
def test_what_is_certain_is_corrected(have: str, want: str) -> None:
    result = correct(environments(have), "pyrightconfig.json", PATHS)
    assert (result.text, result.stale) == (environments(want), ())
    [change] = result.corrected
    assert (change.key, change.have, change.want) == (
        "executionEnvironments[1].extraPaths[1]",
        json.dumps(have),
        json.dumps(want),
    )
    assert correct(result.text, "pyrightconfig.json", PATHS).corrected == ()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (f"{VENVS}/jobs/3.9.1/lib/python3.9/site-packages", "the export of jobs is of 3.10.13, and is not made yet"),
        (f"{VENVS}/gone/3.9.1/bin/python", "no such export exists"),
    ],
)
def test_what_is_not_certain_is_named(path: str, why: str) -> None:
    text = environments(path)
    result = correct(text, "pyrightconfig.json", PATHS)
    assert (result.text, result.corrected) == (text, ())
    assert result.stale == (StalePath("executionEnvironments[1].extraPaths[1]", path, why),)


@pytest.mark.parametrize(
    "path",
    [
        f"/other/{VENVS}/app/3.9.1",
        f"../{VENVS}/app/3.9.1",
        f"sub/{VENVS}/app/3.9.1",
        f"my{VENVS}/app/3.9.1",
        f"{VENVS}/app",
        f"{VENVS}/app/3.11.7/lib/python3.11",
        "dist/export/bin/ruff",
        f"{VENVS}/other/3.9.1",
    ],
)
def test_what_is_right_or_elsewhere_is_left_alone(path: str) -> None:
    text = environments(path)
    assert correct(text, "pyrightconfig.json", PATHS) == correct(text, "pyrightconfig.json", PATHS).__class__(text)


@pytest.mark.parametrize(
    ("file", "line", "key"),
    [
        ("launch.json", '{"configurations": [{"python": "%s"}]} // %s', "configurations[0].python"),
        (
            "one.code-workspace",
            '{"settings": {"python.defaultInterpreterPath": "%s"}} /* %s */',
            "settings.python.defaultInterpreterPath",
        ),
        ("pyproject.toml", '[tool.mypy]\npython_executable = "%s" # %s', "tool.mypy.python_executable"),
        ("pyproject.toml", '[tool.x]\na = {b = "%s"} # %s', "tool.x.a"),
        ("mypy.ini", "[mypy]\npython_executable = %s\n# %s", "python_executable"),
        (".vimrc", "let g:ale_python_flake8_executable = '%s'\n\" %s", "g:ale_python_flake8_executable"),
        (".nvim.lua", "vim.g.python3_host_prog = '%s'\n-- %s", "vim.g.python3_host_prog"),
        (".dir-locals.el", '((nil . ((x . "%s"))))\n;; %s', "line 1"),
        ("broken.json", '{"python": "%s"\n// %s', "line 1"),
    ],
)
def test_in_each_language_and_never_in_a_comment(file: str, line: str, key: str) -> None:
    old, new = (f"{VENVS}/app/{version}/bin/python" for version in ("3.11.2", "3.11.7"))
    result = correct(line % (old, old), file, PATHS)
    assert result.text == line % (new, old)
    assert [one.key for one in result.corrected] == [key]


@given(st.text(alphabet="ab/.\"'{}[]:, \n#=" + "1", max_size=60), st.sampled_from(["a.json", "a.toml", "a.vim"]))
def test_any_other_text_stays(text: str, file: str) -> None:
    assert correct(text, file, PATHS).text == text


def test_every_path_into_exports_is_found() -> None:
    assert tokens(f'"a": "./{VENVS}/x/1", b=dist/export/bin/y;', PATHS) == {f"{VENVS}/x/1", "dist/export/bin/y"}
