from __future__ import annotations

import os
import time

import pytest
from doctor.broken import Clone


def test_a_configuration_that_is_no_toml(clone: Clone) -> None:
    clone.write("repo/pants.toml", "[GLOBAL\n")
    [(severity, what, fix)] = clone.found("config")
    assert severity == "error"
    assert what.startswith(
        "Pants does not start: Config file pants.toml could not be parsed as TOML: pants.toml cannot be read as TOML: "
    )
    assert fix == "correct pants.toml"
    # Checks that need the directories say why they were not made.
    assert clone.not_checked("space").startswith("the configuration cannot be read: ")


def test_a_directory_that_is_no_path(clone: Clone) -> None:
    clone.write("repo/pants.toml", '[GLOBAL]\npants_version = "2.17.1"\nlocal_store_dir = 7\n')
    [(severity, what, _)] = clone.found("config")
    assert (severity, what) == ("error", "[GLOBAL].local_store_dir is 7, and must be a text.")


def test_a_configuration_without_a_version(clone: Clone) -> None:
    clone.write("repo/pants.toml", "[GLOBAL]\n")
    assert [one[0] for one in clone.found("config")] == ["warning"]
    clone.configure("")
    assert clone.found("config") == []


def test_what_pants_has_read_is_a_warning(clone: Clone) -> None:
    clone.write("repo/.pants.rc", "x = [\n")
    [(severity, what, fix)] = clone.found("rc-files")
    assert (severity, fix) == ("error", "correct .pants.rc")
    assert what.startswith("Pants does not start: Config file .pants.rc could not be parsed as TOML: ")
    assert clone.found("config") == []
    clone.options = {"in_pants": True}
    assert clone.found("rc-files")[0][0] == "warning"


def test_an_rc_file_that_nobody_reads(clone: Clone) -> None:
    clone.write("repo/.pants.rc", "x = [\n")
    clone.configure("pantsrc = false\n")
    assert clone.found("rc-files") == []


def test_what_rc_files_set(clone: Clone) -> None:
    clone.write("repo/.pants.rc", '[GLOBAL]\nlocal_execution_root_dir = "/x"\n')
    assert clone.found("rc-files") == []
    assert clone.facts("rc-files")["sets"] == {".pants.rc": ["[GLOBAL].local_execution_root_dir"]}


@pytest.mark.parametrize(
    ("environment", "severity"),
    [
        ({"PANTS_VERSION": "2.21.0"}, ["warning"]),
        ({"PANTS_VERSION": "2.21.0", "CI": "true"}, ["note"]),
        ({"PANTS_SHA": "abc"}, ["warning"]),
        ({"PANTS_VERSION": "2.17.1"}, []),
        ({"PANTS_VERSION": ""}, []),
    ],
)
def test_a_version_of_the_environment(clone: Clone, environment: dict[str, str], severity: list[str]) -> None:
    clone.environment.update(environment)
    found = clone.found("pants-version")
    assert [one[0] for one in found] == severity
    for name, (_, what, fix) in zip(environment, found):
        assert what == f'{name}={environment[name]} overrides pants_version = "2.17.1".'
        assert fix == f"unset {name}"


def test_variables_that_set_options(clone: Clone) -> None:
    clone.environment.update(PANTS_TEST_TIMEOUTS="true", PANTS_BOOTSTRAP_URLS="x", PANTS_PYTHON="/python")
    assert clone.found("environment") == []
    assert clone.facts("environment") == {"variables": {"PANTS_TEST_TIMEOUTS": "true"}}


def test_no_password_is_shown(clone: Clone) -> None:
    clone.environment.update(PANTS_PYTHON_REPOS_INDEXES="https://user:hunter2@host.example/", PANTS_X_TOKEN="hunter2")
    assert "hunter2" not in str(clone.check("environment"))


def test_a_clock_that_is_behind(clone: Clone) -> None:
    assert clone.found("clock") == []
    clone.write("repo/.git/HEAD")
    os.utime(clone.root / ".git/HEAD", (time.time() + 10_800,) * 2)
    [(severity, what, fix)] = clone.found("clock")
    assert (severity, fix) == ("warning", "sudo timedatectl set-ntp true")
    assert what.startswith("The clock may be wrong: .git/HEAD was changed ")
