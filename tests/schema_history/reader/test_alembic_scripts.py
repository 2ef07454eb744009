"""What a script says, read without running it: each row of what alembic loads."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from devflow.common.errors import Problem
from devflow.schema_history.reader.alembic_scripts import Script, read_script

HEAD = 'revision = "b"\ndown_revision = "a"\n'


@pytest.fixture(autouse=True)
def _in_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str | bytes, name: str = "x.py") -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def script(text: str | bytes, name: str = "x.py") -> Script:
    read = read_script(write(text, name))
    assert isinstance(read, Script), read
    return read


def problems(text: str | bytes, name: str = "x.py") -> list[Problem]:
    read = read_script(write(text, name))
    assert not isinstance(read, Script)
    return read


def test_what_a_script_says_goes_through_json() -> None:
    read = script(f'"""Two."""\n{HEAD}depends_on = ("c", "d")\nbranch_labels = "x"\n')
    assert Script.of_json(json.loads(json.dumps(read))) == read


@pytest.mark.parametrize(
    ("written", "parents"),
    [
        ('down_revision = "a"', ("a",)),
        ("down_revision = None", ()),
        ("down_revision = ()", ()),
        ("down_revision = []", ()),
        ("down_revision = (None,)", ()),
        ('down_revision = ("a",)', ("a",)),
        ('down_revision = ["a"]', ("a",)),
        ('down_revision = ("b2", "a")', ("b2", "a")),
        ('down_revision = ("a", "a")', ("a", "a")),
        ('down_revision: str = "a"', ("a",)),
        ('down_revision: "Union[str, None]" = None', ()),
        ('down_revision = "x"\ndown_revision = "a"', ("a",)),
        ('down_revision = "a"\ndown_revision: str', ("a",)),
        ('down_revision = "a" "b"', ("ab",)),
        ('other = down_revision = "a"', ("a",)),
        ('down_revision = f(1)\ndown_revision = "a"', ("a",)),
        ('down_revision = "a"\ndef f():\n    down_revision = g()', ("a",)),
        ('down_revision = "a"\nclass A:\n    down_revision = g()', ("a",)),
        ('down_revision = "a"\nx = [down_revision for down_revision in y]', ("a",)),
        ('from z import *\ndown_revision = "a"', ("a",)),
    ],
)
def test_forms_that_can_be_read(written: str, parents: tuple[str, ...]) -> None:
    assert script(f'revision = "b"\n{written}\n').parents == parents


def _binds_last(text: str, written: str) -> bool:
    binding = [line for line in written.splitlines() if "down_revision" in line or "*" in line]
    return text == binding[-1]


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ('down_revision = f"{x}"', "an f-string"),
        ('down_revision = "a" + "b"', "a computed value"),
        ("down_revision = PREVIOUS", "a name"),
        ("down_revision = module.previous", "an attribute"),
        ("down_revision = previous()", "a call"),
        ('down_revision = "a" if x else "b"', "a conditional value"),
        ('down_revision = ("a", *others)', "an unpacked value"),
        ('down_revision = (("a",),)', "a sequence in a sequence"),
        ("down_revision = 12", "a value of type int"),
        ('down_revision = b"a"', "a value of type bytes"),
        ('down_revision, other = "a", "b"', "tuple unpacking"),
        ('down_revision = "a"\ndown_revision += "b"', "an augmented assignment"),
        ('if True:\n    down_revision = "a"', "bound inside of `if`"),
        ('try:\n    down_revision = "a"\nexcept Exception:\n    pass', "bound inside of `try`"),
        ("for down_revision in x:\n    pass", "bound inside of `for`"),
        ("with x as down_revision:\n    pass", "bound inside of `with`"),
        ("def down_revision():\n    pass", "bound inside of `def`"),
        ("import down_revision", "an import"),
        ("from x import y as down_revision", "an import"),
        ('x = (down_revision := "a")', "assigned inside of an expression"),
        ('down_revision = "a"\ndel down_revision', "bound inside of `del`"),
        ("from x import *", "perhaps brought by `import *`"),
    ],
)
def test_forms_that_only_running_would_tell(written: str, form: str) -> None:
    [problem] = problems(f'revision = "b"\n{written}\n')
    where, _, rest = problem.what.partition(": ")
    assert rest == f"`down_revision` cannot be read without running the script: {form}."
    [line] = {number for number, text in enumerate(written.splitlines(), 2) if _binds_last(text, written)}
    assert where == f"x.py:{line}"


def test_every_name_is_named_with_its_line() -> None:
    found = problems("revision = a\ndown_revision = b\n\ndepends_on = c\nbranch_labels = d\n__doc__ = e\n")
    lines = sorted((int(problem.what.split(":")[1]), problem.what.split("`")[1]) for problem in found)
    assert lines == [(1, "revision"), (2, "down_revision"), (4, "depends_on"), (5, "branch_labels"), (6, "__doc__")]


@pytest.mark.parametrize(
    ("text", "name", "what"),
    [
        ("down_revision = None", "x.py", "x.py:1: The script has no `revision`."),
        ('revision = "a"', "x.py", "x.py:1: The script has no `down_revision`."),
        ("revision = None\ndown_revision = None", "x.py", "x.py:1: `revision` is no string, or empty."),
        ('revision = ""\ndown_revision = None', "x.py", "x.py:1: `revision` is no string, or empty."),
        ('revision = "a@b"\ndown_revision = None', "x.py", "x.py:1: The revision id 'a@b' holds @"),
        ('revision = "a-b+c:d"\ndown_revision = None', "x.py", "x.py:1: The revision id 'a-b+c:d' holds + - :"),
        ('revision = "b"\ndown_revision = ("a", None)', "x.py", "x.py:2: `down_revision` holds None beside others."),
        (HEAD + "__doc__ = ('a',)", "x.py", "x.py:3: `__doc__` is no string."),
        (HEAD + "def f(:", "x.py", "x.py:3: Python "),
        (b"revision = '\xff'\n", "x.py", "x.py:"),
        (b"# coding: no-such-codec\n", "x.py", "x.py:"),
        (b"a\0b", "x.py", "x.py:"),
        ('"\\ud800"\n' + HEAD, "x.py", "x.py:1: The docstring holds a lone surrogate"),
    ],
)
def test_scripts_that_say_nothing(text: str | bytes, name: str, what: str) -> None:
    [problem] = problems(text, name)
    assert problem.what.startswith(what)
    assert problem.fix


def test_an_id_from_the_file_name() -> None:
    assert script("down_revision = None", "versions/0a1b2c.py").revision == "0a1b2c"
    assert problems("down_revision = None", "versions/0a1b2c_x.py")


@pytest.mark.parametrize(
    "docstring",
    [
        '"""one\n\ntwo"""',
        '"""one\n \ntwo"""',
        '"""\n    one\n        two\n"""',
        '"""\tone\n\ttwo\n"""',
        "'a' 'b'",
        'r"""\\d"""',
        'f"""x"""',
        'b"x"',
        "",
        '"""a"""\n__doc__ = "b"',
        '"""a"""\n__doc__ = None',
        '"""ünï"""',
    ],
)
def test_the_docstring_is_that_of_the_running_python(docstring: str) -> None:
    namespace: dict[str, object] = {}
    exec(f"{docstring}\n{HEAD}", namespace)
    doc = namespace.get("__doc__")
    expected = doc.strip().split("\n\n")[0] if isinstance(doc, str) else ""
    assert script(f"{docstring}\n{HEAD}").doc == expected


def test_encodings() -> None:
    assert script('\ufeff"""ü"""\n' + HEAD).doc == "ü"
    assert script('# coding: latin-1\n"""ü"""\n'.encode("latin-1") + HEAD.encode()).doc == "ü"
    assert script(f'"""a\r\nb"""\r\n{HEAD}').doc == "a\nb"


def test_syntax_of_the_python_that_reads() -> None:
    text = f'x = f"{{\'a\' + f"b"}}"\n{HEAD}'  # PEP 701
    read = read_script(write(text))
    assert isinstance(read, Script) == (sys.version_info >= (3, 12))


def test_labels_and_dependencies() -> None:
    read = script(HEAD + 'branch_labels = ("x", "y")\ndepends_on = "z"')
    assert (read.labels, read.depends_on) == (("x", "y"), ("z",))
    assert script(HEAD + "branch_labels = (None,)\ndepends_on = []").labels == ()
    assert problems(HEAD + "depends_on = (None,)")


def test_nothing_is_run() -> None:
    assert script(f'{HEAD}\nopen("ran", "w")\nraise SystemExit\n').revision == "b"
    assert not Path("ran").exists()
