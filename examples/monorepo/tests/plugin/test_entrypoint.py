from pathlib import Path

import pytest

from acme.plugin.entrypoint import find_entrypoints

SETUP_CFG = """
[metadata]
name = kiln-notifier-pigeon

[options.entry_points]
kiln.notifier =
    pigeon = pathlib:PurePosixPath
    owl = pathlib:PureWindowsPath
"""


@pytest.fixture
def checkouts(tmp_path: Path) -> Path:
    for name, content in [("pigeon", SETUP_CFG), ("none", "[metadata]\nname = none\n")]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "setup.cfg").write_text(content)
    return tmp_path


def test_checkouts_are_scanned(checkouts: Path) -> None:
    found = find_entrypoints("kiln.notifier", checkouts)
    assert sorted(found) == ["owl", "pigeon"]
    assert found["pigeon"].load()("a/b").name == "b"


def test_other_groups(checkouts: Path) -> None:
    assert find_entrypoints("kiln.storage", checkouts) == {}


def test_installed_plugins() -> None:
    assert "pytest" in find_entrypoints("console_scripts")
