from __future__ import annotations

import pytest

from devflow.export_all_resolves.staging import shebang
from devflow.export_all_resolves.staging.shebang import form_of, repointed, same_form

SHORT, LONG, SPACED = b"/short", b"/" + b"long" * 40, b"/with a space"
FORMS = {SHORT: "plain", LONG: "long", SPACED: "quoted"}


def script(root: bytes) -> bytes:
    """As distlib writes it."""
    python = root + b"/bin/python3"
    if FORMS[root] == "plain":
        return b"#!" + python + b"\nimport pip\n"
    quoted = b'"' + python + b'"' if FORMS[root] == "quoted" else python
    return b"#!/bin/sh\n'''exec' " + quoted + b" \"$0\" \"$@\"\n' '''\nimport pip\n"


@pytest.fixture(autouse=True)
def _linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shebang, "_MAX_SHEBANG", 127)


@pytest.mark.parametrize("old", FORMS)
@pytest.mark.parametrize("new", FORMS)
def test_a_script_is_as_if_it_was_installed_there(old: bytes, new: bytes) -> None:
    assert form_of(new + b"/bin/python3") == FORMS[new]
    assert repointed(script(old), old, new) == script(new)
    assert same_form(script(old), old, new) is (FORMS[old] == FORMS[new])


@pytest.mark.parametrize(("length", "form"), [(124, "plain"), (125, "long")])
def test_the_longest_line_is_counted_with_its_mark_and_its_end(length: int, form: str) -> None:
    assert form_of(b"/" * length) == form


@pytest.mark.parametrize("text", [b"", b"VIRTUAL_ENV=/short\n", b"#!/bin/sh\necho /short\n"])
def test_what_is_no_script_of_python_has_no_form(text: bytes) -> None:
    assert same_form(text, SHORT, LONG)
    assert repointed(text, SHORT, LONG) == text.replace(SHORT, LONG)


def test_what_pex_adds_is_no_part_of_the_path() -> None:
    edge = b"/" + b"x" * 112
    assert same_form(b"#!" + SHORT + b"/bin/python -sE\n", SHORT, edge)
    assert not same_form(b"#!" + SHORT + b"/bin/python -sE\n", SHORT, edge + b"x")
