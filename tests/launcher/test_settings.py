"""What the launcher tells Pants, and that it never speaks over the user or the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from launcher.harness import Launcher

URL = "PANTS_PEX_CLI_URL_TEMPLATE"
KNOWN = "PANTS_PEX_CLI_KNOWN_VERSIONS"
INDEXES = "PANTS_PYTHON_REPOS_INDEXES"
CA = "PANTS_CA_CERTS_PATH"


def told(launcher: Launcher, *args: str, **environ: str | None) -> dict[str, str]:
    result = launcher.run(*args, **environ)
    assert (result.returncode, result.stderr) == (0, "")
    return dict(line.split("=", 1) for line in result.stdout.splitlines() if "=" in line and line.isprintable())


def add_config(launcher: Launcher, text: str, name: str = "pants.toml") -> None:
    with (launcher.repository / name).open("a") as file:
        file.write(text)


def test_by_default_the_pex_tool_and_nothing_else(installed: Launcher) -> None:
    assert {name for name in told(installed) if name.startswith("PANTS_")} == {URL, KNOWN}
    assert told(installed)["NO_SCIE_WARNING"] == "1"
    assert told(installed, NO_SCIE_WARNING="")["NO_SCIE_WARNING"] == ""


@pytest.mark.parametrize("name", [URL, KNOWN, "PANTS_PEX_CLI_VERSION"])
def test_pex_tool_of_the_user_is_respected(installed: Launcher, name: str) -> None:
    settings = told(installed, **{name: "mine"})
    assert {key: value for key, value in settings.items() if key.startswith("PANTS_PEX_CLI")} == {name: "mine"}


@pytest.mark.parametrize(
    "config",
    [
        '[pex-cli]\nversion = "v1"\n',
        '[python]\nx = 1\n\n["pex-cli"]  # ours\n# why\nknown_versions = [\n  "a",\n]\n',
        "[pex-cli]\nknown_versions = [\n'a',\n]\nurl_template = 'x'\n",
    ],
)
def test_pex_tool_of_the_repository_is_respected(installed: Launcher, config: str) -> None:
    add_config(installed, config)
    assert URL not in told(installed)


@pytest.mark.parametrize("config", ["# [pex-cli]\n# version = 1\n", "[pex-cli]\nargs = 1\n[other]\nversion = 1\n"])
def test_pex_tool_is_handed_over_if_the_repository_does_not_choose(installed: Launcher, config: str) -> None:
    add_config(installed, config)
    assert URL in told(installed)


def test_pex_tool_of_other_configuration_files_is_respected(installed: Launcher) -> None:
    add_config(installed, "[pex-cli]\nversion = 'v1'\n", "pants.ci.toml")
    assert URL in told(installed)
    assert URL not in told(installed, PANTS_CONFIG_FILES="pants.ci.toml")
    assert URL not in told(installed, PANTS_CONFIG_FILES="+['pants.ci.toml']")
    add_config(installed, "[pex-cli]\nversion = 'v1'\n", ".pants.rc")
    assert URL not in told(installed)


def test_pex_tool_is_not_handed_over_on_request(installed: Launcher) -> None:
    assert URL not in told(installed, PANTS_BOOTSTRAP_PEX="false")
    assert URL not in told(installed, "--pex-cli-version=v1", "list")


def test_index_and_certificate_of_pip_reach_pants(installed: Launcher, tmp_path: Path) -> None:
    certificate = tmp_path / "ca.pem"
    certificate.write_text("")
    pip = {"PIP_INDEX_URL": "https://mirror.example/simple", "PIP_CERT": str(certificate)}
    settings = told(installed, **pip)
    assert (settings[INDEXES], settings[CA]) == ('["https://mirror.example/simple"]', str(certificate))
    assert not {INDEXES, CA} & set(told(installed, **pip, PANTS_BOOTSTRAP_PIP_SETTINGS="false"))
    mine = told(installed, **pip, PANTS_PYTHON_REPOS_INDEXES="[]", PANTS_CA_CERTS_PATH="x")
    assert (mine[INDEXES], mine[CA]) == ("[]", "x")
    add_config(installed, "ca_certs_path = 'x'\n[python-repos]\nindexes = []\n")
    assert not {INDEXES, CA} & set(told(installed, **pip))


def test_index_of_pips_configuration_reaches_pants(installed: Launcher, tmp_path: Path) -> None:
    file = tmp_path / "home" / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True)
    file.write_text("[install]\nno-index = 1\n[global]\ntimeout = 9\nindex-url = https://mirror.example/simple\n")
    assert told(installed, PIP_CONFIG_FILE=None)[INDEXES] == '["https://mirror.example/simple"]'
    assert INDEXES not in told(installed)
