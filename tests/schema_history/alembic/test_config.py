"""Where alembic's configuration says that the scripts are."""

from __future__ import annotations

import configparser
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devflow.common.errors import UserError
from devflow.schema_history.alembic.config import (
    HERE,
    AlembicConfig,
    ConfigText,
    has_alembic_table,
    parse,
    sections_with_scripts,
)
from devflow.schema_history.alembic.interpolation import BoundedInterpolation
from devflow.schema_history.alembic.locations import candidates, location_fix

TOML = '[tool.other]\nx = 1\n[tool.alembic]\nscript_location = "%(here)s/db"\n'
TABLE = "pyproject.toml: [tool.alembic]"


def ini(text: str, *, toml: str | None = None) -> AlembicConfig:
    return parse(ConfigText("a.ini", f"[alembic]\n{text}"), ConfigText("pyproject.toml", toml) if toml else None)


def toml(text: str) -> AlembicConfig:
    return parse(None, ConfigText("pyproject.toml", text))


@pytest.mark.parametrize(
    ("written", "location"),
    [
        ("script_location = db", "db"),
        ("script_location: db", "db"),
        ("script_location = %(here)s/db", f"{HERE}/db"),
        ("where = x/y\nscript_location = %(where)s/db", "x/y/db"),
        ("script_location = app.db:migrations", "app.db:migrations"),
    ],
)
def test_the_script_location(written: str, location: str) -> None:
    assert ini(written).script_location == location


@pytest.mark.parametrize(
    ("written", "locations"),
    [
        ("a b", ("a", "b")),
        ("a, b,c", ("a", "b", "c")),
        ("a  b", ("a", "b")),
        (f"a{os.pathsep}b c\npath_separator = os", ("a", "b c")),
        ("a:b\npath_separator = :", ("a", "b")),
        ("a ; b\nversion_path_separator = ;", ("a", "b")),
        ("a b\npath_separator = space", ("a", "b")),
        ("\n  a\n  b\npath_separator = newline", ("a", "b")),
        ("a;b\npath_separator = ;\nversion_path_separator = :", ("a", "b")),
        ("%(here)s/a b", (f"{HERE}/a", "b")),
    ],
)
def test_version_locations(written: str, locations: tuple[str, ...]) -> None:
    assert ini(f"script_location = x\nversion_locations = {written}").version_locations == locations


@pytest.mark.parametrize(
    ("written", "expected"), [("true", True), ("True", False), ("yes", False), ("1", False), ("false", False)]
)
def test_a_boolean_is_exactly_true(written: str, expected: bool) -> None:
    assert ini(f"script_location = x\nrecursive_version_locations = {written}").recursive is expected


def test_toml() -> None:
    assert toml(TOML) == AlembicConfig(TABLE, f"{HERE}/db", (), False)
    more = f'{TOML}version_locations = ["a", "%(here)s/b"]\nrecursive_version_locations = true\n'
    assert toml(more) == AlembicConfig(TABLE, f"{HERE}/db", ("a", f"{HERE}/b"), True)


def test_what_others_write_into_the_toml_file_does_not_matter() -> None:
    others = (
        '[tool.mixed]\nx = [1, "a"]\n'
        '[tool.hatch.envs.test]\nextra = ["py39", {path = "libs/a"}, {b.c = [[1], ["d"]]}]\n'
    )
    assert toml(others + TOML) == toml(TOML + others) == AlembicConfig(TABLE, f"{HERE}/db", (), False)


def test_the_ini_file_comes_first_for_each_option() -> None:
    both = ini("script_location = of_ini", toml=f'{TOML}version_locations = ["of_toml"]')
    assert both == AlembicConfig("a.ini: [alembic]", "of_ini", ("of_toml",), False)
    assert ini("x = 1", toml=TOML).script_location == f"{HERE}/db"
    assert ini("script_location = a", toml="[tool.other]\nbroken =").script_location == "a"


def test_tables() -> None:
    assert has_alembic_table(TOML)
    assert has_alembic_table('[ tool . "alembic" ]')
    assert not has_alembic_table("[tool.alembic_other]\n[tool]\nalembic = 1")


