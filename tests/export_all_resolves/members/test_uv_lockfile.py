"""A lockfile of uv: what it pins, and whether its side-car belongs to it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.export_all_resolves.members.lockfile_content import NotALockfileError, check_sidecar, content_of

Package = tuple[str, str, str]  # name, version, hash
names = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
packages = st.dictionaries(
    names, st.tuples(st.sampled_from(["1.0", "2.0.1"]), st.integers(0, 2**32 - 1).map("{:08x}".format)), min_size=1
).map(lambda found: [(name, version, digest) for name, (version, digest) in sorted(found.items())])


def lock(
    locked: list[Package], host: str = "pypi.example", revision: int = 3, resolve: str = "main", size: int = 1
) -> str:
    """As uv 0.11 writes it for Pants."""
    tables = [
        f"""
[[package]]
name = "{name}"
version = "{version}"
source = {{ registry = "https://{host}/simple" }}
dependencies = [
    {{ name = "attrs", marker = "sys_platform == 'win32'" }},
]
sdist = {{ url = "https://{host}/a/{name}-{version}.tar.gz", hash = "sha256:{digest}", size = {size} }}
wheels = [
    {{ url = "https://{host}/b/{name}-{version}-py3-none-any.whl", hash = "sha256:{digest}f", upload-time = "{size}" }},
]
"""
        for name, version, digest in locked
    ]
    root = f"""
[[package]]
name = "pants-lockfile-for-{resolve}"
version = "0.0.0"
source = {{ virtual = "." }}
dependencies = [{{ name = "{locked[0][0]}" }}]

[package.metadata]
requires-dist = [{{ name = "{locked[0][0]}", index = "https://{host}/simple" }}]
"""
    options = f'\n[options]\nexclude-newer = "20{size:02}-01-01T00:00:00Z"\n'
    return f'version = 1\nrevision = {revision}\nrequires-python = "==3.13.*"\n{options}{"".join(tables)}{root}'


ONE = lock([("attrs", "1.0", "ab")])


def sidecar(**changes: object) -> str:
    fields = {"version": 8, "lockfile_format": "uv", "resolve": "main", "generated_with_requirements": ["attrs"]}
    return json.dumps({**fields, **changes})


@given(packages, st.integers(1, 3), st.integers(1, 20))
def test_indexes_sizes_and_times_do_not_matter(locked: list[Package], revision: int, size: int) -> None:
    mirrored = lock(locked, "me:token@mirror.example/pypi", revision, size=size)
    assert content_of(mirrored + "# A comment.\n") == content_of(lock(locked))


@given(packages, st.data())
def test_each_pin_and_each_hash_matters(locked: list[Package], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(locked) - 1))
    name, version, digest = locked[index]
    others = [(name, "3.0", digest), (name, version, digest + "0"), (f"{name}x", version, digest)]
    changed = data.draw(st.sampled_from(others))
    assert content_of(lock([*locked[:index], changed, *locked[index + 1 :]])) != content_of(lock(locked))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("attrs-1.0-py3", "attrs-1.0-cp313"),
        ("sys_platform == 'win32'", "sys_platform == 'darwin'"),
        ('requires-python = "==3.13.*"', 'requires-python = "==3.12.*"'),
        ('registry = "https://pypi.example/simple"', 'git = "https://git.example/attrs?rev=v1#0123"'),
        (', hash = "sha256:ab"', ""),
    ],
)
def test_what_else_is_pinned(old: str, new: str) -> None:
    assert old in ONE
    assert content_of(ONE.replace(old, new)) != content_of(ONE)


def test_an_address_without_a_hash_matters() -> None:
    without = ONE.replace(', hash = "sha256:ab"', "")
    assert content_of(without) != content_of(without.replace("pypi.example/a/", "mirror.example/a/"))


def test_what_is_no_toml() -> None:
    with pytest.raises(ValueError, match=r"cannot be read as TOML: .*line"):
        content_of(ONE + "oh no\n")
    with pytest.raises(NotALockfileError, match="line 1: a merge conflict"):
        content_of("<<<<<<< HEAD\n" + ONE)


PINNED = "attrs==1.0 --hash=sha256:ab\n"
OF_PEX = '{"locked_resolves": []}'


@pytest.mark.parametrize(
    ("lockfile", "side"),
    [
        (ONE, sidecar()),
        (lock([("attrs", "1.0", "ab")], resolve="my-tool-2"), sidecar(resolve="My_tool.2")),
        (PINNED, None),
        (OF_PEX, None),
        (OF_PEX, sidecar(lockfile_format="pex")),
        (OF_PEX, json.dumps({"version": 7})),
    ],
)
def test_side_cars_that_belong_to_their_lockfile(lockfile: str, side: str | None) -> None:
    check_sidecar(lockfile, side, "x.lock.metadata")


@pytest.mark.parametrize(
    ("lockfile", "side", "why"),
    [
        (ONE, None, "x.lock.metadata does not exist, and Pants recognizes a lockfile of uv by this file"),
        (ONE, sidecar(lockfile_format="pex"), "x.lock.metadata does not say that this is a lockfile of uv"),
        (ONE, json.dumps({"version": 7}), "x.lock.metadata does not say that this is a lockfile of uv"),
        (OF_PEX, sidecar(), "x.lock.metadata says that this is a lockfile of uv"),
        (PINNED, sidecar(), "x.lock.metadata says that this is a lockfile of uv"),
        (ONE, sidecar(resolve="other"), "x.lock.metadata is that of another lockfile: it is for other"),
        (ONE, f"<<<<<<< HEAD\n{sidecar()}", "x.lock.metadata, line 1: a merge conflict is not resolved: <<<<<<< HEAD"),
    ],
)
def test_side_cars_that_do_not(lockfile: str, side: str | None, why: str) -> None:
    with pytest.raises(NotALockfileError) as caught:
        check_sidecar(lockfile, side, "x.lock.metadata")
    assert str(caught.value) == why


@pytest.mark.parametrize("side", ["", "{", "[]", '"uv"'])
def test_a_side_car_that_is_no_json_object(side: str) -> None:
    with pytest.raises(ValueError, match=r"^x\.lock\.metadata: ") as caught:
        check_sidecar(ONE, side, "x.lock.metadata")
    assert not isinstance(caught.value, NotALockfileError)
