"""A workspace as editors see it."""

from __future__ import annotations

from devflow.ide_config.facts import Export, Tool, Workspace

VENVS = "dist/export/python/virtualenvs"


def workspace(version: str = "3.11.7", **changes: object) -> Workspace:
    mypy, ruff = (Export(name, f"{VENVS}/{name}/{version}") for name in ("mypy", "ruff"))
    fields = {
        "build_root": "/Users/me/it's é",
        "dist": "dist",
        "main": Export("main", f"{VENVS}/main/{version}"),
        "source_roots": ("plugins/one", "src", "tests"),
        "stubs": "stubs",
        "test_roots": ("tests",),
        "pytest_args": ("-x", "tests"),
        "tools": (Tool("mypy", mypy.file("mypy"), mypy), Tool("ruff", ruff.file("ruff"), ruff)),
        "formatter": "ruff",
        "present": frozenset(),
        **changes,
    }
    return Workspace(**fields)  # type: ignore[arg-type]
