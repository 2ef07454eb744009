from __future__ import annotations

import json

import pytest

from devflow.common.errors import UserError
from devflow.release.towncrier.config import config_of, config_path, config_paths, has_table

ANSWER = {
    "directories": ["changes", "changes/web/"],
    "template": "changes/template.md",
    "package": None,
    "name": None,
    "types": ["feature", "fix"],
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
    with pytest.raises(UserError, match="There is no a/b.toml in the commit"):
        config_path("a/b.toml", {"pyproject.toml": b""})


def test_whether_there_are_settings() -> None:
    # A mixed array, which the parser that Pants 2.17 has does not take.
    assert has_table("pyproject.toml", '[tool.other]\nmixed = [1, "a", {b = 2}]\n[tool.towncrier]\n')
    assert not has_table("pyproject.toml", "[project]\nname = 'x'\n")
    with pytest.raises(UserError, match="^pyproject.toml cannot be read as TOML: "):
        has_table("pyproject.toml", "[tool.towncrier]\nname = \n")