SECTIONS = """\
[DEFAULT]
version_locations = shared
[crm]
script_location = crm
[billing]
script_location = billing
version_locations = old
recursive_version_locations = true
[loggers]
keys = root
"""


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        (SECTIONS, ("crm", "billing")),
        (f"{SECTIONS}[alembic]\nscript_location = main\n", ("crm", "billing", "alembic")),
        ("[alembic]\n[loggers]\nkeys = root", ()),
        ("[DEFAULT]\nscript_location = x\n[loggers]\nkeys = root", ()),
        ("[DEFAULT]\nscript_location = x\n[alembic]\n[old]\nversion_locations = old", ("alembic", "old")),
        ("no line", ()),
        ("", ()),
    ],
)
def test_the_sections_that_have_scripts(text: str, sections: tuple[str, ...]) -> None:
    assert sections_with_scripts(text) == sections


def test_a_section_is_read_like_the_main_one() -> None:
    file = ConfigText("a.ini", SECTIONS)
    crm = AlembicConfig("a.ini: [crm]", "crm", ("shared",), False, ("billing",))
    billing = AlembicConfig("a.ini: [billing]", "billing", ("old",), True, ("crm",))
    assert (parse(file, None, "crm"), parse(file, None, "billing")) == (crm, billing)
    main = parse(file, None)
    assert (main.script_location, main.others, main.where) == (None, ("crm", "billing"), "a.ini: [alembic]")
    with pytest.raises(UserError, match=r"a\.ini has no section \[biling\]\. Did you mean 'billing'\?") as raised:
        parse(file, None, "biling")
    assert raised.value.problem.fix == "name one of: crm, billing"


def test_without_a_script_location() -> None:
    # Flask-Migrate sets the directory of the INI file; no tool does so for another section, or for a TOML file.
    assert all(ini(text).may_be_of_flask for text in ("x = 1", "script_location ="))
    assert not ini("script_location = x").may_be_of_flask
    assert not parse(ConfigText("a.ini", "[crm]\nx = 1"), None, "crm").may_be_of_flask
    assert not toml("[tool.alembic]\nx = 1").may_be_of_flask


@pytest.mark.parametrize(
    ("path", "environments", "fix"),
    [
        ("a.ini", ["db/env.py"], "name the directory that has env.py: script_location = %(here)s/db"),
        ("src/a.ini", ["src/x/y/env.py", "src/z/env.py"], "name the directory that has env.py: script_location = %(h"),
        ("src/a.ini", ["src/env.py"], "name the directory that has env.py: script_location = %(here)s"),
        ("pyproject.toml", ["db/env.py"], 'name the directory that has env.py: script_location = "%(here)s/db"'),
        ("src/a.ini", [], "make the directory (alembic init src/migrations), and write: script_location = %(here)s/mi"),
    ],
)
def test_the_fix_names_a_directory_that_is_there(path: str, environments: list[str], fix: str) -> None:
    config = ini("script_location = gone")
    assert location_fix(config, path, False, environments).startswith(fix)


def test_the_fix_names_a_section_if_there_are_some() -> None:
    config = parse(ConfigText("a.ini", SECTIONS), None)
    assert location_fix(config, "x/a.ini", False, ["x/env.py"]) == "name a section: --config=x/a.ini:crm"
    assert location_fix(config, "x/a.ini", True, ["x/env.py"]) == 'set section="crm" in its target'


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("script_location = %(her)s", "a.ini: `script_location` cannot be read: "),
        ("script_location = 100%", "a.ini: `script_location` cannot be read: "),
        ("no line\n", "a.ini cannot be read as an INI file: "),
        ("a = 1\na = 2", "a.ini cannot be read as an INI file: "),
        ("script_location = a\nversion_locations = b\npath_separator = |", "a.ini: `path_separator` is '|'."),
    ],
)
def test_ini_errors(written: str, what: str) -> None:
    with pytest.raises(UserError) as raised:
        ini(written)
    assert str(raised.value).startswith(what)
    assert "\n  Fix: " in str(raised.value)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("[tool.alembic]\nx = ", "pyproject.toml cannot be read as TOML: "),
        ("[tool.alembic]\nscript_location = 1", "pyproject.toml: [tool.alembic].script_location is no string."),
        ('[tool.alembic]\nscript_location = "%(x)s"', "pyproject.toml: [tool.alembic].script_location has a %"),
        (
            TOML + 'recursive_version_locations = "true"',
            "pyproject.toml: [tool.alembic].recursive_version_locations is",
        ),
        (TOML + 'version_locations = "a"', "pyproject.toml: [tool.alembic].version_locations is no list of strings."),
    ],
)
def test_toml_errors(written: str, what: str) -> None:
    with pytest.raises(UserError) as raised:
        toml(written)
    assert str(raised.value).startswith(what)


