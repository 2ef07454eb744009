from __future__ import annotations

import pytest

from devflow.release.git.hosts import web_host


@pytest.mark.parametrize(
    ("address", "root"),
    [
        ("https://github.com/acme/orbit.git", "https://github.com/acme/orbit"),
        ("https://someone:secret@github.com/acme/orbit", "https://github.com/acme/orbit"),
        ("git@github.com:acme/orbit.git", "https://github.com/acme/orbit"),
        ("ssh://git@github.com:22/acme/orbit.git/", "https://github.com/acme/orbit"),
        ("git@gitlab.com:acme/team/orbit.git", "https://gitlab.com/acme/team/orbit"),
        ("git://codeberg.org/acme/orbit", "https://codeberg.org/acme/orbit"),
    ],
)
def test_known_hosts(address: str, root: str) -> None:
    host = web_host(address)
    assert host
    assert host.root == root
    assert host.compare("main", "release/1.0 #1").startswith(f"{root}/")
    assert "release%2F1.0%20%231" in host.compare("main", "release/1.0 #1")
    assert host.file("v1.0", "a b/CHANGELOG.md").endswith("v1.0/a%20b/CHANGELOG.md")


@pytest.mark.parametrize(
    "address", ["/srv/git/orbit.git", "file:///srv/orbit", "git@example.com:acme/orbit", "../orbit", "", "github.com"]
)
def test_other_addresses(address: str) -> None:
    assert web_host(address) is None


def test_the_page_that_opens_a_pull_request() -> None:
    host = web_host("git@github.com:acme/orbit.git")
    assert host
    assert host.compare("main", "release/1.0") == (
        "https://github.com/acme/orbit/compare/main...release%2F1.0?expand=1"
    )
