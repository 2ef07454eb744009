from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.markers import default_environment
from pants.backend.python.target_types import parse_requirements_file

from devflow.export_all_resolves.members.python_pins import NotPinnedError, Pin, Pins, is_taken_as_it_is, read_pins

ENVIRONMENT = {**{name: str(value) for name, value in default_environment().items()}, "sys_platform": "linux"}
ENVIRONMENT["python_version"], ENVIRONMENT["python_full_version"] = "3.11", "3.11.7"
ONE, TWO = f"--hash=sha256:{'1' * 64}", f"--hash=sha256:{'2' * 64}"


def pins(text: str) -> Pins:
    return read_pins(text.encode(), ENVIRONMENT)


def names(found: Pins) -> list[str]:
    return [pin.name for pin in found.pins]


def test_a_requirements_file() -> None:
    found = pins(
        f"# by a tool\nZope.Interface==5.0 \\\n    {ONE} \\\n    {TWO}\n    # via x\nattrs==21.4 {ONE}  # why\n\n"
    )
    assert names(found) == ["attrs", "zope-interface"]
    assert found.pins[0].text == f"attrs==21.4 {ONE}"
    assert not found.is_pex_native
    assert found.requirements is None


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ("python_version < '3.10'", []),
        ("python_version >= '3.10'", ["x"]),
        ("sys_platform == 'win32'", []),
        ("sys_platform == 'linux' and python_full_version < '3.12'", ["x"]),
    ],
)
def test_a_marker_decides(marker: str, expected: list[str]) -> None:
    assert names(pins(f"x==1.0 ; {marker} {ONE}\n")) == expected


def test_of_two_pins_with_opposite_markers_one_is_taken() -> None:
    text = f"x==1.0 ; python_version < '3.10' {ONE}\nx==2.0 ; python_version >= '3.10' {TWO}\n"
    [pin] = pins(text).pins
    assert pin.text.startswith("x==2.0")


@pytest.mark.parametrize(
    ("lockfile", "is_taken"),
    [
        (f"# by a tool\nX.Y==5.0 \\\n    {ONE} \\\n    # via x\nz==21.4 ; os_name == 'nt' {ONE}  # why\n", True),
        (f"--index-url https://index.example/simple\nx==1.0 {ONE}\n", True),
        ("", True),
        (f"x==1.0 ; os_name == {ONE}\n", False),
        (f"x==1.0 ; \\\n  os_name == 'nt' {ONE}\n", False),
        ("x is not a requirement\n", False),
        ("git+https://host.example/x.git@1.0#egg=x\n", False),  # Pants reads it in another way
        ("x @ x==1.0\n", False),
        (f"x @ https://host.example/x-1.0.tar.gz {ONE}\n", False),
        ("\udcff", False),
        ("# --- BEGIN PANTS LOCKFILE METADATA: DO NOT EDIT OR REMOVE ---\nx==1.0\n", False),
        ('{"locked_resolves": []}', False),
        ('// A header.\n{"locked_resolves": []}', False),
        ("version = 1\n", False),
    ],
)
def test_what_pants_takes_as_it_is(lockfile: str, is_taken: bool) -> None:
    assert is_taken_as_it_is(lockfile.encode(errors="surrogateescape")) == is_taken


@given(
    st.lists(
        st.sampled_from(
            ["x==1.0", "x", ";", "os_name == 'nt'", "\\\n", "\n", "#", "# c", "--hash=sha256:0", "@", "-e ."]
        ),
        max_size=8,
    ).map(" ".join)
)
@example("x @ x==1.0")
def test_pants_reads_what_it_is_not_asked_about(text: str) -> None:
    if is_taken_as_it_is(text.encode()):
        list(parse_requirements_file(text, rel_path="x.lock"))  # raises nothing


@pytest.mark.parametrize(
    "other",
    [f"x==1.1 {ONE}", f"x==1.0 {TWO}", f"x==1.0 {ONE} {TWO}", f"x[extra]==1.0 {ONE}"],
)
def test_another_version_hash_or_extra_is_another_part(other: str) -> None:
    assert pins(f"x==1.0 {ONE}").pins[0].identity != pins(other).pins[0].identity


@given(st.permutations([ONE, TWO]), st.sampled_from([" ", " \\\n    "]), st.sampled_from(["", "# c\n", "\n"]))
def test_how_an_entry_is_written_does_not_matter(hashes: Sequence[str], gap: str, before: str) -> None:
    expected = pins(f"x==1.0 {ONE} {TWO}").pins[0].identity
    assert pins(f"{before}x==1.0{gap}{gap.join(hashes)}\n").pins[0].identity == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x==1.0", "its lockfile has no hashes, or other options, for x"),
        (f"x>=1.0 {ONE}", "its lockfile does not pin x to one version"),
        (f"x==1.* {ONE}", "its lockfile does not pin x to one version"),
        (f"x==1,!=2 {ONE}", "its lockfile does not pin x to one version"),
        (f"x==1.0 {ONE}\nX==1.0 {ONE}", "its lockfile pins x twice"),
        ("x @ git+https://forge.example/x@1234", "its lockfile has x from an address, not from an index"),
        ("-r other.txt", "its lockfile has the option -r"),
        (f"--index-url=https://index.example/simple\nx==1.0 {ONE}", "its lockfile has the option --index-url"),
        (f"x==1.0 {ONE} --global-option=x", "its lockfile has no hashes, or other options, for x"),
        ("version = 1\n[[package]]", "its lockfile has an entry that is not understood"),
        ("{", "its lockfile has an entry that is not understood"),
        ("{}", "its lockfile has an entry that is not understood"),
    ],
)
def test_what_pex_must_install_as_a_whole(text: str, reason: str) -> None:
    with pytest.raises(NotPinnedError) as raised:
        pins(text)
    assert str(raised.value).startswith(reason)


