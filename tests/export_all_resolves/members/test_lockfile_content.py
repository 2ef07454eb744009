"""What a lockfile pins does not depend on how it is written."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.export_all_resolves.members.lockfile_content import NotALockfileError, content_of

names = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
# As numbers: letters are drawn one by one.
digests = st.integers(0, 2**256 - 1).map("sha256:{:064x}".format)
hashes = st.lists(digests, min_size=1, max_size=3, unique=True)
pins = st.dictionaries(names, st.tuples(st.sampled_from(["1.0", "2.0.1", "1!3"]), hashes), min_size=1, max_size=5)
NOISE = [
    "# A comment.",
    "",
    "--index-url https://aws:token@mirror.example/simple/",
    "-i https://mirror.example/simple/",
    "--extra-index-url=https://mirror.example/simple/",
    "--find-links wheels",
    "--trusted-host mirror.example",
]


def requirement_file(pinned: Sequence[tuple[str, tuple[str, list[str]]]], noise: Sequence[str], between: str) -> str:
    lines = [
        f"{name}=={version}{between}{between.join(f'--hash={one}' for one in all_hashes)}"
        for name, (version, all_hashes) in pinned
    ]
    return "\n".join([*noise, *lines]) + "\n"


@given(pins, st.data())
def test_order_comments_and_indexes_do_not_matter(
    pinned: dict[str, tuple[str, list[str]]], data: st.DataObject
) -> None:
    plain = requirement_file(list(pinned.items()), (), " ")
    reordered = [
        (name, (version, data.draw(st.permutations(all_hashes)))) for name, (version, all_hashes) in pinned.items()
    ]
    noise = data.draw(st.lists(st.sampled_from(NOISE)))
    between = data.draw(st.sampled_from([" ", " \\\n    ", " \\\r\n\t"]))
    assert content_of(requirement_file(data.draw(st.permutations(reordered)), noise, between)) == content_of(plain)


@given(pins, st.data())
def test_each_pin_and_each_hash_matters(pinned: dict[str, tuple[str, list[str]]], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(pinned)))
    version, all_hashes = pinned[name]
    others = {key: value for key, value in pinned.items() if key != name}
    changed = data.draw(
        st.sampled_from(
            [
                {**others, f"{name}x": (version, all_hashes)},
                {**others, name: (f"{version}.9", all_hashes)},
                {**others, name: (version, [*all_hashes, "sha256:" + "0" * 63 + "g"])},
            ]
        )
    )
    before, after = (requirement_file(list(one.items()), (), " ") for one in (pinned, changed))
    assert content_of(before) != content_of(after)


def pex_lockfile(host: str, order: int, digest: str = "ab", version: str = "2.1.137") -> str:
    files = [
        {"algorithm": "sha256", "hash": digest, "url": f"https://{host}/packages/attrs-1.0-py3-none-any.whl"},
        {"algorithm": "sha256", "hash": "cd", "url": f"https://{host}/packages/attrs-1.0.tar.gz"},
    ]
    locked = {"artifacts": files[::order], "project_name": "attrs", "requires_dists": [], "version": "1.0"}
    lockfile = {
        "locked_resolves": [{"locked_requirements": [locked]}],
        "pex_version": version,
        "requirements": ["attrs"],
    }
    return json.dumps(lockfile, indent=order + 2)


def test_a_lockfile_of_pex_from_another_index() -> None:
    one = content_of(pex_lockfile("pypi.example", 1))
    assert content_of("// A header.\n" + pex_lockfile("me:token@mirror.example", -1, version="2.1.150")) == one
    assert content_of(pex_lockfile("pypi.example", 1, digest="ac")) != one


@pytest.mark.parametrize(
    "line",
    [
        "attrs==1.0 --hash=sha256:ab",
        "attrs===1.0 --hash=sha256:ab",
        "attrs[x, y]==1.0+local ; python_version < '3.9' --hash sha256:ab",
        "attrs (==1.0) --hash=sha256:ab --global-option=x",
        "attrs @ https://mirror.example/attrs-1.0.whl#sha256=ab",
        "attrs @ https://mirror.example/attrs-1.0.whl --hash=sha256:ab",
        "attrs @ git+https://mirror.example/attrs.git@0123456789012345678901234567890123456789",
    ],
)
def test_what_is_pinned(line: str) -> None:
    assert content_of(line)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("attrs", "'attrs' is not pinned to one version"),
        ("attrs>=1.0 --hash=sha256:ab", "'attrs>=1.0' is not pinned to one version"),
        ("attrs==1.*", "'attrs==1.*' is not pinned to one version"),
        ("attrs==1.0", "'attrs==1.0' has no hash"),
        ("attrs @ git+https://mirror.example/attrs.git@main", "has no hash"),
        ("-r other.txt", "'-r other.txt' is not a pinned requirement"),
        ("-e .", "'-e .' is not a pinned requirement"),
        ("no requirement at all", "'no requirement at all' is not a requirement"),
        ("<<<<<<< HEAD", "a merge conflict is not resolved: <<<<<<< HEAD"),
        ("=======", "a merge conflict is not resolved: ======="),
        (">>>>>>> theirs", "a merge conflict is not resolved: >>>>>>> theirs"),
        ("||||||| base", "a merge conflict is not resolved: ||||||| base"),
    ],
)
def test_what_is_not(line: str, why: str) -> None:
    for above in ("", "# A comment.\n\n", "ok==1 \\\n  --hash=sha256:ab\n"):
        with pytest.raises(NotALockfileError) as caught:
            content_of(f"{above}{line}\n")
        assert str(caught.value).startswith(f"line {above.count(chr(10)) + 1}: ")
        assert str(caught.value).endswith(why)


@pytest.mark.parametrize("text", ["", "\n", "# Only comments.\n", "--index-url https://mirror.example/simple/\n"])
def test_an_empty_one(text: str) -> None:
    with pytest.raises(NotALockfileError, match="it is empty"):
        content_of(text)
