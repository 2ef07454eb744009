from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.backport.facts import CommitObject
from devflow.backport.message import has_references, message_of, qualified, refuse_template, trailer_of, with_trailer
from devflow.common.errors import UserError

OID = "3f2a1b0c" * 5


def commit(message: str) -> CommitObject:
    return CommitObject(OID, "t" * 40, (), "A <a@b> 1 +0000", message)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#7", "o/r#7"),
        ("fix (#11)", "fix (o/r#11)"),
        ("a [#3], #4 and GH-12.", "a [o/r#3], o/r#4 and o/r#12."),
        ("line\n#5\n", "line\no/r#5\n"),
        ("Closes #7.", "Closes o/r#7."),
        ("lablup/other#9", "lablup/other#9"),
        ("https://example.com/x#12 and http://h/#3", "https://example.com/x#12 and http://h/#3"),
        ("`#12` and ``a ` #3``", "`#12` and ``a ` #3``"),
        ("a ` b\n\n#4 ` c", "a ` b\n\no/r#4 ` c"),
        ("#1a &#39; x#8 ##9", "#1a &#39; x#8 ##9"),
        ("```\n#12\n```", "```\n#12\n```"),
        ("\udcff #1", "\udcff o/r#1"),
    ],
)
def test_references(text: str, expected: str) -> None:
    assert qualified(text, "o/r") == expected
    assert has_references(text) == (text != expected)


@given(st.text(alphabet="#12a/`( \n.GH-:"))
def test_what_is_qualified_stays_so(text: str) -> None:
    once = qualified(text, "o/r")
    assert qualified(once, "o/r") == once
    assert once.replace("o/r#", "#") == text.replace("GH-", "#") or "GH-" in text
    assert (once == text) == (not has_references(text))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("subject\n", "subject\n\nB: 1\n"),
        ("fix: subject\n", "fix: subject\n\nB: 1\n"),  # a subject is no trailer
        ("subject\n\nbody\n", "subject\n\nbody\n\nB: 1\n"),
        ("subject\n\nSigned-off-by: me\n", "subject\n\nSigned-off-by: me\nB: 1\n"),
        ("subject\n\nA: long\n  line\n\n\n", "subject\n\nA: long\n  line\nB: 1\n"),
        ("subject\n\nB: 1\n", "subject\n\nB: 1\n"),
        ("subject\n\n(cherry picked from commit 12)\n", "subject\n\n(cherry picked from commit 12)\nB: 1\n"),
    ],
)
def test_trailers(message: str, expected: str) -> None:
    assert with_trailer(message, "B: 1") == expected
    assert with_trailer(message, "") == message


@given(st.text(alphabet="ab: \n-()"), st.sampled_from(["B: 1", f"(cherry picked from commit {OID})"]))
def test_a_trailer_is_added_once_and_nothing_else_changes(message: str, trailer: str) -> None:
    once = with_trailer(message, trailer)
    assert with_trailer(once, trailer) == once
    assert once == message or once.startswith(message.rstrip("\n"))


def test_templates() -> None:
    one = commit("fix: it (#12) (#13)\n")
    assert trailer_of("x", one, "24.03") == f"(cherry picked from commit {OID})"
    assert trailer_of("Backport-of: {number}", one, "24.03") == "Backport-of: 12"
    assert trailer_of("Backported-to: {series} of {commit}", one, "24.03") == f"Backported-to: 24.03 of {OID}"
    assert trailer_of("Backport-of: {number}", commit("fix: it"), "24.03") == ""
    assert message_of(one, "24.03", trailer="", repository=None) == one.message
    assert message_of(one, "24.03", trailer="B: {number}", repository="o/r") == "fix: it (o/r#12) (o/r#13)\n\nB: 12\n"
    for wrong in ("y", "Backport-of: {nmuber}", "A: b\nC: d", "two words: x"):
        with pytest.raises(UserError, match="is no trailer"):
            refuse_template(wrong)
    for right in ("", "x", "Backport-of: {number}", "Backported-from: main"):
        refuse_template(right)
