"""The README promises nothing that is not tested elsewhere."""

from __future__ import annotations

from pathlib import Path

from harness.transcripts import DOCS, transcripts_of

README = (Path.cwd() / "README.md").read_text(encoding="utf-8")


def test_its_transcripts_are_those_of_the_goal_pages() -> None:
    shown = transcripts_of(README)
    tested = [
        transcript
        for page in sorted((DOCS / "goals").glob("*.md"))
        for transcript in transcripts_of(page.read_text(encoding="utf-8"))
    ]
    assert shown
    assert [transcript for transcript in shown if transcript not in tested] == []


def test_it_names_every_goal() -> None:
    pages = sorted((DOCS / "goals").glob("*.md"))
    goals = [page.stem for page in pages if f"<!-- options of {page.stem}, " in page.read_text(encoding="utf-8")]
    assert [goal for goal in goals if f"| [`{goal}`](docs/goals/{goal}.md) |" not in README] == []


def test_it_can_be_read_at_once() -> None:
    assert 60 < len(README.splitlines()) <= 100
