from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from devflow.common.splices import CannotEditError
from devflow.ide_config.formats import blocks

BEGIN = '" >>> devflow ide-config: written by `ide-config`, changes are lost >>>'
END = '" <<< devflow ide-config <<<'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"{BEGIN}\nlet x = 1\n{END}\n"),
        ("set nu", f"set nu\n\n{BEGIN}\nlet x = 1\n{END}\n"),
        ("set nu\r\n", f"set nu\r\n\r\n{BEGIN}\r\nlet x = 1\r\n{END}\r\n"),
        (f"a\n{BEGIN}\nold\nolder\n{END}\nb\n", f"a\n{BEGIN}\nlet x = 1\n{END}\nb\n"),
        (f"{BEGIN}\n{END}", f"{BEGIN}\nlet x = 1\n{END}"),
    ],
)
def test_the_block_is_put_in_or_replaced(before: str, after: str) -> None:
    assert blocks.put(before, blocks.VIM, "let x = 1") == after
    assert blocks.put(after, blocks.VIM, "let x = 1") == after


@pytest.mark.parametrize("text", [END, BEGIN, f"{END}\n{BEGIN}\n", f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n"])
def test_marks_that_do_not_fit_together_are_refused(text: str) -> None:
    with pytest.raises(CannotEditError, match="line 1: the marker comments"):
        blocks.put(text, blocks.VIM, "let x = 1")


def test_in_lisp_it_is_inside_of_the_one_list() -> None:
    begin, end = BEGIN.replace('"', ";;", 1), END.replace('"', ";;", 1)
    assert blocks.put("", blocks.LISP, " (a . 1)") == f"(\n{begin}\n (a . 1)\n{end}\n)\n"
    assert blocks.put("; mine\n((b . 2))", blocks.LISP, " (a . 1)") == f"; mine\n(\n{begin}\n (a . 1)\n{end}\n(b . 2))"
    with pytest.raises(CannotEditError, match="line 2: it does not begin with"):
        blocks.put("; mine\nb", blocks.LISP, " (a . 1)")


@settings(deadline=None)
@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="<>")), st.text("ab =\n", max_size=20))
@example("\r", "")
def test_the_rest_of_any_file_stays(text: str, body: str) -> None:
    once = blocks.put(text, blocks.LUA, body)
    assert once.startswith(text)
    assert blocks.put(once, blocks.LUA, body) == once
    again = blocks.put(once, blocks.LUA, body + "c")
    assert blocks.outside(again, blocks.LUA) == blocks.outside(once, blocks.LUA)
