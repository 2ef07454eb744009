"""What pex refuses of distributions that it has resolved is found without pex."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import InvalidMarker, Marker, UndefinedComparison
from packaging.requirements import InvalidRequirement, Requirement

from devflow.export_all_resolves.staging import required
from devflow.export_all_resolves.staging.metadata import noted, requiring
from devflow.export_all_resolves.staging.required import RequirementError, Requiring, of_note, unmet

MARKERS = {"python_version": "3.11", "sys_platform": "linux", "python_full_version": "3.11.7"}


def metadata(name: str, version: str, *requires: str) -> bytes:
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {text}" for text in requires)]
    return "\n".join(["Metadata-Version: 2.1", *lines, "", "Requires-Dist: not-a-header"]).encode()


def unmet_of(*distributions: bytes) -> str | None:
    return unmet([requiring(one, MARKERS) for one in distributions])


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        ("b", None),
        ("B_b.b>=1", None),
        ("b>=1; python_version >= '3.9'", None),
        ("b (>=1,<3)", None),
        ("c; python_version < '3.9'", None),
        ("c; extra == 'more'", None),
        ("c; extra == 'more' and sys_platform == 'linux'", None),
        ("b[more]>=1", None),
        ("b>=1.0", None),
        ("c", "a 1.0 requires c, and its lockfile does not pin c"),
        ("c; extra == 'more' or python_version > '3'", "a 1.0 requires c"),
        (
            "c>=2; sys_platform == 'linux'",
            'a 1.0 requires c>=2; sys_platform == "linux", and its lockfile does not pin c',
        ),
        ("b<2", "a 1.0 requires b<2, and its lockfile pins 2.0.dev1"),
        ("b==2.0", "a 1.0 requires b==2.0, and its lockfile pins 2.0.dev1"),
    ],
)
def test_a_requirement(requires: str, expected: str | None) -> None:
    """A version that is no final release counts, as for pex."""
    found = unmet_of(metadata("a", "1.0", requires), metadata("b", "2.0.dev1"), metadata("b-B-b", "2.0"))
    assert (found and found[: len(expected or found)]) == expected


def test_nothing_is_unmet_of_nothing() -> None:
    assert unmet_of() is None


@pytest.mark.parametrize("requires", ["!", "b; extra", "b; python_version ~ '3'"])
def test_a_requirement_that_is_none(requires: str) -> None:
    with pytest.raises(RequirementError, match=r"a requirement of a 1\.0 is not understood: "):
        requiring(metadata("a", "1.0", requires), MARKERS)
    assert noted([metadata("a", "1.0", requires)], MARKERS) is None


@pytest.mark.parametrize("requires", ["b @ https://files.example/b.whl", "b; python_version in '3'"])
def test_an_interpreter_without_packaging(monkeypatch: pytest.MonkeyPatch, requires: str) -> None:
    for module in ("markers", "requirements"):
        monkeypatch.setitem(sys.modules, f"packaging.{module}", None)  # type: ignore[misc]
    with pytest.raises(RequirementError, match="the interpreter of Pants has no `packaging`"):
        requiring(metadata("a", "1.0", requires), {**MARKERS, "os_name": requires})


SPACE = st.sampled_from(["", " "])
SPECIFIERS = st.lists(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["==", ">=", "<=", "<", ">", "!=", "~=", "==="]),
        SPACE,
        st.sampled_from(["1.0", "1.0.*", "2", "1.0a1", "1!2.0", "1.0+local", "x"]),
    ),
    max_size=2,
).map(",".join)
ATOMS = st.sampled_from(
    [
        *("extra == 'x'", 'extra=="x"', "'x' == extra", "extra != 'x'", "extra in 'x'", "extra == ''", "extra > 'x'"),
        *("python_version < '3.9'", "python_version >= '3.9'", "sys_platform == 'win32'", "sys_platform == 'or'"),
    ]
)
COMPARISONS = st.builds(
    "{0}{1}{2}{1}{3}".format,
    st.sampled_from(["python_version", "python_full_version", "sys_platform", "os_name", "platform_system"]),
    SPACE,
    st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "~=", "in", "not in"]),
    st.sampled_from(
        [
            *("'3'", "'3.0'", '"3.11"', "'3.11.0'", "'3.11.7'", '"3.12"', "'3.*'", "'3.11.7rc1'", "'v1'", "'3\""),
            *("'linux'", '"linux"', "'linux2'", "'win32'", "'Linux'", "'posix'", "'nt'", "''"),
        ]
    ),
)
MARKER_TEXTS = st.recursive(
    st.one_of(ATOMS, COMPARISONS),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("{} and {}".format, inner, inner),
    ),
)
TEXTS = st.builds(
    "{}{}{}{}{}{}".format,
    st.sampled_from(["a", "A.b_c", "a-", "zope.interface", "é"]),
    SPACE,
    st.sampled_from(["", "[x]", "[x, y]", "[]"]),
    st.one_of(
        SPECIFIERS, SPECIFIERS.map("({})".format), SPECIFIERS.map(" ( {} ) ".format), st.just(" @ https://x.example")
    ),
    SPACE,
    st.one_of(st.just(""), MARKER_TEXTS.map("; {}".format)),
)


@given(TEXTS)
def test_what_is_read_here_is_what_packaging_reads(text: str) -> None:
    try:
        requirement = Requirement(text)
        applies = not requirement.marker or requirement.marker.evaluate({**MARKERS, "extra": ""})
    except (InvalidRequirement, UndefinedComparison) as error:
        if isinstance(error, UndefinedComparison) and re.search(r"extra\s*==", text) and not re.search(r"\bor\b", text):
            # `packaging` compares what is of no account: without the extra, the requirement does not apply.
            with contextlib.suppress(RequirementError):
                assert requiring(metadata("a", "1.0", text), MARKERS).requires == []
            return
        with pytest.raises(RequirementError):
            requiring(metadata("a", "1.0", text), MARKERS)
        return
    [*found] = requiring(metadata("a", "1.0", text), MARKERS).requires
    if not applies:
        assert found == []
    else:
        [(shown, project, specifier)] = found
        assert (str(Requirement(shown)), project) == (
            str(requirement),
            requirement.name.lower().replace("_", "-").replace(".", "-"),
        )
        for version in ("1.0", "1.0a1", "2.0", "1.0+local", "3"):
            met = unmet([Requiring("b", "1", found), Requiring(requirement.name, version, [])]) is None
            assert met == requirement.specifier.contains(version, prereleases=True), (specifier, version)


@pytest.mark.parametrize("version", ["3.11.7", "3.13.0rc1", "3.13.0+"])
@given(COMPARISONS)
def test_a_comparison_holds_as_for_packaging(version: str, text: str) -> None:
    environment = {**MARKERS, "python_full_version": version, "os_name": "posix", "platform_system": "Linux"}
    try:
        expected = Marker(text).evaluate(environment)
    except (InvalidMarker, UndefinedComparison):
        with pytest.raises(RequirementError):
            requiring(metadata("a", "1.0", f"b; {text}"), environment)
        return
    assert bool(requiring(metadata("a", "1.0", f"b; {text}"), environment).requires) == expected


def test_a_usual_marker_needs_no_packaging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "packaging.markers", None)  # type: ignore[misc]
    environment = {**MARKERS, "platform_python_implementation": "CPython", "python_version": "3.12"}
    marker = 'python_version >= "3.8" and sys_platform != "win32" and platform_python_implementation == "CPython"'
    assert requiring(metadata("a", "1.0", f"b; {marker}"), environment).requires


def test_what_is_noted_holds_where_markers_have_the_same_values() -> None:
    content = [metadata("a", "1.0", "b>1", "c; python_version < '3.9'"), metadata("b", "2")]
    note = json.loads(json.dumps(noted(content, MARKERS)))
    found = of_note(note, MARKERS)
    assert found is not None
    assert unmet(found) is None
    assert [(one.name, one.version) for one in found] == [("a", "1.0"), ("b", "2")]
    assert of_note(note, {**MARKERS, "python_version": "3.8"}) is None
    assert of_note(None, MARKERS) is None


def test_packaging_is_found_by_a_python_that_was_started_without_site() -> None:
    """As the process is that makes an export."""
    program = (
        "import sys; from devflow.export_all_resolves.staging.required import packaging; "
        "assert not any('site-packages' in path for path in sys.path); print(packaging('version').Version('1.0'))"
    )
    sources = Path(required.__file__).parents[3]
    command = [sys.executable, "-s", "-S", "-B", "-c", program]
    done = subprocess.run(command, env={"PYTHONPATH": str(sources)}, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("1.0\n", "")


def test_what_others_put_into_site_runs_once() -> None:
    program = (
        "import site; from devflow.export_all_resolves.staging.late_site import enable_site; "
        "site.main = lambda: print('site'); enable_site(); enable_site()"
    )
    command = [sys.executable, "-s", "-S", "-B", "-c", program]
    sources = Path(required.__file__).parents[3]
    done = subprocess.run(command, env={"PYTHONPATH": str(sources)}, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("site\n", "")
