"""Of an index, `pip` gets the files that have the hashes of the pins; it gets the index itself if that fails."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from devflow.export_all_resolves.staging import fetch
from devflow.export_all_resolves.staging.fetch import UnknownPageError, anchors_of, files_of

ADDRESS = "https://index.example/simple/a-b/"
JSON = "application/vnd.pypi.simple.v1+json"
ONE, TWO = "1" * 64, "2" * 64
PAGE_JSON = json.dumps(
    {
        "files": [
            {"url": "https://files.example/a&b-1.0.whl", "hashes": {"sha256": ONE}, "requires-python": ">=3.9,<4"},
            {"url": "../../files/a_b-2.0.whl", "hashes": {"sha256": TWO, "md5": "3"}},
        ]
    }
)
PAGE_HTML = f"""\
<!DOCTYPE html><html><body>
<a href="https://files.example/a&amp;b-1.0.whl#sha256={ONE}" data-requires-python="&gt;=3.9,&lt;4">a&amp;b-1.0.whl</a>
<a href="../../files/a_b-2.0.whl#sha256={TWO}">a_b-2.0.whl</a><a name="no link">x</a>
</body></html>
"""


@pytest.mark.parametrize(("content", "content_type"), [(PAGE_JSON, JSON), (PAGE_HTML, "text/html")])
def test_both_kinds_of_pages(content: str, content_type: str) -> None:
    first, second = files_of(content, content_type, ADDRESS)
    assert first == ("https://files.example/a&b-1.0.whl", ">=3.9,<4", [f"sha256:{ONE}"])
    assert second[:2] == ("https://index.example/files/a_b-2.0.whl", "")
    assert f"sha256:{TWO}" in second[2]


def test_a_page_may_have_a_base() -> None:
    page = f'<html><head><base href="/other/"></head><a href="x.whl#sha256={ONE}">x</a></html>'
    [(address, _, _)] = files_of(page, "text/html", ADDRESS)
    assert address == "https://index.example/other/x.whl"


@pytest.mark.parametrize(("content", "content_type"), [(PAGE_JSON, JSON), (PAGE_HTML, "text/html")])
def test_only_files_with_a_hash_of_the_pin_stay(content: str, content_type: str) -> None:
    files = list(files_of(content, content_type, ADDRESS))
    text = "".join(anchors_of(files, [f"sha256:{ONE}", f"sha256:{'4' * 64}"]))
    # It can be read again, by pip as well as here.
    assert list(files_of(text, "text/html", "")) == [files[0]]
    assert list(anchors_of(files, [])) == []


def test_a_file_without_a_hash_could_be_the_one() -> None:
    page = f'<a href="a.whl">a</a><a href="b.whl#sha256={ONE}">b</a>'
    with pytest.raises(UnknownPageError, match="a.whl has no hash"):
        list(anchors_of(files_of(page, "text/html", ADDRESS), [f"sha256:{ONE}"]))


class FakePip:
    """The two names of `pip` that are used: an index of one project, and what the command line was."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, content: str = PAGE_JSON, status: int = 200) -> None:
        self.arguments: list[str] = []
        self.asked: list[str] = []

        def get(session: Any, address: str, headers: dict[str, str]) -> Any:
            self.asked.append(address)
            assert JSON in headers["Accept"]
            return types.SimpleNamespace(
                status_code=status,
                headers={"Content-Type": JSON},
                content=content.encode(),
                url=address,
                raise_for_status=lambda: None,
            )

        def main(arguments: list[str]) -> int:
            self.arguments = arguments
            return 7

        session = type("PipSession", (), {"__init__": lambda self, **_: None, "get": get})
        modules: dict[str, dict[str, Any]] = {
            "pip": {},
            "pip._internal": {},
            "pip._internal.cli": {},
            "pip._internal.cli.main": {"main": main},
            "pip._internal.network": {},
            "pip._internal.network.session": {"PipSession": session},
        }
        for name, module in modules.items():
            fake = types.ModuleType(name)
            vars(fake).update(module)
            monkeypatch.setitem(sys.modules, name, fake)


def spec(directory: Path, **changes: Any) -> str:
    fields = {
        "narrow": True,
        "page": str(directory / "page.html"),
        "hashes": {"a-b": [f"sha256:{ONE}"]},
        "links": {},
        "indexes": ["https://index.example/simple"],
        "index_arguments": ["--index-url", "x"],
        "common_arguments": ["--retries", "5"],
        "cache": str(directory / "cache"),
        "certificates": None,
        **changes,
    }
    (directory / "pins.json").write_text(json.dumps(fields))
    return str(directory / "pins.json")


def test_pip_gets_a_page_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = FakePip(monkeypatch)
    assert fetch.main([spec(tmp_path), "download", "--dest", "x"]) == 7
    page = tmp_path / "page.html"
    assert pip.asked == [ADDRESS]
    assert pip.arguments == ["download", "--dest", "x", "--retries", "5", "--no-index", "--find-links", str(page)]
    assert [found[0] for found in files_of(page.read_text(), "text/html", "")] == ["https://files.example/a&b-1.0.whl"]


def test_an_index_is_not_asked_for_what_has_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = FakePip(monkeypatch)
    fetch.main([spec(tmp_path, links={"a-b": [f"https://files.example/a.whl#sha256={ONE}"]})])
    assert pip.asked == []
    [(address, _, hashes)] = files_of((tmp_path / "page.html").read_text(), "text/html", "")
    assert (address, hashes) == ("https://files.example/a.whl", [f"sha256:{ONE}"])


def test_a_project_that_one_of_two_indexes_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = FakePip(monkeypatch, status=404)
    fetch.main([spec(tmp_path, indexes=["https://one.example/simple/", "https://two.example/simple"])])
    assert pip.asked == ["https://one.example/simple/a-b/", "https://two.example/simple/a-b/"]
    assert pip.arguments[-1] == str(tmp_path / "page.html")


@pytest.mark.parametrize("content", ["no JSON", "{}", '{"files": [{"url": "a.whl", "hashes": {}}]}'])
def test_pip_asks_the_index_itself_if_its_page_is_not_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    pip = FakePip(monkeypatch, content)
    assert fetch.main([spec(tmp_path), "download"]) == 7
    assert pip.arguments == ["download", "--retries", "5", "--index-url", "x"]


def test_pip_asks_the_index_itself_if_that_has_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = FakePip(monkeypatch)
    fetch.main([spec(tmp_path, narrow=False)])
    assert (pip.asked, pip.arguments[-2:]) == ([], ["--index-url", "x"])
