"""The words that checks quote are those of the Pants that runs here: of its engine, and of its Python."""

from __future__ import annotations

import mmap
from importlib.util import find_spec

import pytest
from doctor.broken import Clone
from pants.base.build_root import BuildRoot
from pants.engine.internals import native_engine
from pants.option.errors import OptionsError
from pants.option.options_bootstrapper import OptionsBootstrapper
from pants.version import VERSION

from devflow.doctor.checks.limits import OpenFilesFacts, judge_open_files
from devflow.doctor.checks.watches import WatchFacts, judge_watches

FULL = next(judge_watches(WatchFacts(100, 99, 128, 9, None))).problem.what
NO_INSTANCE = next(judge_watches(WatchFacts(100, 9, 128, 128, None))).problem.what
FEW_FILES = next(judge_open_files(OpenFilesFacts(512))).problem.what


@pytest.mark.parametrize(
    ("what", "quoted"),
    [
        (FULL, "Failed to watch filesystem for "),
        (NO_INSTANCE, "Failed to begin watching the filesystem: "),
        (FEW_FILES, "File handle limit is capped to: "),
        ("", "Failed to watch filesystem for `"),
        ("", "yours is set to "),
        ("", "Failed to create base for immutable inputs: "),
        ("", "Failed to create temporary directory for immutable inputs: "),
    ],
)
def test_words_of_the_engine(what: str, quoted: str) -> None:
    assert quoted in what or not what
    assert the_engine_says(quoted)


@pytest.mark.skipif(find_spec("pants.option.config") is not None, reason="this Pants has these words in Python code")
def test_words_of_an_engine_that_reads_configuration_files() -> None:
    assert the_engine_says("Invalid table name [")


@pytest.mark.parametrize(
    "text",
    [
        '[GLOBAL]\npants_version = "{version}"\n[GLOBAL\n',
        pytest.param(
            'level = "debug"\n[GLOBAL]\npants_version = "{version}"\n',
            marks=pytest.mark.skipif(
                find_spec("pants.option.config") is not None, reason="this Pants says so after it has started"
            ),
        ),
    ],
)
def test_words_about_a_configuration(clone: Clone, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the release says that runs here, and that the file names."""
    clone.write("repo/pants.toml", text.format(version=VERSION))
    [(_, what, _)] = clone.found("config")
    quoted = what.partition("Pants does not start: ")[2].partition(": ")[0].rstrip(".")
    monkeypatch.chdir(clone.root)  # the engine looks for the build root
    with BuildRoot().temporary(str(clone.root)), pytest.raises(OptionsError) as caught:
        _ = OptionsBootstrapper.create(env={}, args=["pants"], allow_pantsrc=False).bootstrap_options
    assert quoted
    assert str(caught.value).replace(f"{clone.root}/", "").startswith(quoted)


def the_engine_says(quoted: str) -> bool:
    with (
        open(str(native_engine.__file__), "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as engine,
    ):
        return engine.find(quoted.encode()) >= 0
