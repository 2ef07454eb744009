"""The sections of pre-releases in a changelog, and what their fragments must give."""

from __future__ import annotations

import dataclasses

import pytest

from devflow.release.steps.changelog_setup import Setup
from devflow.release.steps.prerelease_fragments import by_prerelease, of_all, of_prerelease
from devflow.release.steps.towncrier.prereleases import contents_of, edited_problem, prereleases_in
from devflow.release.versions.version import parse
from release.steps.towncrier.test_step import CONFIG, FILES, SETUP

V = parse("1.1.0")
OLD = "## 1.0.0 (2025)\n\n### Fixes\n\n* Old. (#1)\n"
RC2 = "## 1.1.0rc2 (2026)\n\n### Fixes\n\n* Two,\n  wrapped. (#3)\n\n\n"
RC1 = "## 1.1.0rc1 (2026)\n\nNo significant changes.\n\n\n"
TOP = "# News\n\n<!-- here -->\n\n"


def test_the_sections() -> None:
    found = prereleases_in("NEWS.md", TOP + RC2 + RC1 + OLD, V)
    assert found.rest == TOP + OLD
    assert found.contents == {"1.1.0rc2": {"Fixes", "* Two, wrapped. (#3)"}, "1.1.0rc1": frozenset()}
    assert list(found.contents) == ["1.1.0rc2", "1.1.0rc1"]


@pytest.mark.parametrize("version", ["1.1.0rc2", "1.1.1", "1.0.0", "2.0.0"])
def test_other_versions_have_none(version: str) -> None:
    text = TOP + RC2 + OLD
    found = prereleases_in("NEWS.md", text, parse(version))
    assert (found.rest, found.contents) == (text, {})


def test_a_candidate_that_was_merged_twice() -> None:
    again = RC2.replace("Two,\n  wrapped. (#3)", "Three. (#4)")
    found = prereleases_in("NEWS.md", TOP + again + RC2 + OLD, V)
    assert found.rest == TOP + OLD
    assert found.contents == {"1.1.0rc2": {"Fixes", "* Two, wrapped. (#3)", "* Three. (#4)"}}


def test_restructured_text_with_a_line_above_the_title() -> None:
    section = "==========\n1.1.0rc1 x\n==========\n\nFixes\n-----\n\n- A (#1)\n\n"
    old = "==========\n1.0.0 abcd\n==========\n\n- Old\n"
    found = prereleases_in("NEWS.rst", f"News\n\n{section}{old}", V)
    assert found.rest == f"News\n\n{old}"
    assert found.contents == {"1.1.0rc1": {"Fixes", "- A (#1)"}}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("wrapped.", "wrapped well.", "has '* Two, wrapped well. (#3)', and no news fragment that was removed"),
        ("### Fixes", "### Repairs", "has 'Repairs', and no news fragment that was removed"),
        ("### Fixes\n", "Read this.\n\n### Fixes\n", "has 'Read this.', and no news fragment that was removed"),
        ("### Fixes\n\n* Two,\n  wrapped. (#3)\n", "", "lacks '* Two, wrapped. (#3)', which the news fragments"),
    ],
)
def test_a_section_that_was_edited(before: str, after: str, words: str) -> None:
    given = contents_of("NEWS.md", RC2, "1.1.0rc2")
    found = prereleases_in("NEWS.md", TOP + RC2.replace(before, after) + OLD, V)
    problem = edited_problem("NEWS.md", "1.1.0rc2", found.contents["1.1.0rc2"], given)
    assert problem
    assert problem.what.startswith(f"NEWS.md: the section of 1.1.0rc2 {words}")
    assert problem.fix == "--consolidate=text, which folds the sections as they are"


def test_a_section_that_is_wrapped_otherwise_is_the_same() -> None:
    given = contents_of("NEWS.md", RC2.replace("Two,\n  wrapped", "Two, wrapped"), "1.1.0rc2")
    found = prereleases_in("NEWS.md", TOP + RC2 + OLD, V)
    assert edited_problem("NEWS.md", "1.1.0rc2", found.contents["1.1.0rc2"], given) is None


def test_what_towncrier_gets() -> None:
    past = by_prerelease(
        {"1.1.0rc1/news/1.fix": b"rc1", "1.1.0rc2/news/1.fix": b"rc2", "1.1.0rc2/news/2.fix": b"two", "1.1.0rc2/x": b""}
    )
    assert past["1.1.0rc1"] == {"news/1.fix": b"rc1"}
    alone = of_prerelease(SETUP, FILES, past["1.1.0rc2"])
    settings = {path: FILES[path] for path in ("towncrier.toml", "tools/news.md")}
    assert alone == {**settings, "news/1.fix": b"rc2", "news/2.fix": b"two"}
    text = f"{TOP}{RC2}{RC1}{OLD}"
    files = {**FILES, "news/2.fix": b"newest", "NEWS.md": text.encode()}
    together = of_all(SETUP, files, prereleases_in("NEWS.md", text, V), past)
    assert together == {
        **files,
        "news/1.fix": b"rc2",
        "news/2.fix": b"newest",
        "NEWS.md": (TOP + OLD).encode(),
    }


def test_a_template_between_the_fragments_stays() -> None:
    setup = Setup(None, dataclasses.replace(CONFIG, template="news/template.md"), "NEWS.md")
    files = {"news/template.md": b"x", "news/1.feature": b"new"}
    assert of_prerelease(setup, files, {"news/2.feature": b"old"}) == {
        "news/template.md": b"x",
        "news/2.feature": b"old",
    }
