"""Sections of pre-releases folded into that of their final release: nothing is lost, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.release.steps.section import section_of
from devflow.release.steps.towncrier.consolidate import Consolidated, consolidated, references
from devflow.release.versions.version import parse

CATEGORIES = ("Breaking changes", "Features", "Fixes")
BEFORE = """\
# Changes

<!-- start -->

## 26.8.0 (2026-08-20)

### Fixes
* Final fix. (#30)
* Newer words for twenty. (#20)


## 26.8.0rc2 (2026-08-10)

### Features
* Feature of rc2. (#21)

### Fixes
* Older words for twenty. (#20)
* Two in one. (#18, #19)


## 26.8.0rc1 (2026-08-01)

Please try it.

### Features
* Feature of rc1. (#11)
  With a second line.
* Feature of rc2. (#21)

### Odd ones
* Odd. (#12)
* Without a number

## 26.7.1 (2026-07-20)

### Fixes
* Not touched. (#20)

## 26.8.0.1rc1

* Another version.
"""
AFTER = """\
# Changes

<!-- start -->

## 26.8.0 (2026-08-20)

Please try it.

### Features
* Feature of rc2. (#21)
* Feature of rc1. (#11)
  With a second line.

### Fixes
* Final fix. (#30)
* Newer words for twenty. (#20)
* Two in one. (#18, #19)

### Odd ones
* Odd. (#12)
* Without a number


## 26.7.1 (2026-07-20)

### Fixes
* Not touched. (#20)

## 26.8.0.1rc1

* Another version.
"""
V = parse("26.8.0")


def fold(text: str, path: str = "CHANGELOG.md") -> Consolidated:
    return consolidated(path, text, V, CATEGORIES)


def test_two_candidates() -> None:
    found = fold(BEFORE)
    assert found.text == AFTER
    assert found.folded == ("26.8.0rc2", "26.8.0rc1") or found.folded == ("26.8.0rc1", "26.8.0rc2")
    assert found.notes == (
        "CHANGELOG.md: the text below 26.8.0rc1 is kept: 'Please try it.'.",
        "CHANGELOG.md: 'Odd ones' is no type of towncrier, and stands last.",
    )


def test_the_same_twice() -> None:
    assert fold(AFTER) == Consolidated(AFTER)


@pytest.mark.parametrize("version", ["26.8.0rc1", "26.9.0", "26.7.1"])
def test_other_versions_fold_nothing(version: str) -> None:
    assert consolidated("CHANGELOG.md", BEFORE, parse(version), CATEGORIES).text == BEFORE


def test_two_headings_of_one_candidate() -> None:
    text = "## 26.8.0\n\nNo significant changes.\n\n## 26.8.0rc7 (a)\n\n### Fixes\n* A (#1)\n* B (#2)\n\n"
    text += "## 26.8.0rc7 (b)\n\n### Fixes\n* B (#2)\n* C (#3)\n\n## 26.7.0\n\n* Old\n"
    found = fold(text)
    assert found.text == "## 26.8.0\n\n### Fixes\n* A (#1)\n* B (#2)\n* C (#3)\n\n## 26.7.0\n\n* Old\n"
    assert found.folded == ("26.8.0rc7",)


def test_groups_of_one_title_are_merged() -> None:
    text = "## 26.8.0\n\n### Features\n\n#### Web\n* A (#1)\n\n#### Other\n* B (#2)\n\n"
    text += "## 26.8.0rc1\n\n### Features\n\n#### Web\n* C (#3)\n\n#### Storage\n* D (#4)\n"
    new = fold(text).text
    assert new == (
        "## 26.8.0\n\n### Features\n\n#### Web\n* A (#1)\n* C (#3)\n\n#### Other\n* B (#2)\n\n"
        "#### Storage\n* D (#4)\n\n"
    )


def test_one_number_in_two_categories() -> None:
    text = "## 26.8.0\n\n### Fixes\n* Corrected. (#1)\n\n## 26.8.0rc1\n\n### Features\n* Added. (#1)\n* Also. (#1)\n"
    new = fold(text).text
    assert "### Features\n* Added. (#1)\n* Also. (#1)\n\n### Fixes\n* Corrected. (#1)\n" in new


def test_sections_of_towncrier() -> None:
    text = "## 26.8.0\n\n### Web\n\n#### Fixes\n* A (#1)\n\n## 26.8.0rc1\n\n### Web\n\n#### Features\n* B (#1)\n\n"
    found = fold(text + "### Api\n\n#### Fixes\n* C (#1)\n")
    assert found.text.rstrip() == (
        "## 26.8.0\n\n### Web\n\n#### Features\n* B (#1)\n\n#### Fixes\n* A (#1)\n\n### Api\n\n#### Fixes\n* C (#1)"
    )
    assert found.notes == ()


def test_restructured_text() -> None:
    def section(version: str, *parts: str) -> str:
        return f"{version}\n{'=' * len(version)}\n\n" + "\n\n".join(parts) + "\n\n\n"

    fixes, features = "Fixes\n-----\n\n- {} (#{})", "Features\n--------\n\n- {} (#{})"
    text = section("26.8.0", fixes.format("A", 1)) + section("26.8.0rc1", features.format("B", 2), fixes.format("C", 3))
    old = section("26.7.0", fixes.format("Old", 0))
    assert fold(text + old, "CHANGES.rst").text == (
        section("26.8.0", features.format("B", 2), fixes.format("A", 1) + "\n- C (#3)") + old
    )


def test_items_with_empty_lines_between_them() -> None:
    item = "- C (#3)\n\n  ```\n  - no item\n\n  x\n  ```"
    text = f"## 26.8.0\n\n### Fixes\n\n- A (#1)\n\n- B (#2)\n\n## 26.8.0rc1\n\n### Fixes\n\n{item}\n"
    assert f"- A (#1)\n\n- B (#2)\n\n{item}" in fold(text).text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A (#1, #22)", {"#1", "#22"}),
        ("A ([#1](https://example.com/issues/1))", {"#1"}),
        ("A (PROJ-12, !7, :issue:`9`)", {"PROJ-12", "!7", ":issue:`9`"}),
        ("see page/#3 and &#39;", set()),
    ],
)
def test_references(text: str, found: set[str]) -> None:
    assert references(text) == found


items = st.builds(
    "{} {}".format,
    st.sampled_from(["* Added", "* Mended", "* Both\n  lines"]),
    st.sampled_from(["(#1)", "(#2)", "(#3)", "(#4, #5)", "alone", "of it"]),
)
bodies = st.dictionaries(st.sampled_from([*CATEGORIES, "Odd"]), st.lists(items, min_size=1, max_size=3), max_size=3)


def rendered(version: str, body: dict[str, list[str]]) -> str:
    parts = [f"### {title}\n" + "\n".join(lines) for title, lines in body.items()]
    return f"## {version} (2026)\n\n" + "\n\n".join(parts or ["No significant changes."]) + "\n\n"


@given(bodies, st.lists(st.tuples(st.integers(1, 4), bodies), max_size=4), bodies)
def test_every_reference_survives(
    own: dict[str, list[str]], candidates: list[tuple[int, dict[str, list[str]]]], old: dict[str, list[str]]
) -> None:
    first, last = "# Changes\n\n", rendered("26.7.0rc1", old) + rendered("26.7.0", old)
    folded = "".join(rendered(f"26.8.0rc{number}", body) for number, body in candidates)
    text = first + rendered("26.8.0", own) + folded + last
    new = fold(text).text
    assert new.startswith(first)
    assert new.endswith(last)
    assert "26.8.0rc" not in new
    section, before = section_of("x.md", new, "26.8.0"), text[: -len(last)]
    assert section
    assert references(section.body) == references(before)
    for body in (own, *(body for _, body in candidates)):
        for item in (item for lines in body.values() for item in lines):
            assert references(item) or item in section.body
    assert ("No significant changes." in section.body) is not any([own, *(body for _, body in candidates)])
    assert fold(new).text == new
