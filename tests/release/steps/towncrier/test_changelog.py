from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.release.steps.towncrier.changelog import changelog_problems, produced_before, titles

MARKDOWN, RST = "<!-- towncrier release notes start -->\n", ".. towncrier release notes start\n"


def written(before: str, section: str, marker: str) -> str:
    """The changelog after towncrier has written a section, as newer versions do it."""
    head, found, old = before.partition(marker)
    if not found:
        return section + before.lstrip()
    return f"{head.rstrip()}\n\n{marker}\n{section}{old.lstrip()}"


def said(path: str, before: str, section: str, *, marker: str | None = None, version: str = "1.1.0") -> list[str]:
    marker = marker or (MARKDOWN if path.endswith(".md") else RST)
    after = written(before.replace("\r\n", "\n"), section, marker)
    return [problem.what for problem in changelog_problems(path, before, after, version, marker)]


RST_SECTION = "1.1.0 (2026-01-02)\n==================\n\n- More. (#5)\n\n\n"
MD_SECTION = "## Orbit 1.1.0 (2026-01-02)\n\n### Features\n\n- More. (#5)\n\n\n"


@pytest.mark.parametrize(
    "old",
    [
        # The next line of a bullet, as in aiohttp's changelog.
        "1.0.0 (2025-01-01)\n==================\n\n- The oldest runtime is now\n  1.1.0 (`#9 <https://t.example/9>`_)\n",
        "1.0.0 (2025-01-01)\n==================\n\nThe oldest runtime is now\n1.1.0 (2025-01-01)\n\n",
        "1.0.0 (2025-01-01)\n==================\n\nSince::\n\n    1.1.0 (2025-01-01)\n    ==================\n\n",
        "1.0.0 (2025-01-01)\n==================\n\n- 1.1.0 (2025-01-01)\n\n",
        "1.0.0 (2025-01-01)\n==================\n\nUpgrading to 1.1.0\n------------------\n\n",
        "1.1.0rc1 (2025-01-01)\n=====================\n\nOld.\n\n",
        "1.1.0.post1 (2025-01-01)\n========================\n\nOld.\n\n",
        "11.1.0 (2025-01-01)\n===================\n\nOld.\n\n",
    ],
)
def test_a_version_that_is_no_section_rst(old: str) -> None:
    assert said("CHANGES.rst", f"Changes\n=======\n\n{RST}\n{old}", RST_SECTION) == []


@pytest.mark.parametrize(
    "old",
    [
        "## Orbit 1.0.0\n\n### Deprecated, will go in 1.1.0\n\n- Old.\n",
        "## Orbit 1.0.0\n\n```sh\n# before 1.1.0 (2026)\n## Orbit 1.1.0 (2025-01-02)\n```\n",
        "## Orbit 1.0.0\n\n~~~~\n## Orbit 1.1.0 (2025-01-02)\n```\n## Orbit 1.1.0 (2025-01-02)\n~~~~\n",
        "## Orbit 1.0.0\n\n    ## Orbit 1.1.0 (2025-01-02)\n",
        "## Orbit 1.0.0\n\n<!--\n## Orbit 1.1.0 (2025-01-02)\n-->\n",
        "## Orbit 1.0.0\n\n### 1.1.0\n\nWhat comes.\n",
        "## Orbit 1.0.0\n\nOrbit 1.1.0 (2025-01-02) is next.\n",
        "## Upgrading to 1.1.0\n\nOld.\n",
        "## Comet 1.1.0 (2025-01-02)\n\nOf another package, in the same changelog.\n",
        "## Orbit 1.1.0rc1 (2025-01-02)\n\nOld.\n",
    ],
)
def test_a_version_that_is_no_section_markdown(old: str) -> None:
    assert said("CHANGES.md", f"# Changes\n\n{MARKDOWN}\n{old}", MD_SECTION) == []


@pytest.mark.parametrize(
    ("path", "old", "heading"),
    [
        ("C.md", "## Orbit 1.1.0 (2025-12-24)\n\nOld.\n", "Orbit 1.1.0 (2025-12-24)"),
        ("C.md", "## 1.1.0\n\nOld.\n", "1.1.0"),
        ("C.md", "## [v1.1.0](https://t.example) - 2025-12-24\n\nOld.\n", "[v1.1.0](https://t.example) - 2025-12-24"),
        ("C.md", "## Version 1.1.0 ##\n\nOld.\n", "Version 1.1.0"),
        ("C.md", "Orbit 1.1.0 (2025)\n==================\n\nOld.\n", "Orbit 1.1.0 (2025)"),
        ("C.rst", "1.1.0 (2025-12-24)\n==================\n\nOld.\n", "1.1.0 (2025-12-24)"),
        ("C.rst", "=====\n1.1.0\n=====\n\nOld.\n", "1.1.0"),
    ],
)
def test_a_second_section_of_the_version(path: str, old: str, heading: str) -> None:
    marker, section = (MARKDOWN, MD_SECTION) if path.endswith(".md") else (RST, RST_SECTION)
    newest = "## Orbit 1.2.0\n\nNew.\n\n" if path.endswith(".md") else "1.2.0\n=====\n\nNew.\n\n"
    for below in (old, newest + old):
        [what] = said(path, f"{marker}\n{below}", section)
        assert what == f"{path} has 1.1.0 already: {heading!r}."


