"""A name that stands for the next version: replaced wherever it is a name, and nowhere else."""

from __future__ import annotations

import ast
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.errors import UserError
from devflow.release.versions.placeholder import frozen


def freeze(source: str) -> str:
    return frozen("a.py", source, "NEXT", "26.8.0")


@pytest.mark.parametrize(
    ("source", "after"),
    [
        # code
        ("f(added=NEXT)\n", 'f(added="26.8.0")\n'),
        ("x = [NEXT, NEXTER, MY_NEXT]\n", 'x = ["26.8.0", NEXTER, MY_NEXT]\n'),
        ("x = meta.NEXT\ny = a.b.NEXT + z.w\n", 'x = "26.8.0"\ny = "26.8.0" + z.w\n'),
        ("f(NEXT=NEXT)\n", 'f(NEXT="26.8.0")\n'),
        ("x = NEXT == y\n", 'x = "26.8.0" == y\n'),
        # strings, comments, docstrings
        ("# Part of: NEXT\nx = 'in NEXT, not in NEXTER'\n", "# Part of: 26.8.0\nx = 'in 26.8.0, not in NEXTER'\n"),
        ('"""Since NEXT.\n\nNEXT\n"""\n', '"""Since 26.8.0.\n\n26.8.0\n"""\n'),
        ("x = r'NEXT'; y = b'NEXT'\n", "x = r'26.8.0'; y = b'26.8.0'\n"),
        # f-strings
        ('x = f"since {NEXT}"\n', 'x = f"since 26.8.0"\n'),
        ('x = F"{ NEXT }{meta.NEXT} {y} NEXT"\n', 'x = F"26.8.026.8.0 {y} 26.8.0"\n'),
        ('x = f"""{{{NEXT}}} {{NEXT}}"""\n', 'x = f"""{{26.8.0}} {{26.8.0}}"""\n'),
        # imports
        ("from m import NEXT\nx = NEXT\n", 'x = "26.8.0"\n'),
        ("from m import NEXT  # noqa\nx = 1\n", "x = 1\n"),
        ("from m import A, NEXT, B\n", "from m import A, B\n"),
        ("from m import A, NEXT\n", "from m import A\n"),
        ("from m import NEXT, B\n", "from m import B\n"),
        ("from m import (\n    A,\n    NEXT,\n    B,\n)\n", "from m import (\n    A,\n    B,\n)\n"),
        ("from m import (\n    A,\n    NEXT\n)\n", "from m import (\n    A\n)\n"),
        ("from m import (\n    NEXT,\n)\nx = 1\n", "x = 1\n"),
        ("if T:\n    from m import NEXT\nx = 1\n", "if T:\n    pass\nx = 1\n"),
        ("import a; from m import NEXT; x = NEXT\n", 'import a; pass; x = "26.8.0"\n'),
        ("if T: from m import NEXT\n", "if T: pass\n"),
        ("from m import NEXT", ""),
        # line ends
        ("from m import NEXT\r\nx = NEXT  # NEXT\r\n", 'x = "26.8.0"  # 26.8.0\r\n'),
        # the file that defines it
        ("NEXT = 'NEXT'  # NEXT\n", "NEXT = 'NEXT'  # NEXT\n"),
        ("import a\nNEXT: str = 'x'\nf(NEXT)\n", "import a\nNEXT: str = 'x'\nf(NEXT)\n"),
        ("x = 1\n", "x = 1\n"),
    ],
)
def test_each_place(source: str, after: str) -> None:
    assert freeze(source) == after
    assert freeze(after) == after
    ast.parse(after)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("\nfrom m import NEXT as n\n", "a.py imports NEXT under another name in line 2."),
        ("from m import A as NEXT\n", "a.py imports NEXT under another name in line 1."),
        ("x = f'{f(NEXT)}'\n", "a.py has NEXT inside of an expression of an f-string in line 1."),
        ("x = f'{NEXT!r}'\n", "a.py has NEXT inside of an expression of an f-string in line 1."),
        ("x = 'NEXT\n'''", "a.py cannot be read as Python: "),
    ],
)
def test_what_cannot_be_replaced(source: str, what: str) -> None:
    with pytest.raises(UserError) as error:
        freeze(source)
    assert error.value.problem.what.startswith(what)


statements = st.sampled_from(
    [
        "from m import NEXT",
        "from m import A, NEXT",
        "x = NEXT",
        "f(NEXT, a=m.NEXT)",
        "# NEXT",
        "'''NEXT\n'''",
        'y = f"{NEXT} {y:>{NEXTER}}"',
        "if x:\n    from m import NEXT\n    z = NEXT",
        "class C:\n    from m import NEXT",
        "x = NEXTER",
    ]
)


@given(st.lists(statements, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_what_was_python_is_python(lines: list[str], newline: str) -> None:
    source = newline.join(lines).replace("\n", newline) if newline == "\n" else "\n".join(lines).replace("\n", "\r\n")
    after = freeze(source)
    ast.parse(after)
    assert "NEXT" not in after.replace("NEXTER", "")
    assert after.count("NEXTER") == source.count("NEXTER")
    assert freeze(after) == after


@given(st.text() | st.text("NEXT ={}f'\"\n#.()"))
def test_any_text_is_replaced_or_refused(source: str) -> None:
    with suppress(UserError):
        freeze(source)


def test_syntax_of_a_newer_python() -> None:
    source = "match x:\n    case 1:\n        y = NEXT\n"
    assert freeze(source) == source.replace("NEXT", '"26.8.0"')
    if sys.version_info >= (3, 12):
        assert freeze("x = f\"{y['a']} {NEXT}\"\n") == "x = f\"{y['a']} 26.8.0\"\n"
