"""What a checkout says of itself: each layout and each build tool, and no code of it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from devflow.plugin_checkouts.facts import PluginProject
from devflow.plugin_checkouts.inspect import inspect_project

NAMED = '[project]\nname = "p"\n'
POETRY = """\
[tool.poetry]
name = "p"
version = "1.2"
packages = [{ include = "p", from = "lib" }]
[tool.poetry.dependencies]
python = "^3.9"
one = ">=1,<2"
two = { version = "^2.0" }
left_out = { version = "^2.0", optional = true }
three = "*"
four = "==4.*"
five = "~5"
six = "6"
[tool.poetry.plugins."kiln.notifier"]
mail = "p.mail:Mail"
[tool.poetry.scripts]
mailer = "p.cli:main"
"""
SETUP_CFG = """\
[metadata]
name = p
version = file: VERSION
[options]
package_dir =
    = python
install_requires =
    one>=1
    # not this
    two; sys_platform == "win32"
[options.entry_points]
kiln.notifier =
    mail = p.mail:Mail
console_scripts = mailer = p.cli:main
"""


def project(top: Path, *files: str, **texts: str) -> PluginProject:
    """Of a checkout with empty files, and with `pyproject`, `setup_cfg`, … of these texts."""
    checkout = top / "checkout"
    checkout.mkdir()
    for path in files:
        (checkout / path).parent.mkdir(parents=True, exist_ok=True)
        (checkout / path).touch()
    names = {"pyproject": "pyproject.toml", "setup_cfg": "setup.cfg", "setup_py": "setup.py", "version": "VERSION"}
    for name, text in texts.items():
        (checkout / names[name]).write_text(text)
    return inspect_project(str(top), "checkout")


@pytest.mark.parametrize(
    ("files", "pyproject", "root", "modules"),
    [
        (["p/__init__.py", "one.py", "setup.py", "conftest.py", "docs/x.py"], NAMED, ".", ("one", "p")),
        (["src/p/__init__.py", "tests/__init__.py"], NAMED, "src", ("p",)),
        (["src/other.txt", "p/__init__.py"], NAMED, ".", ("p",)),
        (["lib/p/__init__.py"], NAMED + "[tool.setuptools.packages.find]\nwhere = ['lib']\n", "lib", ("p",)),
        (["lib/p/__init__.py"], NAMED + "[tool.setuptools.package-dir]\n'' = 'lib'\n", "lib", ("p",)),
        (["src/p/__init__.py"], NAMED + "[tool.setuptools.packages.find]\nwhere = ['.']\n", ".", ()),
        (["lib/p/__init__.py"], NAMED + "[tool.hatch.build.targets.wheel]\nsources = ['lib']\n", "lib", ("p",)),
        (["lib/p/__init__.py"], NAMED + "[tool.hatch.build.targets.wheel]\npackages = ['lib/p']\n", "lib", ("p",)),
        (["p/__init__.py"], NAMED + "[tool.hatch.build.targets.wheel]\npackages = ['p']\n", ".", ("p",)),
        (["lib/p/__init__.py"], NAMED + "[tool.pdm.build]\npackage-dir = 'lib'\n", "lib", ("p",)),
        (["src/p/__init__.py"], NAMED + "[tool.uv.build-backend]\nmodule-root = 'src'\n", "src", ("p",)),
        # Nothing leads out of the checkout.
        (["p/__init__.py"], NAMED + "[tool.pdm.build]\npackage-dir = '../..'\n", ".", ("p",)),
        (["p/__init__.py"], NAMED + "[tool.setuptools.packages.find]\nwhere = '/etc'\n", ".", ("p",)),
    ],
)
def test_source_roots(tmp_path: Path, files: list[str], pyproject: str, root: str, modules: tuple[str, ...]) -> None:
    found = project(tmp_path, *files, pyproject=pyproject)
    assert (found.root, found.modules, found.name) == (root, modules, "p")


def test_pep_621(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        pyproject='[project]\nname = "p"\nversion = "1"\ndependencies = ["one>=1"]\nscripts.mailer = "p:main"\n'
        'gui-scripts.window = "p:show"\n[project.entry-points]\n"kiln.notifier" = { mail = "p.mail:Mail" }\n',
    )
    assert (found.version, found.requires, found.source) == ("1", ("one>=1",), "pyproject.toml")
    assert found.entry_points == {
        "kiln.notifier": {"mail": "p.mail:Mail"},
        "console_scripts": {"mailer": "p:main"},
        "gui_scripts": {"window": "p:show"},
    }
    assert found.where("kiln.notifier", "mail") == "pyproject.toml:8"
    assert found.where("kiln.notifier", "other") == "pyproject.toml"


def test_poetry(tmp_path: Path) -> None:
    found = project(tmp_path, "lib/p/__init__.py", pyproject=POETRY)
    assert (found.root, found.version, found.modules) == ("lib", "1.2", ("p",))
    assert found.requires == ("one>=1,<2", "two", "three", "four==4.*", "five", "six")
    assert found.entry_points == {"kiln.notifier": {"mail": "p.mail:Mail"}, "console_scripts": {"mailer": "p.cli:main"}}
    assert found.where("kiln.notifier", "mail") == "pyproject.toml:15"


def test_setup_cfg(tmp_path: Path) -> None:
    found = project(tmp_path, "python/p/__init__.py", setup_cfg=SETUP_CFG, version="2.0\n")
    assert (found.root, found.name, found.version, found.source) == ("python", "p", "2.0", "setup.cfg")
    assert found.requires == ("one>=1", 'two; sys_platform == "win32"')
    assert found.entry_points == {"kiln.notifier": {"mail": "p.mail:Mail"}, "console_scripts": {"mailer": "p.cli:main"}}
    assert found.where("kiln.notifier", "mail") == "setup.cfg:13"


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.0", "1.0"), ("attr: p.VERSION", "0+unknown"), ("file: none", "0+unknown"), ("file: ../VERSION", "0+unknown")],
)
def test_versions_of_a_setup_cfg(tmp_path: Path, version: str, expected: str) -> None:
    (tmp_path / "VERSION").write_text("not of the checkout")
    assert project(tmp_path, "p.py", setup_cfg=f"[metadata]\nname = p\nversion = {version}\n").version == expected


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({"pyproject": "[project\n"}, "pyproject.toml cannot be read as TOML: "),
        ({"setup_cfg": "[metadata]\nname = p\nname = q\n"}, "[line 3]: option 'name' in section 'metadata' already"),
        ({"setup_cfg": "name = p\n"}, "line: 1"),
        ({"setup_py": "raise SystemExit"}, "its setup.py is not statically readable"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, texts: dict[str, str], problem: str) -> None:
    found = project(tmp_path, "src/p/__init__.py", **texts)
    assert problem in (found.problem or "")
    assert (found.name, found.root, found.modules) == (None, "src", ("p",))
    assert found.entry_points == {}


def test_a_directory_without_a_project(tmp_path: Path) -> None:
    assert project(tmp_path, "README") == PluginProject()
