from __future__ import annotations

import pytest

from devflow.backport.path_map import is_fragment, mapped, parse_map, refuse_clashes
from devflow.common.errors import UserError


@pytest.mark.parametrize(
    ("items", "path", "expected"),
    [
        (["src/a=lib/a"], "src/a/x.py", "lib/a/x.py"),
        (["src/a=lib/a"], "src/ab/x.py", None),
        (["src/a=lib", "src/a/b=c"], "src/a/b/x", "c/x"),  # the longest
        (["docs"], "docs/x", "docs/x"),
        (["README.md=docs/app.md"], "README.md", "docs/app.md"),
        (["src/a="], "src/a/x", "x"),
        (["=vendor"], "src/x", "vendor/src/x"),
        (["./src/a/=lib/"], "src/a/x", "lib/x"),
    ],
)
def test_where_a_file_goes(items: list[str], path: str, expected: str | None) -> None:
    assert mapped(path, parse_map(items)) == expected


@pytest.mark.parametrize("item", ["../a=b", "a=../b", "/a=b", "a=/b"])
def test_no_path_leads_out(item: str) -> None:
    with pytest.raises(UserError, match="leads out of the repository"):
        parse_map([item])


def test_clashes() -> None:
    refuse_clashes([("a", "x"), ("b", "y"), ("a", "x")])
    with pytest.raises(UserError, match="a and b would both become x"):
        refuse_clashes([("a", "x"), ("b", "x")])
    with pytest.raises(UserError, match="--path-map has src twice"):
        parse_map(["src=a", "src/=b"])


def test_fragments() -> None:
    assert is_fragment("changes/12.fix.md", ["changes/*"])
    assert is_fragment("packages/web/news/1.md", ["packages/*/news/*"])
    assert not is_fragment("changes/template/x.md", ["changes/*"])
    assert not is_fragment("src/changes/1.md", ["changes/*"])