def test_a_title_without_a_mark() -> None:
    # towncrier 24.8 and newer write `title_format` into Markdown as it is.
    section = "1.1.0 (2026-01-02)\n\n- More.\n\n"
    assert said("C.md", f"{MARKDOWN}\n1.0.0 (2025-01-01)\n\n- Since then\n1.1.0 (soon)\n", section) == []
    assert said("C.md", f"{MARKDOWN}\n1.1.0 (2025-01-01)\n\n- Old.\n", section) == [
        "C.md has 1.1.0 already: '1.1.0 (2025-01-01)'."
    ]


def test_a_template_without_a_heading_has_no_version_to_find() -> None:
    assert said("C.md", f"{MARKDOWN}\n## 1.1.0\n\nOld.\n", "- More.\n\n") == []


NO_MARKER = ["C.md does not have the marker of towncrier, {!r}: the section would go to the very top."]


@pytest.mark.parametrize(
    ("before", "wrong"),
    [
        ("# Changes\n\n## Orbit 1.0.0 (2025-01-01)\n\n- Old.\n", True),
        ("All changes.\n\n## Orbit 1.0.0 (2025-01-01)\n\n- Old.\n", True),
        ("# Orbit 2.0 and later\n\n## Orbit 1.0.0 (2025-01-01)\n", True),
        # What a release has made, and what begins in the same way.
        (MD_SECTION.replace("1.1.0", "1.0.0"), False),
        ("## 1.0.0\n\n- Old.\n", False),
        ("\n\n## 1.0.0\n\n- Old.\n", False),
        ("", False),
        (" \n", False),
    ],
)
def test_where_the_section_goes_without_a_marker(before: str, wrong: bool) -> None:
    marker = MARKDOWN.strip()
    assert said("C.md", before, MD_SECTION) == ([NO_MARKER[0].format(marker)] if wrong else [])


def test_a_section_that_runs_into_the_one_below() -> None:
    before = f"# C\n\n{MARKDOWN}\n## Orbit 1.0.0\n"
    assert said("C.md", before, MD_SECTION.rstrip("\n")) == [
        "The new section ends without a newline, so that C.md would go on in its last line."
    ]
    assert said("C.md", f"# C\n\n{MARKDOWN}", MD_SECTION.rstrip("\n")) == []


def test_line_ends_are_those_that_towncrier_reads() -> None:
    assert said("C.md", f"# C\r\n\r\n{MARKDOWN.strip()}\r\n\r\n## Orbit 1.0.0\r\n", MD_SECTION) == []


WORDS = st.text("abc #=-*`~<!\n.123", max_size=60)
TITLES = st.sampled_from(["## {} (2026)\n", "{}\n=====\n", "# Orbit {}\n", "{} - news\n", "### v{}\n", "News.\n"])


@given(header=st.sampled_from(["", "# Changes\n\n" + MARKDOWN]), title=TITLES, bodies=st.lists(WORDS, min_size=1))
def test_what_a_release_has_made_is_taken_by_the_next_one(header: str, title: str, bodies: list[str]) -> None:
    text = header
    for number, body in enumerate(bodies, 1):
        version = f"1.{number}.0"
        # Words of fragments: towncrier puts a bullet before each, and indents what follows.
        words = body.strip().replace("\n", "\n  ")
        after = written(text, f"{title.format(version)}\n- {words}\n\n", MARKDOWN)
        if text.strip() != header.strip() or header:
            assert changelog_problems("C.md", text, after, version, MARKDOWN) == ()
        text = after


@given(st.text("abc #=-*`~<!>\r\n\t .123", max_size=200), st.booleans())
def test_any_text_can_be_read(text: str, markdown: bool) -> None:
    for line in titles(text, markdown=markdown):
        assert line.text in text[line.start :].split("\n")[0]


def test_what_towncrier_itself_refuses() -> None:
    problem = produced_before("C.rst", "News\n\nSince 1.1.0.\n", "1.1.0")
    assert problem.what == "towncrier refuses: its title '1.1.0' is in C.rst already, in line 3."