def pex_lockfile(requirements: Sequence[str], locked: dict[str, Sequence[str]], **fields: Any) -> str:
    entries = [
        {
            "project_name": name,
            "version": "1.0",
            "requires_dists": list(needs),
            "artifacts": [{"algorithm": "sha256", "hash": name * 8, "url": f"https://index.example/{name}.whl"}],
        }
        for name, needs in locked.items()
    ]
    return json.dumps(
        {"requirements": list(requirements), "locked_resolves": [{"locked_requirements": entries}], **fields}
    )


@pytest.mark.parametrize(
    ("requirements", "locked", "expected"),
    [
        (["a"], {"a": ["b"], "b": ["a"], "other": []}, ["a", "b"]),
        (["a"], {"a": ["b; extra == 'more'"], "b": []}, ["a"]),
        (["a[more]"], {"a": ["b; extra == 'more'"], "b": []}, ["a", "b"]),
        (["a", "c"], {"a": ["b; extra == 'more'"], "b": [], "c": ["a[more]"]}, ["a", "b", "c"]),
        (["a"], {"a": ["b; sys_platform == 'win32'"], "b": []}, ["a"]),
        (["a; sys_platform == 'win32'", "b"], {"a": [], "b": []}, ["b"]),
        (["A_b"], {"a.b": []}, ["a-b"]),
    ],
)
def test_a_pex_lockfile_gives_what_its_requirements_need_here(
    requirements: list[str], locked: dict[str, Sequence[str]], expected: list[str]
) -> None:
    found = pins(pex_lockfile(requirements, locked))
    assert names(found) == expected
    assert found.is_pex_native


def test_a_pex_lockfile_keeps_the_requirements_that_apply() -> None:
    found = pins(pex_lockfile(["a; sys_platform == 'win32'", "b[x]>=1"], {"a": [], "b": []}))
    assert found.requirements == ("b[x]>=1",)
    assert found.pins[0].text == "b==1.0"


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ("Zope.Interface==5.0", "Zope.Interface==5.0"),
        ("x[b, a] == 1.0", "x[a,b]==1.0"),
        ("x==1.0 ; python_version>='3.8'", 'x==1.0; python_version >= "3.8"'),
    ],
)
def test_how_pex_lists_a_requirement(written: str, listed: str) -> None:
    [pin] = pins(f"{written} {ONE}\n").pins
    assert pin.requirement == listed
    assert pin.hashed == pin.text == f"{written} {ONE}"
    assert (pin.hashes, pin.links, pin.may_be_wheel) == ((ONE[7:],), (), True)


def with_artifacts(*urls: str) -> Pin:
    lockfile = json.loads(pex_lockfile(["a"], {"a": []}))
    [entry] = lockfile["locked_resolves"][0]["locked_requirements"]
    entry["artifacts"] = [{"algorithm": "sha256", "hash": f"{n}" * 64, "url": url} for n, url in enumerate(urls)]
    [pin] = pins(json.dumps(lockfile)).pins
    return pin


def test_the_wheels_of_a_pex_lockfile_have_addresses() -> None:
    sdist, wheel = "https://index.example/a-1.0.tar.gz", "https://index.example/a%2Bb-1.0.whl"
    found = with_artifacts(sdist, f"{wheel}#md5=1")
    assert found.links == (f"{wheel}#sha256={'1' * 64}",)
    assert found.hashed == f"a==1.0 --hash=sha256:{'0' * 64} --hash=sha256:{'1' * 64}"
    assert found.may_be_wheel
    assert not with_artifacts(sdist).may_be_wheel
    assert not with_artifacts("file://${WHEELS}/a-1.0.whl").may_be_wheel


@pytest.mark.parametrize(
    ("wheels", "expected"),
    [
        (["a-1.0-py3-none-any.whl"], True),
        (["a-1.0-1-py3-none-any.whl"], True),
        (["a-1.0-1-cp39-cp39-linux_x86_64.whl", "a-1.0-1-cp310-cp310-linux_x86_64.whl"], True),
        (["a-1.0-1-py3-none-any.whl", "a-1.0-2-py3-none-any.whl"], False),
        (["a-1.0-py3-none-any.whl", "a-1.0-1-py3-none-any.whl#sha256=abc"], False),
    ],
)
def test_pex_chooses_among_several_builds_of_a_wheel(wheels: list[str], expected: bool) -> None:
    """It goes by tags alone, and `pip` by build numbers, too."""
    assert with_artifacts(*(f"https://example.org/{wheel}" for wheel in wheels)).may_be_wheel is expected


def test_a_pex_lockfile_from_version_control_or_for_several_platforms_is_installed_as_a_whole() -> None:
    from_git = json.loads(pex_lockfile(["a"], {"a": []}))
    from_git["locked_resolves"][0]["locked_requirements"][0]["artifacts"][0]["url"] = "git+https://forge.example/a"
    several = json.loads(pex_lockfile(["a"], {"a": []}))
    several["locked_resolves"] *= 2
    for lockfile, reason in (
        (from_git, "its lockfile has a from version control"),
        (several, "its lockfile has a list for each of several platforms"),
    ):
        with pytest.raises(NotPinnedError, match=reason):
            pins(json.dumps(lockfile))
