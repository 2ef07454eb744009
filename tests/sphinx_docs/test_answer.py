"""Warnings of both generations of Sphinx, as lines."""

from __future__ import annotations

import json

import pytest

from devflow.sphinx_docs.answer import answer_of, is_broken_link, one_line, report_lines, warnings_of
from devflow.sphinx_docs.facts import CheckedLink, DocsWarning, SphinxFailure, UpdatedCatalog

TRACEBACK = (
    "WARNING: autodoc: failed to import module 'x' from module 'nope'; the following exception was raised:\n"
    "['Traceback (most recent call last):\\n', '  File \"importer.py\", line 269, in import_object\\n', "
    "\"ModuleNotFoundError: No module named 'nope'\\n\"] [autodoc.import_object]\n"
)


@pytest.mark.parametrize(
    ("text", "warnings", "lines"),
    [
        ("", [], []),
        (
            "docs/index.rst:9: WARNING: undefined label: 'nowhere' [ref.ref]\n",
            [DocsWarning("docs/index.rst:9", "undefined label: 'nowhere'", "ref.ref")],
            ["docs/index.rst:9: undefined label: 'nowhere' [ref.ref]"],
        ),
        (
            "docs/a.rst:2: WARNING: Title underline too short.\n\nTitle\n===\ndocs/b.rst: ERROR: Unknown directive\n",
            [
                DocsWarning("docs/a.rst:2", "Title underline too short.\n\nTitle\n==="),
                DocsWarning("docs/b.rst", "Unknown directive"),
            ],
            ["docs/a.rst:2: Title underline too short.", "docs/b.rst: Unknown directive"],
        ),
        (
            "src/x.py:docstring of x.f:1: WARNING: undefined label: 'y' [ref.ref]\n" * 2,
            [DocsWarning("src/x.py:docstring of x.f:1", "undefined label: 'y'", "ref.ref")],
            ["src/x.py:docstring of x.f:1: undefined label: 'y' [ref.ref]"],
        ),
        (
            "docs/m.md:3: WARNING: 'myst' cross-reference target not found: 'n.md' "
            "[myst.xref_missing] [myst.xref_missing]\n",
            [DocsWarning("docs/m.md:3", "'myst' cross-reference target not found: 'n.md'", "myst.xref_missing")],
            ["docs/m.md:3: 'myst' cross-reference target not found: 'n.md' [myst.xref_missing]"],
        ),
        (
            "WARNING: html_static_path entry '_static' does not exist [config]\n",
            None,
            [
                "html_static_path entry '_static' does not exist [config]: add it to `sources`, or a target that makes "
                "it to `dependencies`"
            ],
        ),
        *(
            (
                f"docs/a.md:3: WARNING: {text} [docutils]\n",
                None,
                [
                    f"docs/a.md:3: {text} [docutils]: if there is such a file, add it to `sources`, or a `file` target "
                    "of it to `dependencies`"
                ],
            )
            for text in (
                "Problems with \"include\" directive path: InputError: [Errno 2] No such file or directory: 'x'.",
                "Include file 'x.py' not found or reading it failed",
                "Directive \"include\": file not found: 'x.md'",
                "image file not readable: ../x.png",
                "download file not readable: x.txt",
            )
        ),
        (
            "WARNING: dot command 'dot' cannot be run (needed for graphviz output), check the graphviz_dot setting\n",
            None,
            [
                "dot command 'dot' cannot be run (needed for graphviz output), check the graphviz_dot setting: let "
                'builds find programs on PATH, in pants.toml: [sphinx] extra_env_vars = ["PATH"]'
            ],
        ),
        ("WARNING: while setting up x:\nit broke\nand more\n", None, ["while setting up x: it broke"]),
        ("an odd line before any warning\n", [], []),
    ],
)
def test_warnings(text: str, warnings: list[DocsWarning] | None, lines: list[str]) -> None:
    found = list(warnings_of(text))
    assert warnings is None or found == warnings
    assert list(report_lines(found, "docs")) == lines


def test_a_module_that_cannot_be_imported_is_one_line() -> None:
    one = "WARNING: autodoc: failed to import class 'A' from module 'x'; the following exception was raised:\n"
    text = f"{one}No module named 'aiohttp'\n{one.replace('class ', 'other ')}No module named 'aiohttp'\n{TRACEBACK}"
    text += f"{one.replace('class ', 'third ')}RuntimeError: no settings\n"
    lines = list(report_lines(warnings_of(text), "docs"))
    assert [line.partition(": add the code")[0] for line in lines] == [
        "autodoc: No module named 'aiohttp', 2 times",
        "autodoc: No module named 'nope'",
        "autodoc: RuntimeError: no settings",
    ]
    assert "the package to resolve docs" in lines[0]


def test_a_closed_network_says_how_to_go_on() -> None:
    text = (
        "WARNING: failed to reach any of the inventories with the following issues:\n"
        "intersphinx inventory 'https://docs.python.org/3/objects.inv' not fetchable due to <class 'ProxyError'>: "
        'HTTPSConnectionPool(…: the network is closed to this build: 127.0.0.1")))\n'
    )
    [line] = report_lines(warnings_of(text), "docs")
    assert line.startswith("https://docs.python.org/3/objects.inv: the network is closed: commit the inventory")


@pytest.mark.parametrize(
    ("warning", "broken"),
    [
        (DocsWarning("a.rst:1", "undefined label: 'x'", "ref.ref"), True),
        (DocsWarning("a.rst:1", "undefined label: 'x'"), True),
        (DocsWarning("a.rst:1", "py:class reference target not found: x.Y"), True),
        (DocsWarning("a.rst:1", 'Unknown target name: "x".', "docutils"), True),
        (DocsWarning("a.md:1", "'myst' cross-reference target not found: 'x'", "myst.xref_missing"), True),
        (DocsWarning("a.rst", "document isn't included in any toctree", "toc.not_included"), False),
        (DocsWarning("a.rst:2", "Title underline too short."), False),
    ],
)
def test_what_is_a_broken_link(warning: DocsWarning, broken: bool) -> None:
    assert is_broken_link(warning) is broken


def test_an_answer() -> None:
    printed = {
        "failure": {"kind": "Extension error", "message": "no"},
        "warnings": "",
        "links": [{"filename": "a.rst", "lineno": 6, "uri": "http://x", "status": "broken", "info": "404"}],
        "catalogs": [{"path": "docs/ko/a.po", "new": True, "messages": 3, "untranslated": 2}],
    }
    answer = answer_of(json.dumps(printed), "docs")
    assert answer.failure == SphinxFailure("Extension error", "no")
    assert answer.links == (CheckedLink("docs/a.rst", 6, "http://x", "broken", "404"),)
    assert answer.catalogs == (UpdatedCatalog("docs/ko/a.po", True, 3, 2),)
    assert one_line(DocsWarning("", "x")) == "x"
    with pytest.raises(ValueError, match="Expecting"):
        answer_of("Killed", "docs")