@pytest.mark.parametrize(
    ("location", "config", "paths"),
    [
        ("db", "alembic.ini", ("db",)),
        ("db", "src/alembic.ini", ("src/db", "db")),
        ("../db", "src/app/alembic.ini", ("src/db",)),
        (f"{HERE}/db", "src/alembic.ini", ("src/db",)),
        (f"{HERE}/../db/", "src/app/alembic.ini", ("src/db",)),
        (HERE, "alembic.ini", (".",)),
        ("app.db:migrations", "alembic.ini", ("lib/app/db/migrations", "src/app/db/migrations")),
        ("app:a:b/c", "alembic.ini", ("lib/app/a/b/c", "src/app/a/b/c")),
        ("app.db", "alembic.ini", ("app.db", "lib/app/db", "src/app/db")),
    ],
)
def test_where_a_location_may_be(location: str, config: str, paths: tuple[str, ...]) -> None:
    assert candidates(location, config=config, source_roots=["src", "lib"]) == paths


@pytest.mark.parametrize(
    ("location", "config"),
    [
        ("/etc/db", "alembic.ini"),
        ("../db", "alembic.ini"),
        (f"{HERE}/../../db", "src/alembic.ini"),
        ("app:../../../x", "a"),
    ],
)
def test_outside_of_the_repository(location: str, config: str) -> None:
    with pytest.raises(UserError, match="lies outside of this repository") as raised:
        candidates(location, config=config, source_roots=["src"])
    assert HERE not in str(raised.value)


@pytest.mark.parametrize("last", ["x", ""])
def test_values_that_refer_to_each_other_do_not_grow_without_end(last: str) -> None:
    """Seven to the power of eight references in 330 bytes."""
    chain = "".join(f"a{number} = {f'%(a{number + 1})s' * 7}\n" for number in range(8))
    with pytest.raises(UserError) as raised:
        ini(f"script_location = %(a0)s\n{chain}a8 = {last}\n")
    assert str(raised.value) == (
        "a.ini: `script_location` cannot be read: its %(…)s stand for more than 100,000 characters\n"
        "  Fix: write the value out, without %(…)s"
    )


def test_a_width_in_toml_is_no_way_to_fill_the_memory() -> None:
    with pytest.raises(UserError, match="has a % that is not part of"):
        toml('[tool.alembic]\nscript_location = "%(here)999999999s"')


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.lists(st.sampled_from(
        ["%(a)s", "%(b)s", "%(c)s", "%(d)s", "%(E)s", "%(here)s", "%%", "%", "%(", "%()s", "(x)s", "y"]
    ), max_size=3)), min_size=1, max_size=5, unique_by=lambda option: option[0])
)  # fmt: skip
def test_interpolation_is_that_of_python(options: list[tuple[str, list[str]]]) -> None:
    text = "[alembic]\n" + "".join(f"{name} = {''.join(parts)}\n" for name, parts in options)

    def values(interpolation: configparser.Interpolation) -> list[str]:
        parser = configparser.ConfigParser({"here": HERE}, interpolation=interpolation)
        parser.read_string(text)
        found = []
        for name, _ in options:
            try:
                found.append(parser.get("alembic", name))
            except configparser.InterpolationError as error:
                found.append(type(error).__name__)
        return found

    bounded, of_python = values(BoundedInterpolation()), values(configparser.BasicInterpolation())
    for ours, theirs in zip(bounded, of_python):
        assert ours == theirs or ours == "TooLongError"
