"""In repositories that do not enable the Python backend."""

from __future__ import annotations

from pathlib import Path

from harness.world import PLUGINS, Caches, repository

SETTINGS = f"""\
[GLOBAL]
pants_version = "2.17.1"
pythonpath = [{str(PLUGINS)!r}]
[anonymous-telemetry]
enabled = false
"""


def settings(*backends: str) -> str:
    return SETTINGS.replace("pythonpath", f"backend_packages = {list(backends)}\npythonpath")


def test_without_any_language(tmp_path: Path, caches: Caches) -> None:
    with repository(tmp_path / "repository", caches, {"pants.toml": settings("devflow")}) as repo:
        result = repo.export(check=False)
        assert result.stderr == (
            "export-all-resolves: No backend that is enabled declares a resolve: pants.backend.python is not among "
            'them.\n  Fix: put backend_packages.add = ["pants.backend.python"] into [GLOBAL] of pants.toml\n'
        )
        assert (result.stdout, result.exit_code) == ("", 1)
        assert repo.run("list", "::").exit_code == 0, "the other goals work"


def test_with_a_language_whose_resolves_nobody_exports(tmp_path: Path, caches: Caches) -> None:
    java = settings("devflow.export_all_resolves", "pants.backend.experimental.java")
    files = {"pants.toml": f"{java}[jvm.resolves]\njvm-default = 'jvm.lock'\n"}
    with repository(tmp_path / "repository", caches, files) as repo:
        assert repo.export("--list").stdout == "jvm-default\n"
        result = repo.export()
        assert result.stdout == "jvm-default: not exportable, no active backend exports it\n"
        assert result.exit_code == 0
