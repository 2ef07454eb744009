"""The real Pants, from the real package index: a first run, its daemon, and the pex tool that it was handed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from launcher.harness import Launcher, copy_launcher, make_repository

CONFIG = """\
[GLOBAL]
pants_version = "2.17.1"
backend_packages = ["pants.backend.python"]

[anonymous-telemetry]
enabled = false

[python]
interpreter_constraints = ["==3.9.*"]
enable_resolves = true
resolves_generate_lockfiles = false

[python.resolves]
python-default = "default.lock"
"""

# How this machine reaches a package index is its own affair.
PASSED_ON = ("PATH", "LANG", "PYENV_ROOT", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@contextlib.contextmanager
def daemon_ended(repository: Path) -> Iterator[None]:
    try:
        yield
    finally:
        for file in repository.glob(".pids/*/pantsd/pid"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(file.read_text()), signal.SIGTERM)


def locked_six() -> str:
    """The entry for `six` in the launcher's own lockfile: a requirement that is small and pinned already."""
    [lockfile] = sorted(Path("build-support/launcher").glob("pants-2.17.1.lock"))
    entry = lockfile.read_text().partition("\nsix==")[2].partition("    # via")[0]
    return "six==" + entry


def test_real_pants(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository", CONFIG)
    (repository / "default.lock").write_text(locked_six())
    environ = {k: v for k, v in os.environ.items() if k in PASSED_ON or k.startswith("PIP_")}
    home = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    python = {"PANTS_PYTHON": os.path.realpath(sys.executable)}
    launcher = Launcher(
        copy_launcher(tmp_path / "launcher"),
        repository,
        tmp_path / "cache/devflow/pants",
        {**environ, **home, **python},
    )
    with daemon_ended(repository):
        first = launcher.run("--version")
        assert (first.returncode, first.stdout) == (0, "2.17.1\n"), first.stderr
        # Now there is a daemon, which the native client finds.
        again = launcher.run("--version")
        assert (again.returncode, again.stdout, again.stderr) == (0, "2.17.1\n", "")
        assert launcher.run("no-such-goal").returncode == 1
        exported = launcher.run("export", "--resolve=python-default")
        assert exported.returncode == 0, exported.stderr
        assert list(
            (repository / "dist/export/python/virtualenvs/python-default").glob(
                "3.9.*/lib/python3.9/site-packages/six.py"
            )
        )
        [entry] = launcher.entries()
        with zipfile.ZipFile(entry / "pex") as tool:
            assert json.loads(tool.read("PEX-INFO"))["strip_pex_env"] is False, "or its builds would use ~/.pex"
        without = launcher.run("--no-pantsd", "--version")
        assert (without.returncode, without.stdout) == (0, "2.17.1\n")
