"""The configuration as Pants reads it, and as it is read without Pants."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pants.option.options_bootstrapper import OptionsBootstrapper
from pants.util.contextutil import pushd
from pants.version import VERSION

from devflow.common.errors import UserError
from devflow.common.removal.guard import Guard
from devflow.common.removal.surroundings import Surroundings
from devflow.plain.facts import Settings
from devflow.plain.settings.from_pants import from_options, from_values
from devflow.plain.settings.without_pants import find_build_root, read_options
from devflow.reset_cache.locations.pants import pants_locations
from devflow.reset_cache.selection.survey import survey

OPTIONS = (
    "local_store_dir",
    "named_caches_dir",
    "local_execution_root_dir",
    "pants_workdir",
    "pants_subprocessdir",
    "pants_distdir",
    "pants_physical_workdir_base",
)
VALUES = (
    "/abs/path",
    "relative/path",
    "%(buildroot)s/inside",
    "%(homedir)s/at home",
    "%(user)s",
    "%(base)s/named",
    "%(pants_distdir)s/below",
    "%(env.SOMEWHERE)s/else",
    "with space/ü",
)
FILES = ("pants.toml", ".pants.rc", "ci.toml")


@contextmanager
def repository(files: dict[str, str], environment: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """A build root with these files, and the environment for it."""
    with tempfile.TemporaryDirectory() as directory:
        root = os.path.realpath(directory)
        for name, content in {"pants.toml": "", **files}.items():
            Path(root, name).write_text(content)
        # Pants takes some defaults from the environment when it is loaded, so these two stay as they are.
        same = {name: os.environ[name] for name in ("HOME", "XDG_CACHE_HOME") if name in os.environ}
        with pushd(root):
            yield root, {**same, "SOMEWHERE": "/some/where", **environment}


def by_pants(root: str, environment: dict[str, str]) -> Settings:
    with mock.patch("pants.base.build_root.BuildRoot.path", new_callable=mock.PropertyMock, return_value=root):
        bootstrapper = OptionsBootstrapper.create(env=environment, args=["pants"], allow_pantsrc=True)
        return from_options(bootstrapper.bootstrap_options.for_global_scope(), root)


def toml(options: dict[str, str]) -> str:
    body = "".join(f"{name} = {value!r}\n" for name, value in options.items() if name not in value)
    return f'[DEFAULT]\nbase = "/from/default"\n[GLOBAL]\npants_version = "{VERSION}"\n{body}'


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries(
        {name: st.dictionaries(st.sampled_from(OPTIONS), st.sampled_from(VALUES), min_size=2) for name in FILES}
    ),
    st.dictionaries(
        st.sampled_from([f"{prefix}{name.upper()}" for name in OPTIONS for prefix in ("PANTS_", "PANTS_GLOBAL_")]),
        st.sampled_from(["/from/environment", "relative/from environment"]),
        max_size=2,
    ),
    st.booleans(),
)
def test_it_is_read_as_pants_reads_it(
    files: dict[str, dict[str, str]], environment: dict[str, str], more: bool
) -> None:
    if more:
        environment = {**environment, "PANTS_CONFIG_FILES": "+['ci.toml']"}
    with repository({name: toml(options) for name, options in files.items()}, environment) as (root, env):
        ours = from_values(read_options(root, env), root)
        theirs = by_pants(root, env)
        assert ours == theirs


@pytest.mark.parametrize(
    ("version", "workdir", "subprocessdir"),
    [("2.17.1", ".pants.d", ".pids"), ("2.18.0", ".pants.d", ".pids"), ("2.32.0", ".pants.d/workdir", ".pants.d/pids")],
)
def test_the_defaults_follow_the_version(version: str, workdir: str, subprocessdir: str) -> None:
    with repository({"pants.toml": f'[GLOBAL]\npants_version = "{version}"\n'}, {}) as (root, env):
        found = from_values(read_options(root, env), root)
        assert found.pants_workdir == os.path.join(root, workdir)
        assert found.pants_subprocessdir == os.path.join(root, subprocessdir)
        without_cache = {name: value for name, value in env.items() if name != "XDG_CACHE_HOME"}
        found = from_values(read_options(root, without_cache), root)
        assert found.local_store_dir == os.path.join(
            os.path.realpath(os.path.expanduser("~/.cache/pants")), "lmdb_store"
        )
        with_cache = from_values(read_options(root, {**env, "XDG_CACHE_HOME": "/var/cache/me"}), root)
        assert with_cache.named_caches_dir == "/var/cache/me/pants/named_caches"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[GLOBAL", "pants.toml cannot be read"),
        (
            '[GLOBAL]\nlocal_store_dir = "%(nonsense)s"\n',
            r"%\(nonsense\)s in the configuration of Pants is not defined",
        ),
        ('[GLOBAL]\npants_distdir = "%(pants_workdir)s"\npants_workdir = "%(pants_distdir)s"\n', "refers to itself"),
    ],
)
def test_what_cannot_be_read_is_an_error(content: str, says: str) -> None:
    with repository({"pants.toml": content}, {}) as (root, env), pytest.raises(UserError, match=says):
        read_options(root, env)


def test_a_list_of_files_that_is_none_is_an_error() -> None:
    with repository({}, {"PANTS_CONFIG_FILES": "['x"}) as (root, env), pytest.raises(UserError, match="is not a list"):
        read_options(root, env)


def test_a_list_of_files_replaces_the_default() -> None:
    files = {"pants.toml": '[GLOBAL]\npants_distdir = "one"\n', "ci.toml": '[GLOBAL]\npants_distdir = "two"\n'}
    with repository(files, {"PANTS_CONFIG_FILES": "['ci.toml']"}) as (root, env):
        assert read_options(root, env)["pants_distdir"] == "two"


def test_links_in_parents_are_resolved_and_a_link_itself_is_not(tmp_path: Path) -> None:
    base = Path(os.path.realpath(tmp_path))
    (base / "real" / "cache").mkdir(parents=True)
    (base / "link").symlink_to(base / "real")
    options = SimpleNamespace(
        local_store_dir=f"{base}/link/cache",
        named_caches_dir=f"{base}/link",
        local_execution_root_dir="/tmp",
        pants_workdir=".pants.d",
        pants_subprocessdir=".pids",
        pants_distdir="out/..",
    )
    found = from_options(options, str(base))
    assert found.local_store_dir == str(base / "real" / "cache")
    assert found.named_caches_dir == str(base / "link")
    assert found.pants_distdir == str(base)


def test_the_build_root_is_found_upwards(tmp_path: Path) -> None:
    base = Path(os.path.realpath(tmp_path))
    (base / "a" / "b").mkdir(parents=True)
    (base / "a" / "pants.toml").touch()
    assert find_build_root(str(base / "a" / "b"), {}) == str(base / "a")
    assert find_build_root(str(base), {"PANTS_BUILDROOT_OVERRIDE": "/x"}) == "/x"


def test_each_place_is_a_location_with_its_option(tmp_path: Path) -> None:
    with repository({"pants.toml": toml({})}, {}) as (root, env):
        found = pants_locations(from_values(read_options(root, env), root))
    assert [(location.scope, location.set_by) for location in found] == [
        ("execution", "[GLOBAL].local_execution_root_dir"),
        ("store", "[GLOBAL].local_store_dir"),
        ("named-caches", "[GLOBAL].named_caches_dir"),
        ("workdir", "[GLOBAL].pants_workdir"),
        ("workdir", "[GLOBAL].pants_subprocessdir"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('local_store_dir = "a\\u0000b"', '[GLOBAL].local_store_dir = "a\\u0000b" is not a path.'),
        ('local_store_dir = ""', '[GLOBAL].local_store_dir = "" is not a path.'),
        ("local_store_dir = 3", "[GLOBAL].local_store_dir is 3, and must be a text."),
        ('named_caches_dir = ["a"]', "[GLOBAL].named_caches_dir is ['a'], and must be a text."),
        ('pants_physical_workdir_base = "\\u0000"', "[GLOBAL].pants_physical_workdir_base"),
    ],
)
def test_a_setting_that_is_no_path_is_said(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "pants.toml").write_text(f"[GLOBAL]\n{text}\n")
    with pytest.raises(UserError) as caught:
        from_values(read_options(str(tmp_path), {"HOME": "/h"}), str(tmp_path))
    assert says in caught.value.problem.what


@pytest.mark.parametrize("content", ["GLOBAL = 3\n", "DEFAULT = 3\n[GLOBAL]\n"])
def test_a_section_that_is_no_table_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "pants.toml").write_text(content)
    with pytest.raises(UserError, match="is not a table"):
        read_options(str(tmp_path), {})


@pytest.mark.parametrize("value", ["[1]", "[", "['a\\0b']", "[" * 10_000, "{'a'}["])
def test_configuration_files_that_are_no_list_are_said(tmp_path: Path, value: str) -> None:
    if value.startswith("{"):
        assert read_options(str(tmp_path), {"PANTS_CONFIG_FILES": value})
        return
    with pytest.raises(UserError, match="is not a list"):
        read_options(str(tmp_path), {"PANTS_CONFIG_FILES": value})


def test_a_user_without_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pants.toml").write_text('[GLOBAL]\nlocal_store_dir = "/s/%(user)s"\n')

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 61234")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert read_options(str(tmp_path), {})["local_store_dir"] == f"/s/{os.getuid()}"


@pytest.mark.parametrize(
    ("version", "left"),
    [
        ("2.17.1", []),
        (
            "2.32.1",
            [
                (".pids", "[GLOBAL].pants_subprocessdir of Pants up to 2.18"),
                (".pants.d", "[GLOBAL].pants_workdir of Pants up to 2.18"),
            ],
        ),
    ],
)
def test_what_an_older_pants_left_is_a_location_after_an_upgrade(version: str, left: list[tuple[str, str]]) -> None:
    with repository({"pants.toml": f"[GLOBAL]\npants_version = '{version}'\n"}, {}) as (root, env):
        for directory in (".pids/0123456789ab/pantsd", ".pants.d/run-tracker", ".pants.d/workdir", ".pants.d/pids"):
            os.makedirs(os.path.join(root, directory))
        found = pants_locations(from_values(read_options(root, env), root))
        targets = survey(found, found, Guard(Surroundings.of(root, os.path.join(root, "dist"))))
    older = [(os.path.relpath(location.path, os.path.realpath(root)), location.set_by) for location in found[5:]]
    assert older == left
    # The first three are this machine's own: one may hold the Python that runs this.
    assert [one.problem for one in targets[3:]] == [None] * len(found[3:])
    removed = {os.path.relpath(target.path, os.path.realpath(root)) for one in targets[3:] for target in one.targets}
    everything = {".pants.d", ".pids/0123456789ab"}
    parts = {".pants.d/workdir", ".pants.d/run-tracker", ".pids/0123456789ab"}
    assert removed == (parts if left else everything)
