from __future__ import annotations

import subprocess

import pytest
from doctor.broken import Clone


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


def test_the_fix_of_a_version_of_the_environment(clone: Clone) -> None:
    clone.environment["PANTS_VERSION"] = "2.21.0"
    fix = clone.fix("pants-version")
    done = subprocess.run(
        ["bash", "-c", f"{fix}; env"], env=clone.environment, capture_output=True, text=True, check=True
    )
    assert "PANTS_VERSION" not in done.stdout
    clone.environment = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert clone.found("pants-version") == []


@pytest.mark.parametrize(
    ("name", "fix"),
    [("PANTS_VERSION", 'set pants_version = "2.21.0" in [GLOBAL] of pants.toml'), ("PANTS_SHA", "unset PANTS_SHA")],
)
def test_a_version_that_no_configuration_names(clone: Clone, name: str, fix: str) -> None:
    configuration = clone.root / "pants.toml"
    pinned = configuration.read_text()
    configuration.write_text(pinned.replace('pants_version = "2.17.1"', ""))
    clone.environment[name] = "2.21.0"
    what = f"{name}=2.21.0 chooses Pants, and no configuration file names a version."
    assert clone.found("pants-version") == [("warning", what, fix)]
    if name == "PANTS_VERSION":
        configuration.write_text(pinned.replace("2.17.1", "2.21.0"))
    else:
        del clone.environment[name]
    assert clone.found("pants-version") == []


KNOWN = {"": ("level", "pants_config_files", "local_store_dir"), "test": ("timeouts",), "python-infer": ("imports",)}


def test_variables_that_set_options(clone: Clone) -> None:
    clone.environment.update(PANTS_TEST_TIMEOUTS="true", PANTS_BOOTSTRAP_URLS="x", PANTS_PYTHON="/python")
    assert clone.found("environment") == []
    assert clone.facts("environment") == {
        "variables": {"PANTS_TEST_TIMEOUTS": "true"},
        "overrides": {},
        "unknown": None,
    }


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("PANTS_TEST_TIMEOUT", " Did you mean 'PANTS_TEST_TIMEOUTS'?"),
        ("PANTS_PYTHON_INFER_IMPORT", " Did you mean 'PANTS_PYTHON_INFER_IMPORTS'?"),
        ("PANTS_QQQ", ""),
    ],
)
def test_a_variable_that_is_no_option(clone: Clone, variable: str, hint: str) -> None:
    clone.options = {"known_options": KNOWN}
    clone.environment[variable] = "true"
    assert clone.found("environment") == [
        ("warning", f"{variable} is no option of any active backend, so Pants ignores it.{hint}", f"unset {variable}")
    ]


@pytest.mark.parametrize(
    "variable",
    [
        "PANTS_LEVEL",
        "PANTS_GLOBAL_LEVEL",
        "PANTS_CONFIG_FILES",
        "PANTS_PANTS_CONFIG_FILES",
        "PANTS_TEST_TIMEOUTS",
        "PANTS_PYTHON_INFER_IMPORTS",
        "PANTS_BOOTSTRAP_TOOLS",
        "PANTS_BUILDROOT_OVERRIDE",
        "PANTS_SOURCE",
        "PANTS_SHA",
        "PANTS_NO_NATIVE_CLIENT",
        "PANTS_RECURSION_LIMIT",
        "PANTS_DAEMON_ENTRYPOINT",
        "NOT_PANTS",
    ],
)
def test_a_variable_that_pants_knows(clone: Clone, variable: str) -> None:
    clone.options = {"known_options": KNOWN}
    clone.environment[variable] = "[]" if "CONFIG" in variable else "x"
    assert clone.facts("environment")["unknown"] == {}


def test_a_variable_to_which_the_configuration_refers(clone: Clone) -> None:
    clone.options = {"known_options": KNOWN}
    clone.configure('[test]\nextra_env_vars = ["PANTS_OF_TESTS", "X=%(env.PANTS_OTHER)s"]\n')
    clone.environment.update(PANTS_OF_TESTS="1", PANTS_OTHER="2")
    assert clone.found("environment") == []


def test_a_variable_that_contradicts_the_configuration(clone: Clone) -> None:
    clone.configure("[test]\ntimeouts = true\n[python-infer]\nimports = true\n")
    clone.environment.update(PANTS_TEST_TIMEOUTS="false", PANTS_PYTHON_INFER_IMPORTS="True")
    assert clone.found("environment") == [
        (
            "note",
            "PANTS_TEST_TIMEOUTS=false overrides [test].timeouts = True of pants.toml.",
            "unset PANTS_TEST_TIMEOUTS, if it is not meant",
        )
    ]


def test_no_password_is_shown(clone: Clone) -> None:
    clone.configure('[python-repos]\nindexes = "https://user:hunter3@host.example/"\n')
    clone.environment.update(PANTS_PYTHON_REPOS_INDEXES="https://user:hunter2@host.example/", PANTS_X_TOKEN="hunter2")
    result = clone.check("environment")
    assert len(result.findings) == 1
    assert "hunter" not in str(result)
