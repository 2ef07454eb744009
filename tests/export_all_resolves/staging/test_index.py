"""The page of a project, in both of the forms that indexes have."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.export_all_resolves.staging.index import JSON_PAGE, IndexFile, files_of

ADDRESS = "https://index.example/simple/a-b/"
ONE, TWO = "1" * 64, "2" * 64
PAGE_JSON = json.dumps(
    {
        "files": [
            {"url": "https://files.example/a&b-1.0.whl", "hashes": {"sha256": ONE}, "requires-python": ">=3.9,<4"},
            {"url": "../../files/a_b-2.0%2Bx.whl", "hashes": {"sha256": TWO}, "yanked": "broken"},
            {"url": "c.whl", "hashes": {}, "yanked": False, "requires-python": None},
        ]
    }
)
PAGE_HTML = f"""\
<!DOCTYPE html><html><body>
<a href="https://files.example/a&amp;b-1.0.whl#sha256={ONE}" data-requires-python="&gt;=3.9,&lt;4">a&amp;b-1.0.whl</a>
<a href="../../files/a_b-2.0%2Bx.whl#sha256={TWO}" data-yanked>a_b-2.0.whl</a><a name="no link">x</a>
<a href="c.whl">c</a>
</body></html>
"""


@pytest.mark.parametrize(("content", "content_type"), [(PAGE_JSON, JSON_PAGE), (PAGE_HTML, "text/html")])
def test_both_kinds_of_pages(content: str, content_type: str) -> None:
    first, second, third = files_of(content, content_type, ADDRESS)
    assert first == IndexFile("https://files.example/a&b-1.0.whl", (f"sha256:{ONE}",), ">=3.9,<4")
    assert second == IndexFile("https://index.example/files/a_b-2.0%2Bx.whl", (f"sha256:{TWO}",), yanked=True)
    assert (first.name, second.name) == ("a&b-1.0.whl", "a_b-2.0+x.whl")
    assert third == IndexFile(f"{ADDRESS}c.whl")


def test_a_page_may_have_a_base() -> None:
    page = f'<html><head><base href="/other/"></head><a href="x.whl#sha256={ONE}">x</a></html>'
    [file] = files_of(page, "text/html", ADDRESS)
    assert file.address == "https://index.example/other/x.whl"


@pytest.mark.parametrize("content", ["no JSON", "{}", "[]", '{"files": [{"url": "a.whl"}]}'])
def test_a_page_that_is_not_understood(content: str) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        list(files_of(content, JSON_PAGE, ADDRESS))


@pytest.mark.parametrize(
    ("link", "file"),
    [
        (f"https://x.example/a.whl#sha256={ONE}", IndexFile("https://x.example/a.whl", (f"sha256:{ONE}",))),
        ("https://x.example/a.whl", IndexFile("https://x.example/a.whl")),
        ("https://x.example/a.whl#x", IndexFile("https://x.example/a.whl")),
    ],
)
def test_a_link(link: str, file: IndexFile) -> None:
    assert IndexFile.of_link(link) == file


def test_a_name_leads_to_no_other_directory() -> None:
    assert IndexFile("https://x.example/a-1.0-1%2f..%2F..%2fb-py3-none-any.whl").name == "b-py3-none-any.whl"


HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
FILES = st.lists(
    st.fixed_dictionaries(
        {
            "url": st.text(max_size=9).map(lambda name: f"https://x.example/{name}.whl"),
            "hashes": st.dictionaries(st.sampled_from(["sha256", "md5"]), HEX | st.just(ONE), max_size=2),
        },
        optional={
            "core-metadata": st.booleans() | st.fixed_dictionaries({"sha256": HEX | st.just(ONE)}),
            "yanked": st.booleans() | st.sampled_from(['{"', '"}', "{", "}", f'{{"{ONE}": {{', "\\"]),
            "requires-python": st.none() | st.just(">=3"),
        },
    ),
    max_size=5,
)


@given(FILES, st.sets(HEX | st.just(ONE), max_size=3), st.sampled_from([None, 1]))
def test_the_wanted_files_of_any_page_are_those_of_the_whole_page(
    files: list[dict[str, Any]], digests: set[str], indent: int | None
) -> None:
    wanted = [file for file in files if not file["hashes"] or not digests.isdisjoint(file["hashes"].values())]
    page, of_wanted = (json.dumps({"name": "{", "files": some}, indent=indent) for some in (files, wanted))
    assert list(files_of(page, JSON_PAGE, ADDRESS, digests)) == list(files_of(of_wanted, JSON_PAGE, ADDRESS))


def test_a_brace_in_a_text_is_none_of_an_object() -> None:
    other = {"url": "https://x.example/a.whl", "hashes": {"sha256": TWO}, "yanked": '{"'}
    files = [{**other, "core-metadata": {"sha256": ONE}}, {**other, "hashes": {"sha256": ONE}}]
    found = files_of(json.dumps({"files": files}), JSON_PAGE, ADDRESS, {ONE})
    assert [file.hashes for file in found] == [(f"sha256:{ONE}",)]


def test_of_a_long_page_only_files_with_a_wanted_hash_are_of_use() -> None:
    files = [
        {"url": f"https://x.example/{name}.whl", "hashes": {"sha256": name * 64} if name else {}}
        for name in ("a", "b", "")
    ]
    found = files_of(json.dumps({"files": files}), JSON_PAGE, ADDRESS, {"b" * 64})
    assert [file.name for file in found] == ["b.whl", ".whl"], "one without a hash must be known"
