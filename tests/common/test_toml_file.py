"""TOML is read as Python 3.11 and newer read it, on each Python."""

from __future__ import annotations

import datetime
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devflow.common import toml_file
from devflow.common.errors import UserError
from devflow.common.toml_file import parse_toml, table_of
from harness.pythons import python_of

# As the tools write them that share a `pyproject.toml` with us: each is valid TOML 1.0.
REAL = {
    "a mixed array": 'x = [1, "a", 2.5, true]\n',
    "hatch": '[tool.hatch.envs.default]\ndependencies = ["pytest", {path = "libs/core"}]\n'
    '[[tool.hatch.envs.test.matrix]]\npython = ["3.9", "3.12"]\nfeature = [["a"], ["b", "c"]]\n'
    "[tool.hatch.envs.test.overrides]\n"
    'matrix.python.env-vars = [{key = "X", value = "1", if = ["3.9"]}, "Y=2"]\n',
    "poetry": '[tool.poetry]\nname = "kiln"\npackages = [{include = "kiln", from = "src"}, {include = "extra"}]\n'
    '[tool.poetry.dependencies]\npython = "^3.9"\nlib = [{version = "1", python = "<3.11"}, {git = "ssh://g/x.git"}]\n'
    'tool = {version = "*", extras = ["a"], markers = "os_name == \'posix\'"}\n',
    "ruff": '[tool.ruff]\nline-length = 120\n[tool.ruff.lint.per-file-ignores]\n"tests/**" = ["D", "S101"]\n'
    '"__init__.py" = [\n  "F401", # exports\n]\n[tool.ruff.lint.flake8-tidy-imports.banned-api]\n'
    '"os.path".msg = "use pathlib"\n"typing.Text" = {msg = "use str"}\n',
    "black": "[tool.black]\nline-length = 100\ninclude = '\\.pyi?$'\nextend-exclude = '''\n/(\n  | build\n)/\n'''\n",
    "towncrier": '[tool.towncrier]\nname = "kiln"\nstart_string = "<!-- here -->\\n"\n[[tool.towncrier.type]]\n'
    'directory = "feat"\nname = "New"\nshowcontent = true\n[[tool.towncrier.section]]\npath = ""\n',
    "alembic": '[tool.alembic]\nscript_location = "%(here)s/db"\nversion_locations = ["%(here)s/a"]\n'
    '[[tool.alembic.post_write_hooks]]\nname = "ruff"\noptions = ["check", {fix = true}]\n',
    "cibuildwheel": '[tool.cibuildwheel]\ntest-command = ["a", "b"]\n[[tool.cibuildwheel.overrides]]\n'
    'select = "cp3*"\ninherit.before-build = "prepend"\nenvironment = {A = "1", "B.C" = ""}\n',
    "dotted keys in an inline table": 'x = {a.b = 1, a.c = 2, "d e".f = [{}]}\n',
    "nested arrays": 'x = [[1, 2], ["a", ["b", []]], [{a = [1, "b"]}]]\n',
    "strings": """a = "\\u00fc\\t\\"q\\""\nb = 'C:\\new'\nd = '''it's'''\n""",
    "long strings": 'c = """\n  one \\\n    two # no comment\n"""\n',
    "numbers": "a = 0xDEAD_BEEF\nb = 0o755\nc = 1e3\nd = +1_000.5\ne = inf\nf = 0b11\ng = -0.0\n",
    "dates": "a = 2024-03-29\nb = 2024-03-29T10:00:00Z\nc = 10:00:00.5\nd = 2024-03-29 10:00:00+02:00\n",
    "keys": '"a.b" = 1\n\'c d\' = 2\ne.f = 3\ne . g = 4\n1.2 = "x"\n"" = 5\n',
    "tables in any order": "[a.b.c]\nx = 1\n[a]\ny = 2\n[[l]]\n[l.m]\nz = 3\n[[l]]\n[l.m]\nz = 4\n",
    "carriage returns": '[a]\r\nb = """x\r\ny"""\r\n',
    "comments": 'a = [ # one\n  1, # two\n  "]", # three ]\n] # four\n',
}
BROKEN = [
    "a = ",
    "a = 1\na = 2",
    "[a]\n[a]",
    "a = [1",
    'a = "\n"',
    "a = 1 b = 2",
    "= 1",
    "a = 01",
    "a = {b = 1,}\n[a.c]",
]


@pytest.fixture(scope="module")
def newer_python() -> str:
    return str(python_of("3.11"))


def by_tomllib(python: str, texts: list[str]) -> list[Any]:
    """What Python's own parser makes of each; None where it refuses it. A value that JSON has not is its `repr`."""
    script = (
        "import json, sys, tomllib\n"
        "def read(text):\n"
        "    try: return tomllib.loads(text)\n"
        "    except ValueError: return None\n"
        "print(json.dumps([read(text) for text in json.load(sys.stdin)], default=repr))\n"
    )
    done = subprocess.run([python, "-c", script], input=json.dumps(texts), capture_output=True, text=True, check=True)
    parsed: list[Any] = json.loads(done.stdout)
    return parsed


