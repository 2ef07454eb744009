"""The wheel that is chosen is the one that `pip` itself chooses among the same files."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.export_all_resolves.staging.choice import Supported, UnknownChoiceError, WheelPin, chosen_wheel
from devflow.export_all_resolves.staging.index import IndexFile

HERE = Supported.by_this_interpreter()
BEST, *_, WORST = (str(tag) for tag in HERE.places)
TAGS = [BEST, "py3-none-any", "py2.py3-none-any", "py2-none-any", "cp39-cp39-win_amd64", WORST]
HASHES = [f"sha256:{number:064}" for number in range(8)]


def wheel(
    number: int, tags: str = "py3-none-any", *, build: str = "", version: str = "1.0", **fields: Any
) -> IndexFile:
    name = f"a_b-{version}{build}-{tags}.whl"
    return IndexFile(f"https://files.example/{number}/{name}", (HASHES[number],), **fields)


def pin(*numbers: int) -> WheelPin:
    return WheelPin("a-b", "==1.0", tuple(HASHES[number] for number in numbers))


def address_chosen(files: list[IndexFile], pinned: WheelPin) -> str | None:
    chosen = chosen_wheel(files, pinned, HERE)
    if chosen:
        assert chosen[1] in pinned.hashes
        assert chosen[1] in chosen[0].hashes
    return chosen[0].address if chosen else None


def chosen_by_pip(files: list[IndexFile], pinned: WheelPin) -> tuple[str | None, bool]:
    """The address, and whether another file is as good."""
    finder, link = import_module("pip._internal.index.package_finder"), import_module("pip._internal.models.link")
    target = import_module("pip._internal.models.target_python").TargetPython()
    hashes = import_module("pip._internal.utils.hashes").Hashes(
        {"sha256": [one.partition(":")[2] for one in pinned.hashes]}
    )
    evaluator = finder.LinkEvaluator("a-b", "a-b", frozenset({"binary"}), target, allow_yanked=True)
    candidates = []
    for file in files:
        address = f"{file.address}#{file.hashes[0].replace(':', '=')}"
        yanked = "" if file.yanked else None
        found = link.Link(address, requires_python=file.requires_python or None, yanked_reason=yanked)
        result, version = evaluator.evaluate_link(found)
        if result is finder.LinkType.candidate:
            candidates.append(
                import_module("pip._internal.models.candidate").InstallationCandidate("a-b", version, found)
            )
    specifier = import_module("pip._vendor.packaging.specifiers").SpecifierSet(pinned.specifier)
    best = finder.CandidateEvaluator.create("a-b", target, specifier=specifier, hashes=hashes)
    applicable = best.get_applicable_candidates(candidates)
    applicable = [one for one in applicable if one.link.is_hash_allowed(hashes)]  # it would download, then refuse it
    if not applicable:
        return None, False
    chosen = best.sort_best_candidate(applicable)
    keys = [best._sort_key(one) for one in applicable]
    return chosen.link.url_without_fragment, keys.count(best._sort_key(chosen)) > 1


FILES = st.lists(
    st.builds(
        wheel,
        st.integers(0, 7),
        st.sampled_from(TAGS),
        build=st.sampled_from(["", "-1", "-2", "-2a", "-10"]),
        version=st.sampled_from(["1.0", "1", "1.0.1", "1.0+x"]),
        requires_python=st.sampled_from(["", ">=3.6", "<3", "!=3.9.*", "==3.*"]),
        yanked=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda file: file.hashes,
)


@given(FILES, st.sets(st.integers(0, 7), min_size=1))
def test_pip_takes_the_same(files: list[IndexFile], numbers: set[int]) -> None:
    pinned = pin(*sorted(numbers))
    by_pip, is_one_of_several = chosen_by_pip(files, pinned)
    if is_one_of_several:
        with pytest.raises(UnknownChoiceError, match="fit equally well"):
            address_chosen(files, pinned)
    else:
        assert address_chosen(files, pinned) == by_pip


def test_a_local_version_is_newer() -> None:
    files = [wheel(1, build="-1"), wheel(2, version="1.0+x")]
    assert address_chosen(files, pin(1, 2)) == chosen_by_pip(files, pin(1, 2))[0] == files[1].address


def test_a_file_on_two_indexes_is_one_file() -> None:
    one, other = wheel(1), IndexFile("https://mirror.example/a_b-1.0-py3-none-any.whl", wheel(1).hashes)
    assert address_chosen([one, other], pin(1)) == one.address


def test_only_a_file_with_a_hash_of_the_pin() -> None:
    assert address_chosen([wheel(1), wheel(2)], pin(3)) is None
    assert address_chosen([wheel(1), wheel(2, BEST)], pin(1)) == wheel(1).address


def test_a_wheel_for_other_machines_need_not_be_understood() -> None:
    other = wheel(1, "cp39-cp39-win_amd64", requires_python="3 or more")
    assert (
        address_chosen([other, wheel(2, f"{BEST}.win_amd64".upper())], pin(1, 2))
        == wheel(2, f"{BEST}.win_amd64".upper()).address
    )


def test_a_weak_hash_does_not_count() -> None:
    weak = IndexFile("https://files.example/a_b-1.0-py3-none-any.whl", ("md5:0",))
    assert chosen_wheel([weak], WheelPin("a-b", "==1.0", ("md5:0",)), HERE) is None


def test_source_distributions_are_no_wheels() -> None:
    assert address_chosen([IndexFile("https://files.example/a_b-1.0.tar.gz", (HASHES[1],))], pin(1)) is None


def test_a_file_without_a_hash_could_be_the_one() -> None:
    without = IndexFile("https://files.example/a_b-1.0-py3-none-any.whl")
    with pytest.raises(UnknownChoiceError, match="a_b-1.0-py3-none-any.whl has no hash"):
        address_chosen([without, wheel(1)], pin(1))
    others = [IndexFile(f"https://files.example/{name}") for name in ("a_b-2.0-py3-none-any.whl", "a_b-1.0.zip")]
    assert address_chosen([*others, wheel(1)], pin(1)) == wheel(1).address


@pytest.mark.parametrize(
    "file",
    [
        IndexFile("https://files.example/a_b.whl", (HASHES[1],)),
        IndexFile("https://files.example/a_b-one-py3-none-any.whl", (HASHES[1],)),
        wheel(1, requires_python="3 or more"),
    ],
)
def test_what_is_not_understood_is_left_to_pip(file: IndexFile) -> None:
    with pytest.raises(UnknownChoiceError, match="is not understood"):
        address_chosen([file], pin(1))
