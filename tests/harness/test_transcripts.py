"""The comparison itself: a transcript that is wrong has differences."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.transcripts import Transcript, transcripts

STATUS = Transcript(
    "./pants cache-status",
    (
        "daemon: runs this goal, process 16758, up 44 s, 394 MiB, /Users/me/devflow",
        "store: /Users/me/.cache/store, 29.5 MiB, 1 file, changed 1 h 2 min ago, owner me, [GLOBAL].local_store_dir",
    ),
)


def test_what_varies_is_no_difference() -> None:
    printed = (
        "daemon: runs this goal, process 7, up 3 min, 1.2 GiB, /elsewhere/it\n"
        "store: /else/where, 600 bytes, 9,154 files, changed 2 s ago, owner you, [GLOBAL].local_store_dir\n"
    )
    assert STATUS.differences(printed) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("runs this goal", "busy"), ("store:", "stores:"), ("local_store_dir", "store_dir"), ("29.5 MiB, ", "")],
)
def test_what_does_not_vary_is_one(old: str, new: str) -> None:
    printed = "\n".join(STATUS.lines).replace(old, new)
    missing, unknown = STATUS.differences(printed)
    assert missing.startswith("not printed: ")
    assert unknown.startswith("not documented: ")


def test_an_ellipsis_stands_for_the_rest() -> None:
    assert Transcript("list", ("a", "  …")).differences("a\nb\nc\n") == []
    assert Transcript("list", ("b", "  …")).differences("a\nb\nc\n") == ["not printed: b", "not documented: a"]


def test_a_section(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text(
        "## One\n\n```\n$ ./pants a --b\nx\ny\n$ ./pants c\n```\n\n```\nz\n```\n\n## Two\n\n```\n$ pants d 'e f'\n```\n"
    )
    assert transcripts(document, "One") == [Transcript("./pants a --b", ("x", "y")), Transcript("./pants c", ())]
    assert transcripts(document, "Two") == [Transcript("pants d 'e f'", ())]
    assert transcripts(document, "Two")[0].command == ("d", "e f")
    with pytest.raises(AssertionError, match="no transcript"):
        transcripts(document, "Three")
