from __future__ import annotations

import subprocess
import sys

import pytest
from doctor.broken import Clone

BAD_LOCALE = {"LC_ALL": "xx", "PYTHONUTF8": "0"}


def encoding_of_pants(environment: dict[str, str]) -> str:
    """What Pants says of its locale as it starts; "" if all is well."""
    start = "from pants.bin.pants_loader import PantsLoader; PantsLoader.ensure_locale()"
    done = subprocess.run(
        [sys.executable, "-c", start],
        env={"PYTHONPATH": ":".join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.partition("RuntimeError: ")[2].partition("\n")[0]


def test_a_locale_in_which_pants_does_not_start(clone: Clone) -> None:
    clone.environment.update(BAD_LOCALE)
    [(severity, what, fix)] = clone.found("locale")
    assert severity == "error"
    said = encoding_of_pants(BAD_LOCALE)
    assert said.startswith("Your system's preferred encoding is ")
    assert said.startswith(what.partition("Pants does not start: ")[2])
    variable, _, value = fix.partition("export ")[2].partition("=")
    clone.environment[variable] = value
    assert clone.found("locale") == []
    assert encoding_of_pants({**BAD_LOCALE, variable: value}) == ""


def test_a_launcher_of_the_clone_leaves_the_variables_of_python_out(clone: Clone) -> None:
    clone.environment.update(BAD_LOCALE)
    clone.write("repo/pants", "#!/bin/bash\n", mode=0o755)
    [(severity, what, _)] = clone.found("locale")
    assert (severity, what.split(":")[0]) == ("warning", "The official launcher does not start Pants")


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"LC_ALL": "C"},
        {"LC_ALL": "xx"},
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "", "LC_CTYPE": "no.UTF-8"},
        {"LANG": "C.utf8"},
        {"LANG": "en_US.UTF-8@x", "PYTHONUTF8": "1"},
        {**BAD_LOCALE, "PANTS_IGNORE_UNRECOGNIZED_ENCODING": "1"},
    ],
)
def test_locales_in_which_it_starts(clone: Clone, environment: dict[str, str]) -> None:
    clone.environment.update(environment)
    assert clone.found("locale") == []
    assert encoding_of_pants(environment) == ""


def test_a_python_of_pyenv_that_is_gone(clone: Clone) -> None:
    clone.write("repo/.pants.bootstrap", "# by install-dev.sh\nexport PYTHON=$(pyenv prefix 9.9.9)/bin/python\n")
    assert clone.found("bootstrap-file") == [
        (
            "error",
            ".pants.bootstrap:2: PYTHON names pyenv's 9.9.9, which is not installed "
            "(pyenv: version `9.9.9' not installed).",
            "pyenv install 9.9.9; or name an installed version in .pants.bootstrap",
        )
    ]
    clone.write("home/.pyenv/versions/9.9.9/bin/python")  # what the fix does, which takes minutes
    assert clone.found("bootstrap-file") == []


def test_a_prefix_of_a_version_is_the_newest(clone: Clone) -> None:
    clone.environment["PYENV_ROOT"] = str(clone.base / "pyenv")
    clone.write("repo/.pants.bootstrap", 'export PYTHON="$(pyenv prefix 3.9)/bin/python"\n')
    assert clone.found("bootstrap-file") != []
    clone.write("pyenv/versions/3.9.9/bin/python")
    clone.write("pyenv/versions/3.9.15/bin/python")
    assert clone.found("bootstrap-file") == []
    [line] = clone.facts("bootstrap-file")["lines"]
    assert line["path"].endswith("/versions/3.9.15/bin/python")


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("export PYTHON=/no/such/python", "error"),
        ("PANTS_PYTHON=~/python", "error"),
        ("export CERTIFICATES='/no/such/file'", "note"),
        ("export PYTHON=$HOME/no/python", "error"),
    ],
)
def test_a_path_that_is_gone(clone: Clone, line: str, severity: str) -> None:
    clone.write("repo/.pants.bootstrap", f"{line}\n")
    [(found, _, fix)] = clone.found("bootstrap-file")
    assert found == severity
    assert fix == "name an existing path in .pants.bootstrap, or remove the line"


@pytest.mark.parametrize(
    "script", ["if true; then touch ran; fi", "source other", "touch ran", "export X=$(touch ran)", "A=1; touch ran"]
)
def test_a_script_is_not_run(clone: Clone, script: str) -> None:
    clone.write("repo/.pants.bootstrap", f"{script}\n")
    assert clone.not_checked("bootstrap-file") == ".pants.bootstrap:1 is a script, which is not run here"
    assert sorted(path.name for path in clone.root.iterdir()) == [".pants.bootstrap", "pants.toml"]


def test_values_that_are_no_paths(clone: Clone) -> None:
    clone.write("repo/.pants.bootstrap", "export LEVEL=debug\n\nexport EMPTY=\n")
    assert clone.found("bootstrap-file") == []


def test_without_the_file(clone: Clone) -> None:
    assert clone.not_checked("bootstrap-file") == "there is no .pants.bootstrap"
