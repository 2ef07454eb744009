from __future__ import annotations

import pytest
from doctor.broken import Clone
from pants.base.build_root import BuildRoot
from pants.engine.fs import FileContent
from pants.option.options_bootstrapper import OptionsBootstrapper

try:
    from pants.option.config import Config
except ImportError:
    Config = None  # type: ignore[assignment, misc]

READ_IN_PYTHON = pytest.mark.skipif(Config is None, reason="the engine of this Pants reads configuration files")


@READ_IN_PYTHON
def test_a_directory_that_is_no_text(clone: Clone) -> None:
    """Pants up to 2.24 takes a number for the name of a directory."""
    text = '[GLOBAL]\npants_version = "2.17.1"\nlocal_store_dir = 7\n'
    clone.write("repo/pants.toml", text)
    assert clone.found("config") == []
    assert clone.facts("store")["path"] == str(clone.root / "7")
    with BuildRoot().temporary(str(clone.root)):
        options = OptionsBootstrapper.create(env={}, args=["pants"], allow_pantsrc=False).bootstrap_options
    assert options.for_global_scope().local_store_dir == "7"
    clone.write("repo/pants.toml", text.replace("2.17.1", "2.32.1"))
    assert clone.found("config") == [
        (
            "error",
            "[GLOBAL].local_store_dir is 7, and must be a text.",
            "write [GLOBAL].local_store_dir as a path in quotes",
        )
    ]
    clone.write("repo/pants.toml", text.replace("2.17.1", "2.32.1").replace("7\n", '"7"\n'))  # the fix
    assert clone.found("config") == []


def test_a_configuration_without_a_version(clone: Clone) -> None:
    clone.write("repo/pants.toml", "[GLOBAL]\n")
    assert [one[0] for one in clone.found("config")] == ["warning"]
    clone.configure("")
    assert clone.found("config") == []


def test_an_rc_file_that_nobody_reads(clone: Clone) -> None:
    clone.write("repo/.pants.rc", "x = [\n")
    clone.configure("pantsrc = false\n")
    assert clone.found("rc-files") == []


def test_what_rc_files_set(clone: Clone) -> None:
    clone.write("repo/.pants.rc", '[GLOBAL]\nlocal_execution_root_dir = "/x"\n')
    assert clone.found("rc-files") == []
    assert clone.facts("rc-files")["sets"] == {".pants.rc": ["[GLOBAL].local_execution_root_dir"]}


@READ_IN_PYTHON
@pytest.mark.parametrize(
    ("text", "key", "fix"),
    [
        ('pants_version = "2.17.1"\n', "pants_version", "write [GLOBAL] on the line before it"),
        ('[GLOBAL]\npants_version = "2.17.1"\n[Python]\n', "Python", "rename [Python]: scopes have small letters"),
        ('level = "debug"\n[GLOBAL]\npants_version = "2.17.1"\n', "level", "move level below the [scope] that has it"),
    ],
)
def test_a_key_at_the_top_that_is_no_scope(clone: Clone, text: str, key: str, fix: str) -> None:
    clone.write("repo/pants.toml", text)
    found = clone.found("config")[0]
    quoted = f"Invalid section [{key}] in pants.toml"
    assert found == (
        "error",
        f"Pants does not start: {quoted}: Invalid config entries detected.",
        f"{fix}, or remove it, in pants.toml",
    )
    with BuildRoot().temporary(str(clone.base / "repo")):
        config = Config.load([FileContent("pants.toml", text.encode())])
    said = [line for one in config.values for line in one.get_verification_errors({"GLOBAL": {"pants_version"}})]
    assert quoted in said


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ('pants_version = "2.17.1"\n', ("write ", "[GLOBAL]")),
        ('[GLOBAL]\npants_version = "2.17.1"\n[Python]\n', ("rename ", "[Python]")),
        ("[GLOBAL]\n", ("write ", 'pants_version = "…"')),
    ],
)
def test_the_edit_that_a_fix_names(clone: Clone, text: str, edit: tuple[str, str]) -> None:
    """As a person edits it."""
    clone.write("repo/pants.toml", text)
    fix = clone.found("config")[0][2]
    assert fix.startswith("".join(edit))
    edited = {
        "[GLOBAL]": f"[GLOBAL]\n{text}",
        "[Python]": text.replace("[Python]", "[python]"),
        'pants_version = "…"': f'{text}pants_version = "2.17.1"\n',
    }[edit[1]]
    clone.write("repo/pants.toml", edited)
    assert clone.found("config") == []


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (
            'level = "debug"\n[GLOBAL]\npants_version = "2.32.1"\n',
            "Expected the config file pants.toml to contain tables per section, but section level contained",
        ),
        (
            'pants_version = "2.32.1"\n',
            "Expected the config file pants.toml to contain tables per section, but section pants_version contained",
        ),
        ('[GLOBAL]\npants_version = "2.32.1"\n[Python]\n', "Invalid table name [Python] in pants.toml"),
    ],
)
def test_the_same_in_the_words_of_a_newer_pants(clone: Clone, text: str, quoted: str) -> None:
    clone.write("repo/pants.toml", text)
    assert clone.found("config")[0][1].startswith(f"Pants does not start: {quoted}")


def test_a_configuration_that_pants_does_not_verify(clone: Clone) -> None:
    clone.configure("verify_config = false\n[Python]\n")
    assert clone.found("config") == []


def test_configuration_files_that_cannot_be_named(clone: Clone) -> None:
    clone.environment["PANTS_CONFIG_FILES"] = "['unfinished"
    [(severity, what, fix)] = clone.found("config")
    assert (severity, what) == ("error", "PANTS_CONFIG_FILES=['unfinished is not a list.")
    assert fix == "write ['one.toml', 'two.toml']"
    assert "is not a list" in clone.not_checked("space")