def by_us(text: str) -> Any:
    try:
        return json.loads(json.dumps(parse_toml(text, "x.toml"), default=repr))
    except UserError:
        return None


def test_real_files_are_read_as_python_reads_them(newer_python: str) -> None:
    together = "".join(REAL[tool] for tool in ("hatch", "poetry", "ruff", "black", "towncrier", "alembic"))
    texts = [*REAL.values(), together]
    expected = by_tomllib(newer_python, texts)
    assert None not in expected
    assert [by_us(text) for text in texts] == expected


def test_broken_files_are_refused_as_python_refuses_them(newer_python: str) -> None:
    assert by_tomllib(newer_python, BROKEN) == [None] * len(BROKEN)
    for text in BROKEN:
        with pytest.raises(UserError, match="^x.toml cannot be read as TOML: ") as raised:
            parse_toml(text, "x.toml")
        assert raised.value.problem.fix == "correct x.toml"


def test_the_line_is_named() -> None:
    with pytest.raises(UserError, match=r"\(at line 3, column 5\)"):
        parse_toml("a = 1\n\nb = ?\n", "x.toml")


def test_too_deep_is_no_traceback() -> None:
    with pytest.raises(UserError, match="cannot be read as TOML"):
        parse_toml("a = " + "[" * 100_000, "x.toml")


KEYS = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True), st.text(max_size=4))
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.dates(datetime.date(1000, 1, 1)),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)


def quoted(text: str) -> str:
    plain = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(plain.get(c, c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}") for c in text) + '"'


def written(value: object) -> str:
    """A value in one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{quoted(key)} = {written(inner)}' for key, inner in value.items())}}}"
    return str(value)


def document_of(content: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Tables as `[a.b]`, lists of tables as `[[a.b]]`, everything else in one line."""
    tables = {key: value for key, value in content.items() if isinstance(value, dict) and value}
    arrays = {
        key: value
        for key, value in content.items()
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value)
    }
    for key, value in content.items():
        if key not in tables and key not in arrays:
            yield f"{quoted(key)} = {written(value)}\n"
    for key, table in tables.items():
        yield f"[{'.'.join(map(quoted, (*path, key)))}]\n"
        yield from document_of(table, (*path, key))
    for key, array in arrays.items():
        for one in array:
            yield f"[[{'.'.join(map(quoted, (*path, key)))}]]\n"
            yield from document_of(one, (*path, key))


@settings(deadline=None, max_examples=200)
@given(DOCUMENTS)
def test_what_was_written_is_read(content: dict[str, Any]) -> None:
    assert parse_toml("".join(document_of(content)), "x.toml") == content


@settings(deadline=None, max_examples=10)
@given(st.lists(DOCUMENTS, min_size=20, max_size=20), st.randoms(use_true_random=False))
def test_any_file_is_read_or_refused_as_python_does(newer_python: str, documents: list[Any], random: Any) -> None:
    texts = ["".join(document_of(each)) for each in documents]
    cut = [text[: random.randrange(len(text) + 1)] + random.choice(["", "]", "=", "\n[a]\n", '"']) for text in texts]
    assert list(map(by_us, [*texts, *cut])) == by_tomllib(newer_python, [*texts, *cut])


def test_tables() -> None:
    document = parse_toml("[tool.a]\n[tool]\nb = 1\n", "x.toml")
    assert table_of(document, "tool", "a") == {}
    assert table_of(document, "tool", "b") is None
    assert table_of(document, "tool", "b", "c") is None
    assert table_of(document, "project") is None


@pytest.mark.parametrize("package", ["setuptools", "pip"])
def test_each_copy_is_found_and_nothing_else_is_imported(tmp_path: Path, package: str) -> None:
    setuptools = importlib.util.find_spec("setuptools")
    assert setuptools is not None
    [directory] = setuptools.submodule_search_locations or []
    shutil.copytree(Path(directory, "_vendor/tomli"), tmp_path / package / "_vendor/tomli")
    (tmp_path / package / "__init__.py").write_text("raise AssertionError")
    script = (
        "import sys\n"
        "from devflow.common import toml_file\n"
        f"find = toml_file.find_spec\ntoml_file.find_spec = lambda name: find(name) if name == {package!r} else None\n"
        "sys.modules['tomllib'] = None\n"
        "print(toml_file.parse_toml('a = [1, \"b\"]', 'x'), {'setuptools', 'pip', 'tomli'} & {*sys.modules})\n"
        "print(toml_file._parser().__file__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == f"{{'a': [1, 'b']}} set()\n{tmp_path / package}/_vendor/tomli/__init__.py\n"


def test_a_python_without_any_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(toml_file, "import_module", missing)
    monkeypatch.setattr(toml_file, "find_spec", lambda name: None)
    toml_file._parser.cache_clear()
    try:
        with pytest.raises(UserError, match="This Python cannot read TOML."):
            parse_toml("", "x.toml")
    finally:
        toml_file._parser.cache_clear()
