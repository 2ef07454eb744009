"""A copy of the example repository that uses the plugin as it is here."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from harness.world import LEAN_PYTHON, PLUGINS, TESTS, Caches, Repository

EXAMPLE = Path.cwd() / "examples" / "monorepo"
MAIN_LOCKFILE = "3rdparty/python-default.lock"
_ALEMBIC = {"alembic", "greenlet", "mako", "markupsafe", "sqlalchemy", "typing-extensions"}
_PLUGINS_SETTING = "%(buildroot)s/../../pants-plugins"
_PYTHON = '"pants.backend.python"'
_MADE_BY_RUNS = (".pants.d", ".pids", "dist", ".*_cache", "__pycache__", ".vscode", ".vim")


def copy_of_example(root: Path, caches: Caches, *, lean: bool = False) -> Repository:
    """Not committed anywhere; whoever asks for it stops it. `lean`: with `LEAN_PYTHON` in place of Python's backend.

    Of its main lockfile it has the part that alembic needs: to install all of it takes minutes, which the repository's
    own resolve `monorepo` does.
    """
    shutil.copytree(EXAMPLE, root, symlinks=True, ignore=shutil.ignore_patterns(*_MADE_BY_RUNS))
    links = {version: "../../../VERSION" for version in root.glob("src/acme/*/VERSION")}
    links[root / "docker-compose.halfstack-main.yml"] = "docker-compose.halfstack-2403.yml"
    for link, target in links.items():
        # A sandbox of Pants has copies in place of links.
        if not link.is_symlink():
            link.unlink()
            link.symlink_to(target)
    repo = Repository(root, caches)
    configuration = (root / "pants.toml").read_text()
    assert configuration.count(_PLUGINS_SETTING) == configuration.count(_PYTHON) == 1
    plugins, python = (f'{PLUGINS}", "{TESTS}', LEAN_PYTHON) if lean else (PLUGINS, "pants.backend.python")
    repo.write("pants.toml", configuration.replace(_PLUGINS_SETTING, str(plugins)).replace(_PYTHON, f'"{python}"'))
    repo.write(MAIN_LOCKFILE, alembic_lockfile())
    return repo


def alembic_lockfile() -> str:
    """The part of the example's main lockfile that alembic needs."""
    entries = re.split(r"\n(?=\S)", (EXAMPLE / MAIN_LOCKFILE).read_text())
    kept = [entry for entry in entries if entry.partition("==")[0].partition("[")[0] in _ALEMBIC]
    assert len(kept) == len(_ALEMBIC)
    return "\n".join(kept) + "\n"
