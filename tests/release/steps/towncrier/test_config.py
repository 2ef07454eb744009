from __future__ import annotations

import json

import pytest

from devflow.common.errors import UserError
from devflow.release.steps.towncrier.config import config_of, config_path, config_paths, has_table
from devflow.release.steps.towncrier.package_name import name_in_version

ANSWER = {
    "directories": ["changes", "changes/web/"],
    "template": "changes/template.md",
    "package": None,
    "name": None,
    "package_dir": "",
    "types": ["feature", "fix"],
    "categories": ["Features", "Fixes"],
    "ignore": ["NOTES.md"],
    "written": "docs/../CHANGELOG.md",
    "start_string": "<!-- here -->\n",
    "title": "1.1.0 (2026-01-02)",
    "single_file": True,
}


def printed(**other: object) -> str:
    """What `run_towncrier.py` prints, after towncrier's own lines."""
    return "Loading template...\n\n" + json.dumps({**ANSWER, **other}) + "\n"


def test_an_answer() -> None:
    config = config_of("pyproject.toml", printed())
    assert config.directories == ("changes", "changes/web")
    assert config.written == "CHANGELOG.md"
    assert config.types == ("feature", "fix")
    assert config.title == "1.1.0 (2026-01-02)"


@pytest.mark.parametrize(
    "other", [{"directories": [each]} for each in (".", "..", "../news", "/news")] + [{"written": "../NEWS.rst"}]
)
def test_files_outside_of_the_build_root(other: dict[str, object]) -> None:
    with pytest.raises(UserError, match="cannot be released from here"):
        config_of("towncrier.toml", printed(**other))


def test_which_file_has_the_settings() -> None:
    assert config_paths(None) == ("towncrier.toml", "pyproject.toml")
    assert config_paths("./a/towncrier.toml") == ("a/towncrier.toml",)
    assert config_path(None, {"pyproject.toml": b"", "towncrier.toml": b""}) == "towncrier.toml"
    assert config_path("./a/b.toml", {"a/b.toml": b""}) == "a/b.toml"
    with pytest.raises(UserError, match="neither a towncrier.toml nor a pyproject.toml"):
        config_path(None, {})
    with pytest.raises(UserError, match="There is no a/b.toml, or Pants ignores it"):
        config_path("a/b.toml", {"pyproject.toml": b""})


def test_whether_there_are_settings() -> None:
    # A mixed array, which the parser that Pants 2.17 has does not take.
    assert has_table("pyproject.toml", '[tool.other]\nmixed = [1, "a", {b = 2}]\n[tool.towncrier]\n')
    assert not has_table("pyproject.toml", "[project]\nname = 'x'\n")
    with pytest.raises(UserError, match="^pyproject.toml cannot be read as TOML: "):
        has_table("pyproject.toml", "[tool.towncrier]\nname = \n")


def test_where_the_version_of_a_package_is() -> None:
    config = config_of("pyproject.toml", printed(package="some.orbit", package_dir="src", name="Some.Orbit"))
    assert config.package_files == ("src/some/orbit/__init__.py", "src/some/orbit/_version.py")
    assert config_of("pyproject.toml", printed(package="orbit", package_dir="..", name="Orbit")).package_files == ()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('from incremental import Version\n__version__ = Version("QTrio", 24, 7, 0)\n', "QTrio"),
        ('import incremental\n__version__ = incremental.Version("QTrio", 24, 7, 0)\n', "QTrio"),
        ('__version__ = "24.7.0"\n', None),
        ('other = Version("QTrio", 24, 7, 0)\n', None),
        ("__version__ = Version(NAME, 24, 7, 0)\n", None),
        ("__version__ = Version()\n", None),
        ("print 'Python 2'\n", None),
    ],
)
def test_the_name_in_a_version(source: str, name: str | None) -> None:
    assert name_in_version([b"from ._version import __version__\n", source.encode()]) == name
