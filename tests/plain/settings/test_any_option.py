"""Options of any kind, read as Pants itself reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pants.base.build_root import BuildRoot
from pants.option.options_bootstrapper import OptionsBootstrapper

from devflow.plain.settings.configuration import Configuration


def configuration(root: Path, files: dict[str, str], environment: dict[str, str] | None = None) -> Configuration:
    for name, text in files.items():
        (root / name).write_text(text)
    return Configuration.of(str(root), environment or {})


@pytest.mark.parametrize(
    ("files", "environment", "expected"),
    [
        ({"pants.toml": 'x = ["a"]'}, {}, ["a"]),
        ({"pants.toml": 'x = ["a"]', ".pants.rc": 'x = ["b"]'}, {}, ["b"]),
        ({"pants.toml": 'x = ["a"]', ".pants.rc": 'x.add = ["b"]'}, {}, ["a", "b"]),
        ({"pants.toml": 'x = ["a", "b"]', ".pants.rc": 'x.remove = ["a"]'}, {}, ["b"]),
        ({"pants.toml": 'x = ["a"]', ".pants.rc": "x = \"+['b']\""}, {}, ["a", "b"]),
        ({"pants.toml": 'x = ["a"]'}, {"PANTS_SOME_SCOPE_X": "['b']"}, ["b"]),
        ({"pants.toml": 'x = ["a"]'}, {"PANTS_SOME_SCOPE_X": "+['b']"}, ["a", "b"]),
        ({"pants.toml": 'x = ["a"]'}, {"PANTS_SOME_SCOPE_X": "-['a']"}, []),
        ({"pants.toml": 'x = ["a"]'}, {"PANTS_SOME_SCOPE_X": "b"}, ["a", "b"]),
        ({"pants.toml": 'x = {a = "b"}'}, {"PANTS_SOME_SCOPE_X": "+{'c': 'd'}"}, {"a": "b", "c": "d"}),
        ({"pants.toml": 'x = {a = "b"}'}, {"PANTS_SOME_SCOPE_X": "{'c': 'd'}"}, {"c": "d"}),
        ({"pants.toml": "x = 7"}, {}, 7),
        ({"pants.toml": 'x = "%(env.WHO)s of %(y)s"\ny = "%(buildroot)s"'}, {"WHO": "me"}, "me of {root}"),
        ({}, {}, "default"),
    ],
)
def test_an_option(tmp_path: Path, files: dict[str, str], environment: dict[str, str], expected: Any) -> None:
    config = configuration(tmp_path, {name: f"[some-scope]\n{text}\n" for name, text in files.items()}, environment)
    value = config.value("some-scope", "x", "default")
    assert value == (expected.format(root=tmp_path) if isinstance(expected, str) else expected)


def test_what_sets_an_option(tmp_path: Path) -> None:
    files = {"pants.toml": "[a]\nx = 1\n", ".pants.rc": "[a]\nx = 2\n"}
    assert configuration(tmp_path, files).where("a", "x") == ".pants.rc"
    assert configuration(tmp_path, files, {"PANTS_A_X": "3"}).where("a", "x") == "PANTS_A_X"
    assert configuration(tmp_path, files).where("a", "y") is None


@pytest.mark.parametrize(
    ("text", "version"), [("2.17.1", (2, 17, 1)), ("2.32.0a1", (2, 32)), ("2.33.0.dev1", (2, 33, 0)), ("main", None)]
)
def test_the_version(tmp_path: Path, text: str, version: tuple[int, ...] | None) -> None:
    assert configuration(tmp_path, {"pants.toml": f'[GLOBAL]\npants_version = "{text}"\n'}).pants_version == version


def test_it_agrees_with_pants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a list and a text of the global scope, which Pants reads before it has an engine."""
    text = '[DEFAULT]\nwho = "me"\n[GLOBAL]\npants_ignore.add = ["%(who)s", "x"]\nlevel = "debug"\n'
    config = configuration(tmp_path, {"pants.toml": text}, {"PANTS_IGNORE": "+['y']"})
    monkeypatch.chdir(tmp_path)
    # Until it is set, a build root looks for itself, and a sandbox has none.
    monkeypatch.setattr(BuildRoot(), "_root_dir", str(tmp_path))
    bootstrapper = OptionsBootstrapper.create(env={"PANTS_IGNORE": "+['y']"}, args=["pants"], allow_pantsrc=False)
    options = bootstrapper.bootstrap_options.for_global_scope()
    default = options.pants_ignore[: -len(["me", "x", "y"])]
    assert config.value("GLOBAL", "pants_ignore", default) == list(options.pants_ignore)
