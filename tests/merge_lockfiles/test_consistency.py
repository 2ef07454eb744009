"""What a textual merge breaks is found, and what a real lockfile may hold is not taken for broken."""

from __future__ import annotations

import json

import pytest
from locking.test_reading import UV
from merge_lockfiles.conftest import INDEX

from devflow.locking.consistency import contradictions
from devflow.locking.facts import LockedProjects
from devflow.locking.reading import read_lockfile
from devflow.merge_lockfiles.facts import GitFacts, Operation, ResolveFacts, Side
from devflow.merge_lockfiles.plan import examine
from harness.solver import lockfile

REQUIREMENTS = ["aiohttp>=3.9", "boto3"]
HASHED = "aiohttp==3.9.1 --hash=sha256:00\nboto3==1.28.0 --hash=sha256:00\n"


def pex() -> LockedProjects:
    return read_lockfile(lockfile(INDEX, REQUIREMENTS))


def edited(old: str, new: str) -> LockedProjects:
    text = lockfile(INDEX, REQUIREMENTS)
    assert old in text
    return read_lockfile(text.replace(old, new))


def test_a_lockfile_as_it_is_made() -> None:
    assert contradictions(pex(), REQUIREMENTS) == ()
    assert contradictions(pex(), ["boto3"]) == ()  # Pants takes one with more requirements
    assert contradictions(read_lockfile(HASHED), REQUIREMENTS) == ()


def test_two_ways_to_write_a_requirement() -> None:
    assert contradictions(pex(), ["AioHTTP >=3.9", "boto3"]) == ()


@pytest.mark.parametrize(
    ("locked", "requirements", "clause"),
    [
        (pex(), [*REQUIREMENTS, "redis"], "its metadata lacks requirements: redis"),
        (pex(), ["aiohttp>=3.8"], "its metadata lacks requirements: aiohttp>=3.8"),
        (
            edited('//     "boto3"\n', '//     "redis"\n'),
            ["aiohttp>=3.9"],
            "its metadata and its content are made from different requirements: redis; boto3",
        ),
        (
            edited('"version": "1.20.0"', '"version": "2.1"'),
            REQUIREMENTS,
            "it pins versions that contradict each other: aiohttp 3.9.1 wants yarl<2, and 2.1 is locked",
        ),
        (
            edited('"project_name": "yarl"', '"project_name": "yarn"'),
            REQUIREMENTS,
            "it pins versions that contradict each other: aiohttp 3.9.1 wants yarl<2, which is not locked",
        ),
        (
            read_lockfile(HASHED),
            ["aiohttp<3.9", "redis"],
            "it does not hold what is required: aiohttp<3.9, and 3.9.1 is locked; redis, which is not locked",
        ),
    ],
)
def test_what_is_found(locked: LockedProjects, requirements: list[str], clause: str) -> None:
    assert clause in contradictions(locked, requirements)


def test_what_may_apply_nowhere_is_no_contradiction() -> None:
    index = {"a": {"1": ("b<1; extra == 'x'", "c; python_version < '3.6'", "not a requirement")}}
    assert contradictions(read_lockfile(lockfile({"a": {"1": ()}}, ["a"])), ["a"]) == ()
    body = {
        "locked_resolves": [
            {"locked_requirements": [{"project_name": "a", "version": "1", "requires_dists": index["a"]["1"]}]}
        ],
        "requirements": ["a", "d; sys_platform == 'win32'"],
    }
    assert contradictions(read_lockfile(json.dumps(body)), ["a", "d; sys_platform == 'win32'"]) == ()


def test_many_are_counted() -> None:
    [clause] = contradictions(read_lockfile(HASHED), ["b", "c", "d", "e", "f"])
    assert clause.endswith("d, which is not locked, and 2 more")


def test_the_metadata_beside_a_lockfile_counts_as_its_header() -> None:
    facts = GitFacts(Operation("none", None), Side.OURS)
    metadata = b'{"generated_with_requirements": ["aiohttp"]}'
    resolve = ResolveFacts("main", "main.lock", UV.encode(), metadata)
    assert examine(resolve, facts, ["aiohttp"]) == ()
    assert examine(resolve, facts, ["aiohttp>=3"]) == ("its metadata lacks requirements: aiohttp>=3",)
