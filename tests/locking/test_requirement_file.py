"""Entries of hash-pinned files: nothing of a file is lost, and a file from several has the wanted pins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from devflow.locking.reading import read_lockfile
from devflow.locking.requirement_file import entries_of, with_pins

NAMES = st.sampled_from(["a", "B", "c.d", "e_f", "G-h"])
VERSIONS = st.sampled_from(["1", "2.0", "3rc1"])
ENDS = st.sampled_from(
    ["\n", " \\\n    --hash=sha256:00\n", " ; python_version < '3.9' \\\n    --hash=sha256:01\n    # via x\n", "\n\n"]
)
FILES = st.dictionaries(NAMES, st.tuples(VERSIONS, ENDS))


def text_of(pins: dict[str, tuple[str, str]]) -> str:
    return "# made by a tool\n" + "".join(f"{name}=={version}{end}" for name, (version, end) in pins.items())


def versions_of(text: str) -> dict[str, str | None]:
    return {entry.name: entry.version for entry in entries_of(text).entries}


@given(st.text(alphabet="aA1=-_ #\\\n\r\t@;.[]"))
def test_nothing_is_lost(text: str) -> None:
    split = entries_of(text)
    assert split.preamble + "".join(entry.text for entry in split.entries) == text


@given(FILES, FILES, st.data())
def test_a_file_from_two_has_the_pins_that_either_has(
    one: dict[str, tuple[str, str]], other: dict[str, tuple[str, str]], data: st.DataObject
) -> None:
    ours, theirs = text_of(one), text_of(other)
    known = {**versions_of(theirs), **versions_of(ours)}
    pins = {name: str(version) for name, version in known.items() if data.draw(st.booleans())}
    merged = with_pins(ours, [theirs], pins)
    assert versions_of(merged) == pins
    assert list(versions_of(merged)) == sorted(pins)
    assert merged.startswith("# made by a tool\n")
    if pins:
        assert read_lockfile(merged).pins == pins
    assert with_pins(merged, [], pins) == merged


def test_the_text_comes_from_the_side_that_has_the_version() -> None:
    ours = "# ours\na==1 \\\n    --hash=sha256:01\nurl @ https://host.example/url.whl\n"
    theirs = "# theirs\na==2 \\\n    --hash=sha256:02\nb==1 \\\n    --hash=sha256:03"
    assert with_pins(ours, [theirs], {"a": "2", "b": "1", "gone": "7"}, {"url"}) == (
        "# ours\na==2 \\\n    --hash=sha256:02\nb==1 \\\n    --hash=sha256:03\nurl @ https://host.example/url.whl\n"
    )


def test_one_project_in_two_versions_by_markers_stays_in_both() -> None:
    text = "a==1 ; python_version < '3.9'\na==2 ; python_version >= '3.9'\nb==1\n"
    assert with_pins(text, [], {"b": "1"}, {"a"}) == text
