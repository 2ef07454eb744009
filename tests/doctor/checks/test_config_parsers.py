"""Which configuration files Pants refuses: the Pants that runs here says it, and newer ones by their words."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from doctor.broken import Clone
from hypothesis import given
from hypothesis import strategies as st
from pants.base.build_root import BuildRoot
from pants.engine.fs import FileContent
from pants.option.errors import ConfigError
from pants.option.options_bootstrapper import OptionsBootstrapper

from devflow.doctor.checks.config_parsers import Effect, refused
from devflow.plain.settings.configuration import Configuration

try:
    from pants.option.config import Config
except ImportError:
    Config = None  # type: ignore[assignment, misc]

NAMES = ("pants.toml", ".pants.rc")
CHECKS = {"pants.toml": "config", ".pants.rc": "rc-files"}
UP_TO_2_24 = pytest.mark.skipif(
    "toml" not in sys.modules, reason="it is about the parser of Pants up to 2.24, and this Pants is newer"
)
NO_TOML = '[test]\nextra_env_vars = ["A",, "B"]\n'  # which Pants up to 2.21 reads
MIXED = '[test]\nextra_env_vars = ["A", 1]\n'  # which Pants up to 2.24 refuses
BROKEN = "[GLOBAL\n"


def said_by_pants(clone: Clone) -> str:
    """What Pants says as it reads the configuration of a clone; "" if it reads all of it."""
    before = Path.cwd()
    os.chdir(clone.root)
    try:
        with BuildRoot().temporary(str(clone.root)):
            environment = {name: value for name, value in clone.environment.items() if name.startswith("PANTS_")}
            OptionsBootstrapper.create(env=environment, args=["pants"], allow_pantsrc=True)
    except Exception as failure:
        return str(failure)
    finally:
        os.chdir(before)
    return ""


def configured(clone: Clone, name: str, text: str | bytes, version: str = "2.17.1") -> None:
    """Put a text into a configuration file, after that which every clone has."""
    clone.configure("")
    pants_toml = (clone.root / "pants.toml").read_bytes().replace(b"2.17.1", version.encode())
    content = text if isinstance(text, bytes) else text.encode()
    clone.write("repo/pants.toml", pants_toml + (content if name == "pants.toml" else b""))
    if name == ".pants.rc":
        clone.write("repo/.pants.rc", content)


@UP_TO_2_24
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", [BROKEN, MIXED, b"x = '\xff'\n"])
def test_pants_says_what_is_quoted_until_the_file_is_corrected(clone: Clone, name: str, content: str | bytes) -> None:
    configured(clone, name, content)
    [(severity, what, fix)] = clone.found(CHECKS[name])
    assert severity == "error"
    begin, _, words = what.partition(": ")
    assert (begin, fix.endswith(name) or fix == f"make {name} a readable UTF-8 file") == ("Pants does not start", True)
    said, _, why = said_by_pants(clone).replace(f"{clone.root}/", "").partition(":\n  ")
    assert words.startswith(said)
    assert said == f"Config file {name} could not be parsed as TOML"
    if content == MIXED:
        assert why in words
    configured(clone, name, '[test]\nextra_env_vars = ["A", "1"]\n')  # the fix
    assert clone.found("config") == clone.found("rc-files") == []
    assert said_by_pants(clone) == ""


@UP_TO_2_24
@pytest.mark.parametrize("name", NAMES)
def test_what_pants_reads_though_it_is_no_toml_is_a_warning(clone: Clone, name: str) -> None:
    configured(clone, name, NO_TOML)
    assert said_by_pants(clone) == ""
    [(severity, what, fix)] = clone.found(CHECKS[name])
    assert (severity, fix) == ("warning", f"correct {name}")
    assert what.startswith(f"Pants from 2.22 on does not start: Failed to parse config file {name}: ")
    clone.options = {"in_pants": True}
    assert [one[:2] for one in clone.found(CHECKS[name])] == [(severity, what)]


@pytest.mark.parametrize(
    ("version", "content", "severity", "words"),
    [
        ("2.21.2", NO_TOML, "warning", "Pants from 2.22 on does not start: Failed to parse config file pants.toml: "),
        ("2.22.0", NO_TOML, "error", "Pants does not start: Failed to parse config file pants.toml: "),
        ("2.24.3", NO_TOML, "error", "Pants does not start: Failed to parse config file pants.toml: "),
        ("2.32.1", NO_TOML, "error", "Pants does not start: Failed to parse config file pants.toml: "),
        ("2.32.1", BROKEN, "error", "Pants does not start: Failed to parse config file pants.toml: "),
        ("2.32.1", b"x = '\xff'\n", "error", "Pants does not start: Failed to read config file pants.toml: "),
        ("2.24.3", MIXED, "error", "Pants does not start: Config file pants.toml could not be parsed as TOML: "),
        ("2.25.0", MIXED, "", ""),
    ],
)
def test_each_generation_has_its_words(
    clone: Clone, version: str, content: str | bytes, severity: str, words: str
) -> None:
    if severity != "error" or "Config file" in words:
        pytest.importorskip("toml", reason="Pants from 2.25 on does not bring the parser of older ones")
    configured(clone, "pants.toml", content, version)
    found = clone.found("config")
    assert [one[0] for one in found] == ([severity] if severity else [])
    assert all(one[1].startswith(words) for one in found)


@pytest.mark.parametrize(
    ("version", "severity", "words"),
    [
        ("2.17.1", "warning", "Pants may not start: Config file pants.toml could not be parsed as TOML: "),
        ("2.32.1", "error", "Pants does not start: Failed to parse config file pants.toml: "),
    ],
)
def test_a_python_that_has_no_parser_of_old_pants(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, version: str, severity: str, words: str
) -> None:
    """As it is mostly so for the plain program: nothing is said to be certain."""
    monkeypatch.setitem(sys.modules, "toml", None)  # type: ignore[misc]  # which makes the import fail
    configured(clone, "pants.toml", BROKEN, version)
    [(found, what, _)] = clone.found("config")
    assert (found, what.startswith(words)) == (severity, True)
    configured(clone, "pants.toml", MIXED, version)
    assert clone.found("config") == []


@UP_TO_2_24
def test_a_file_that_is_named_and_does_not_exist(clone: Clone) -> None:
    clone.environment["PANTS_CONFIG_FILES"] = "['pants.toml', 'none.toml']"
    [(severity, what, fix)] = clone.found("config")
    said = said_by_pants(clone)
    assert said == "[Errno 2] No such file or directory: 'none.toml'"
    assert (severity, what.partition(": none.toml")[0]) == ("error", "Pants does not start")
    assert said.partition(": ")[0] in what
    assert fix == "write none.toml, or leave it out of PANTS_CONFIG_FILES"
    clone.write("repo/none.toml")  # the fix
    assert clone.found("config") == []
    assert said_by_pants(clone) == ""


def test_what_pants_has_read_is_no_error(clone: Clone) -> None:
    """Whatever this process can see of it: the file may be another now, or one that Pants finds elsewhere."""
    clone.options = {"in_pants": True, "settings_problem": None}
    clone.environment["PANTS_CONFIG_FILES"] = "['pants.toml', 'none.toml']"
    configured(clone, "pants.toml", BROKEN, "2.32.1")
    assert clone.found("config") == []


@UP_TO_2_24
def test_an_rc_file_that_is_a_directory(clone: Clone) -> None:
    (clone.root / ".pants.rc").mkdir()
    [(severity, what, fix)] = clone.found("rc-files")
    assert (severity, fix) == ("error", "make .pants.rc a readable UTF-8 file")
    assert said_by_pants(clone).startswith("[Errno 21] ")
    assert ": [Errno 21] " in what
    (clone.root / ".pants.rc").rmdir()
    assert clone.found("rc-files") == []


def test_other_checks_say_why_they_are_not_made(clone: Clone) -> None:
    clone.write("repo/pants.toml", BROKEN)
    assert clone.not_checked("space").startswith("the configuration cannot be read: ")


LINES = st.sampled_from(
    [
        "[GLOBAL]",
        "[python",
        'level = "info"',
        "pantsd = true",
        "x = [1, 2]",
        'x = ["a", 1]',
        'x = ["a",, "b"]',
        "x = [",
        "]",
        "x = {a = 1, b = 'c'}",
        "x = {a = 1,",
        "y = 01",
        'z = """',
        "# c",
        "<<<<<<< HEAD",
        'x.add = ["a"]',
        "w = 'a' # b",
    ]
)


@UP_TO_2_24
@given(st.lists(LINES, max_size=5))
def test_an_error_is_what_pants_refuses(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    """Of whatever lines: an error, if and only if the Pants that runs here does not read them."""
    root = tmp_path_factory.getbasetemp() / "lines"
    root.mkdir(exist_ok=True)
    (root / "pants.toml").write_text("\n".join(lines) + "\n")
    with BuildRoot().temporary(str(root)):
        try:
            Config.load([FileContent("pants.toml", (root / "pants.toml").read_bytes())])
            reads = True
        except ConfigError:
            reads = False
    [file, *_] = Configuration.of(str(root), {}).files
    found = refused(file, (2, 17), has_been_read=False)
    assert (found is None or found.effect is not Effect.FAILS) == reads
