"""The section of one version: where it begins and ends, and what is cut of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.errors import UserError
from devflow.release.steps.section import MOST_CHARACTERS, Section, fitting, section_of

MARKDOWN = """\
# Changes

## 26.4.01 (2026-05-02)

Not this one.

## 26.4.0 (2026-04-30)

### Features
* Added `x`. (#1)

```
## 26.3.0
```

### Upgrade from 26.3.0

* Read this. (#2)


## 26.4.0rc1 (2026-04-01)

### Fixes
* Early. (#3)

## [26.3.0] - 2026-03-01

Old.
"""
RST = """\
=======
Changes
=======

Orbit 2.0.0 (2026-04-30)
========================

Features
--------

- Added. (#1)

1.0.0
=====

- First.
"""
OVERLINED = """\
=====
2.0.0
=====

- Added.

=====
1.0.0
=====

- First.
"""
PLAIN = "v2.0 of May\n\n- Added.\n\nMore.\n\nv1.0 of April\n\n- First.\n"


@pytest.mark.parametrize(
    ("path", "text", "version", "body"),
    [
        (
            "CHANGELOG.md",
            MARKDOWN,
            "26.4.0",
            "### Features\n* Added `x`. (#1)\n\n```\n## 26.3.0\n```\n\n### Upgrade from 26.3.0\n\n* Read this. (#2)\n",
        ),
        ("CHANGELOG.md", MARKDOWN, "26.4.0rc1", "### Fixes\n* Early. (#3)\n"),
        ("CHANGELOG.md", MARKDOWN, "26.4.01", "Not this one.\n"),
        ("CHANGELOG.md", MARKDOWN, "26.3.0", "Old.\n"),
        ("CHANGELOG.md", MARKDOWN.replace("\n", "\r\n"), "26.3.0", "Old.\n"),
        ("CHANGES.rst", RST, "2.0.0", "Features\n--------\n\n- Added. (#1)\n"),
        ("CHANGES.rst", RST, "1.0.0", "- First.\n"),
        ("CHANGES.rst", OVERLINED, "2.0.0", "- Added.\n"),
        ("CHANGES.rst", OVERLINED, "1.0.0", "- First.\n"),
        ("NEWS", PLAIN, "2.0", "- Added.\n\nMore.\n"),
        ("NEWS", PLAIN, "1.0", "- First.\n"),
        ("CHANGELOG.md", "2.0\n---\n\nNew.\n\n1.0\n---\n\nOld.\n", "2.0", "New.\n"),
        ("CHANGELOG.md", "## 2.0\n", "2.0", ""),
        ("CHANGELOG.md", "## v2.0\nA.\n## v1.0\nB.\n", "2.0", "A.\n"),
    ],
)
def test_a_section(path: str, text: str, version: str, body: str) -> None:
    found = section_of(path, text, version)
    assert found
    assert found.body == body


@pytest.mark.parametrize("version", ["26.4", "26.4.0rc", "6.4.0", "26.5.0", "26.4.0rc10"])
def test_other_versions_have_none(version: str) -> None:
    assert section_of("CHANGELOG.md", MARKDOWN, version) is None
    assert section_of("CHANGELOG.md", "", version) is None


bodies = st.lists(st.sampled_from(["* a (#1)", "### Fixes", "text", "", "#### Part", "- b"]), max_size=6)


@given(st.lists(bodies, min_size=1, max_size=4))
def test_all_sections_together_are_the_changelog(found: list[list[str]]) -> None:
    sections = {f"1.{number}.0": "\n".join(lines) for number, lines in enumerate(found)}
    text = "# Changes\n" + "".join(f"\n## {version} (2026)\n\n{body}\n" for version, body in sections.items())
    for version, body in sections.items():
        section = section_of("x.md", text, version)
        assert section
        assert section.body.strip() == body.strip()


def test_a_text_that_is_too_long_is_refused() -> None:
    line = "* Something was changed in it. (#12345)\n"
    section = Section("26.4.4", line * (130_000 // len(line)))
    with pytest.raises(UserError) as error:
        fitting(section, "26.4.4", None, "More: x.")
    assert error.value.problem.what == (
        "The section of 26.4.4 has 130,000 characters, and a release page takes 125,000."
    )
    assert error.value.problem.fix.startswith("add --max-bytes=125000, which ")
    cut = fitting(section, "26.4.4", MOST_CHARACTERS, "More: x.")
    assert len(cut) <= MOST_CHARACTERS < len(cut) + len(line)
    assert cut.endswith("(#12345)\n\nMore: x.\n")
    short = Section("1.0", "é" * 125_000)
    assert fitting(short, "1.0", None, "") == short.body


def test_a_text_that_fits_is_not_cut() -> None:
    section = Section("1.0", "* é\n")
    assert fitting(section, "1.0", 5, "More.") == "* é\n"
    with pytest.raises(UserError, match="--max-bytes=4 leaves no room for the first bullet"):
        fitting(section, "1.0", 4, "More.")


@given(st.lists(st.sampled_from(["* a (#1)", "* bé\n  more", "### Fixes", "- c"]), max_size=30), st.integers(0, 200))
def test_what_is_cut_is_a_beginning_of_it(lines: list[str], most: int) -> None:
    section = Section("1.0", "\n".join(lines) + "\n")
    try:
        text = fitting(section, "1.0", most, "More.")
    except UserError:
        return
    assert len(text.encode()) <= most or text == section.body
    assert section.body.startswith(text.replace("\n\nMore.\n", "\n"))
