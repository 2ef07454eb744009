"""What editors see of a repository: decided from facts alone."""

from __future__ import annotations

import pytest

from devflow.common.errors import Problem, UserError
from devflow.ide_config.documents import JsonFile, Setting
from devflow.ide_config.facts import (
    Export,
    ExportPaths,
    InstalledTools,
    PythonRoot,
    SettingsFile,
    Tool,
    WorkspaceFacts,
)
from devflow.ide_config.plan import (
    DesiredDocument,
    code_roots,
    main_export,
    needed_resolves,
    plan_files,
    stub_root,
    workspace_of,
)

CODE = PythonRoot("src", sources=9, stubs=1, tests=0)
STUBS = PythonRoot("stubs", sources=2, stubs=2, tests=0)
TESTS = PythonRoot("a_tests", sources=4, stubs=0, tests=3)
EMPTY = PythonRoot(".", sources=0, stubs=0, tests=0)
MAIN, MYPY = Export("main", "dist/export/v/main/3.9.1"), Export("mypy", "dist/export/v/mypy/3.9.1")


PATHS = ExportPaths("/repo", "dist/export/", {"main": MAIN, "mypy": MYPY}, {})


def facts(**changes: object) -> WorkspaceFacts:
    fields = {
        "build_root": "/repo",
        "dist": "dist",
        "resolves": ("broken", "main", "mypy", "other"),
        "default_resolve": "main",
        "exports": {"main": MAIN, "mypy": MYPY},
        "programs": {},
        "export_errors": {"broken": Problem("No lockfile.", "make it")},
        "resolves_of_tools": {},
        "roots": (EMPTY, TESTS, CODE, STUBS),
        "checkouts": ("plugins/one",),
        "pytest_args": ("-x",),
        "present": frozenset(),
        **changes,
    }
    return WorkspaceFacts(**fields)  # type: ignore[arg-type]


def test_code_comes_before_tests_and_stubs_are_apart() -> None:
    roots = facts().roots
    assert stub_root(roots) == "stubs"
    assert code_roots(roots, ["plugins/one"]) == ("plugins/one", "src", "a_tests")
    two = (*roots, PythonRoot("typings", sources=1, stubs=1, tests=0))
    assert stub_root(two) is None
    assert code_roots(two, []) == ("src", "stubs", "typings", "a_tests")
    assert code_roots([PythonRoot(".", sources=1, stubs=0, tests=0)], []) == (".",)


@pytest.mark.parametrize(
    ("has_pytest", "from_resolve", "args"),
    [(True, "main", ("-x", "a_tests")), (True, "other", ("a_tests",)), (True, None, ("a_tests",)), (False, "main", ())],
)
def test_tests_are_run_only_where_pytest_is_installed(
    has_pytest: bool, from_resolve: str | None, args: tuple[str, ...]
) -> None:
    of_tools = {"pytest": from_resolve} if from_resolve else {}
    workspace = workspace_of(facts(resolves_of_tools=of_tools), MAIN, InstalledTools((), has_pytest))
    assert (workspace.test_roots, workspace.pytest_args, workspace.stubs) == (("a_tests",), args, "stubs")


@pytest.mark.parametrize(
    ("formatters", "expected"),
    [
        ((), "ruff"),
        (("isort", "shfmt"), "ruff"),
        (("black", "isort"), "black"),
        (("black", "ruff"), "ruff"),
        (("yapf",), None),
    ],
)
def test_what_formats_is_what_pants_fmt_runs(formatters: tuple[str, ...], expected: str | None) -> None:
    tools = tuple(Tool(name, f"bin/{name}") for name in ("black", "mypy", "ruff"))
    workspace = workspace_of(facts(formatters=frozenset(formatters)), MAIN, InstalledTools(tools, has_pytest=False))
    assert (workspace.formatter, workspace.formats) == (expected, workspace.tool(expected) if expected else None)
    assert bool(workspace.tool("black")) == (expected == "black"), "a formatter that Pants does not run is not offered"


def test_generated_code_comes_last() -> None:
    workspace = workspace_of(facts(generated=("dist/codegen/src",)), MAIN, InstalledTools((), has_pytest=False))
    assert workspace.source_roots == ("plugins/one", "src", "a_tests", "dist/codegen/src")


def test_the_main_export() -> None:
    assert main_export(None, facts()) == MAIN
    assert main_export("mypy", facts()) == MYPY


@pytest.mark.parametrize(
    ("name", "changes", "what"),
    [
        (None, {"resolves": ()}, "This repository declares no resolve."),
        ("mian", {}, "--main-resolve=mian: no resolve has that name. Did you mean 'main'?"),
        (None, {"default_resolve": "x"}, "[python].default_resolve=x: no resolve has that name."),
        ("broken", {}, "No lockfile."),
        ("other", {}, "No active backend exports resolve other."),
    ],
)
def test_why_there_is_no_main_export(name: str | None, changes: dict[str, object], what: str) -> None:
    with pytest.raises(UserError) as caught:
        main_export(name, facts(**changes))
    assert caught.value.problem.what == what


def test_the_exports_that_the_settings_use() -> None:
    def needs(value: str) -> tuple[str, ...]:
        document = JsonFile("x.json", (Setting(("key",), value),))
        ruff = {"bin:ruff": Tool("ruff", "dist/export/bin/ruff")}
        return needed_resolves([DesiredDocument("vscode", document)], facts(programs=ruff), MAIN)

    assert needs("/repo/dist/export/v/mypy/3.9.1/bin/mypy") == ("main", "mypy")
    assert needs("/repo/dist/export/v/mypy/3.9.10/bin/mypy") == ("main",)
    assert needs("/repo/dist/export/bin/ruff") == ("bin:ruff", "main")


def test_a_blocked_file_is_a_problem_only_if_it_would_be_written() -> None:
    blocker = Problem("x.json is read-only.", "chmod u+w x.json")
    desired = [DesiredDocument("vscode", JsonFile("x.json", (Setting(("key",), "value"),)))]
    [same] = plan_files(desired, {"x.json": SettingsFile('{"key": "value"}', blocker=blocker)}, PATHS)
    assert (same.problem, same.changed) == (None, False)
    [blocked] = plan_files(desired, {"x.json": SettingsFile(None, blocker=blocker)}, PATHS)
    assert (blocked.problem, blocked.changed) == (blocker, False)
    assert blocked.snippet == '{\n  "key": "value"\n}\n'
