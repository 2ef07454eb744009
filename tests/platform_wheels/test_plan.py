"""What a `platform_wheel` says, and what is wrong with it: without Pants."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.errors import Problem, UserError
from devflow.platform_wheels.facts import PLATFORMS, DesiredWheel, WheelName
from devflow.platform_wheels.plan import (
    EXAMPLES,
    PlatformsError,
    canonical,
    desired_wheels,
    lacking,
    machines_of,
    notes_of,
    selected,
)

Platforms = Mapping[str, Mapping[str, tuple[str, ...]]]
ARM: Mapping[str, tuple[str, ...]] = {"resources": (":arm",), "tags": ("manylinux2014_aarch64", "macosx_11_0_arm64")}
X86: Mapping[str, tuple[str, ...]] = {"resources": (":x86",), "tags": ("manylinux2014_x86_64",)}
BOTH = {"linux_x86_64": X86, "linux_arm64": ARM}


def planned(platforms: Platforms, only: tuple[str, ...] = (), allow_empty: bool = False) -> tuple[DesiredWheel, ...]:
    return desired_wheels("src/runner:wheel", "src/runner", platforms, selected(only), allow_empty)


def refused(platforms: Platforms) -> list[str]:
    with pytest.raises(PlatformsError) as caught:
        planned(platforms)
    return str(caught.value).splitlines()


def test_each_platform_is_a_wheel() -> None:
    arm = DesiredWheel("linux_arm64", (":arm",), ("manylinux2014_aarch64", "macosx_11_0_arm64"))
    x86 = DesiredWheel("linux_x86_64", (":x86",), ("manylinux2014_x86_64",))
    assert planned(BOTH) == (arm, x86)
    assert planned(BOTH, ("linux_x86_64",)) == (x86,)
    assert planned(BOTH, ("linux_aarch64", "linux-amd64")) == (arm, x86)


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        *((platform, platform) for platform in PLATFORMS),
        ("linux_aarch64", "linux_arm64"),
        ("Linux-AMD64", "linux_x86_64"),
        ("linux_x64", "linux_x86_64"),
        ("darwin_arm64", "macos_arm64"),
        ("darwin_x86_64", "macos_x86_64"),
        ("linux", None),
        ("windows_amd64", None),
        ("", None),
    ],
)
def test_other_names_of_platforms(name: str, platform: str | None) -> None:
    assert canonical(name) == platform


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("linux_aarch64", "linux_arm64"),
        ("linux_amd64", "linux_x86_64"),
        ("linux_x64", "linux_x86_64"),
        ("darwin_arm64", "macos_arm64"),
        ("linux_amr64", "linux_arm64"),
        ("macos_x86-64", "macos_x86_64"),
    ],
)
def test_an_unknown_platform(key: str, meant: str) -> None:
    assert refused({**BOTH, key: {**X86, "tags": ("musllinux_1_2_x86_64",)}}) == [
        f"src/runner:wheel: platforms: '{key}' is not a platform. Did you mean '{meant}'?",
        "  Fix: in the BUILD file in src/runner, write one of linux_arm64, linux_x86_64, macos_arm64, macos_x86_64",
    ]


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = refused({"linux_arm64": {"resource": (":arm",)}, "plan9": X86})
    assert [line for line in found if not line.startswith("  Fix: ")] == [
        "src/runner:wheel: platforms: 'plan9' is not a platform.",
        "src/runner:wheel: platforms['linux_arm64']: 'resource' is not a key of an entry. Did you mean 'resources'?",
        "src/runner:wheel: platforms['linux_arm64'] has no resources.",
        "src/runner:wheel: platforms['linux_arm64'] has no tags.",
    ]
    assert found[-1].endswith('name what the files run on, such as tags=["manylinux2014_aarch64"]')


def test_no_platform_and_no_resources() -> None:
    assert refused({})[0] == "src/runner:wheel: platforms: there is none."
    empty = {"linux_arm64": {"resources": (), "tags": ARM["tags"]}}
    assert refused(empty)[1].endswith("name them, or set allow_empty=True")
    assert planned(empty, allow_empty=True) == (DesiredWheel("linux_arm64", (), ARM["tags"]),)


@pytest.mark.parametrize("tag", [*EXAMPLES.values(), "manylinux_2_28_x86_64", "musllinux_1_2_aarch64", "win_amd64"])
def test_tags_that_are_right(tag: str) -> None:
    assert planned({"linux_x86_64": {"resources": (":x86",), "tags": (tag,)}})[0].tags == (tag,)
    assert notes_of([tag]) == []


@pytest.mark.parametrize(
    ("tag", "why"),
    [
        ("any", ": a wheel that fits any platform would be installed without its files' working there"),
        ("py3-none-manylinux2014_x86_64", ": only its last part is, 'manylinux2014_x86_64'"),
        ("manylinux2014", ""),
        ("manylinux2014-x86_64", ""),
        ("manylinux_2_x86_64", ""),
        ("macosx_arm64", ""),
        ("macos_arm64", ""),
        ("", ""),
        ("a.b", ""),
        ("manylinux2014_x86_64\n", ""),
        ("../manylinux2014_x86_64", ""),
    ],
)
def test_tags_that_are_wrong(tag: str, why: str) -> None:
    [what, fix] = refused({"linux_x86_64": {"resources": (":x86",), "tags": (tag,)}})[-2:]
    assert what.endswith(f"is not the tag of a platform{why}.")
    assert "manylinux2014_aarch64" in fix


def test_a_tag_that_indexes_refuse_is_said() -> None:
    assert planned({"linux_x86_64": {"resources": (":x86",), "tags": ("linux_x86_64",)}})
    assert notes_of(["linux_x86_64"]) == [
        "Note: package indexes refuse the tag linux_x86_64; they take manylinux2014_x86_64 and the like."
    ]


def test_two_platforms_with_one_tag() -> None:
    [what, fix] = refused({"linux_arm64": X86, "macos_arm64": ARM, "linux_x86_64": X86})
    assert what == "src/runner:wheel: platforms: linux_arm64 and linux_x86_64 have the same tag 'manylinux2014_x86_64'."
    assert fix == "  Fix: in the BUILD file in src/runner, leave it to one of them"


def test_a_platform_that_is_asked_for_and_is_not_there() -> None:
    def lacks(*only: str, of_others: tuple[str, ...] = (), is_named: bool = False) -> list[Problem]:
        return lacking("src/runner:wheel", "src/runner", BOTH, selected(only), of_others, is_named=is_named)

    assert planned(BOTH, ("macos_arm64",)) == ()
    [problem] = lacks("macos_arm64")
    assert problem.what.endswith("there is no 'macos_arm64', which --platform-wheels-only asks for.")
    assert problem.fix.startswith("choose from linux_arm64, linux_x86_64, or, in the BUILD file in src/runner, give")
    assert lacks("darwin_arm64", of_others=("macos_arm64",), is_named=True) == [problem]
    assert lacks("darwin_arm64", of_others=("macos_arm64",)) == lacks() == lacks(*BOTH, is_named=True) == []
    with pytest.raises(UserError) as caught:
        planned(BOTH, ("linux_arm46",))
    assert str(caught.value).splitlines() == [
        "--platform-wheels-only=linux_arm46: there is no such platform. Did you mean 'linux_arm64'?",
        "  Fix: choose from linux_arm64, linux_x86_64, macos_arm64, macos_x86_64",
    ]


@pytest.mark.parametrize(
    ("tags", "machines"),
    [
        (("manylinux2014_x86_64",), {"x86_64"}),
        (("manylinux2014_aarch64", "macosx_11_0_x86_64"), {"arm64", "x86_64"}),
        (("macosx_11_0_universal2",), {"arm64", "x86_64"}),
        (("win_amd64",), {"x86_64"}),
        (("manylinux2014_s390x",), None),
    ],
)
def test_machines_of_tags(tags: tuple[str, ...], machines: set[str] | None) -> None:
    assert machines_of(tags) == machines


@pytest.mark.parametrize(
    ("name", "renamed"),
    [
        ("acme_runner-1.0-py3-none-any.whl", "acme_runner-1.0-py3-none-macosx_11_0_arm64.manylinux2014_aarch64.whl"),
        (
            "backend.ai_kernel.binary-24.3.0rc1-py3-none-any.whl",
            "backend_ai_kernel_binary-24.3.0rc1-py3-none-macosx_11_0_arm64.manylinux2014_aarch64.whl",
        ),
        (
            "Acme-1.0+l.1-2a-py2.py3-none-any.whl",
            "acme-1.0+l.1-2a-py2.py3-none-macosx_11_0_arm64.manylinux2014_aarch64.whl",
        ),
    ],
)
def test_file_names(name: str, renamed: str) -> None:
    parsed = WheelName.of(name)
    assert parsed
    assert parsed.for_platforms(ARM["tags"]) == renamed


@pytest.mark.parametrize("name", ["acme-1.0.tar.gz", "acme-1.0-py3-none.whl", "acme.whl", "a-1-b-py3-none-any.whl"])
def test_no_wheel(name: str) -> None:
    assert WheelName.of(name) is None


def test_the_tags_of_compressed_names() -> None:
    name = WheelName.of("acme-1.0-py2.py3-none-any.whl")
    assert name
    assert name.tags_for_platforms(ARM["tags"]) == (
        *("py2-none-macosx_11_0_arm64", "py2-none-manylinux2014_aarch64"),
        *("py3-none-macosx_11_0_arm64", "py3-none-manylinux2014_aarch64"),
    )


@given(
    st.dictionaries(
        st.one_of(st.sampled_from(PLATFORMS), st.text()),
        st.dictionaries(
            st.one_of(st.sampled_from(["resources", "tags"]), st.text()),
            st.lists(st.one_of(st.sampled_from([":a", "any", *EXAMPLES.values()]), st.text())).map(tuple),
        ),
    ),
    st.booleans(),
)
def test_anything_is_a_plan_or_an_error_with_fixes(platforms: Platforms, allow_empty: bool) -> None:
    refusal = None
    try:
        wheels = planned(platforms, allow_empty=allow_empty)
    except PlatformsError as error:
        refusal, wheels = str(error), ()
    assert refusal is None or "\n  Fix: " in refusal
    assert bool(wheels) == (refusal is None)
    if wheels:
        assert [wheel.platform for wheel in wheels] == sorted(platforms)
    assert len({WheelName("a", "1", None, "py3", "none", "any").for_platforms(wheel.tags) for wheel in wheels}) == len(
        wheels
    )
