"""Addresses of web pages for a repository, where its host is known. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

_REMOTE = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/]*@)?(?P<host>[^:/]+)(?::[0-9]+)?/|(?:[^@/:]+@)?(?P<short>[^:/]+):)"
    r"(?P<path>[^?#]+?)(?:\.git)?/?"
)
# Where a pull request is opened, and a file is shown. {base} and {branch} are quoted already.
_COMPARE = {
    "github.com": "/compare/{base}...{branch}?expand=1",
    "gitlab.com": "/-/merge_requests/new?merge_request%5Bsource_branch%5D={branch}"
    "&merge_request%5Btarget_branch%5D={base}",
    "bitbucket.org": "/pull-requests/new?source={branch}&dest={base}",
    "codeberg.org": "/compare/{base}...{branch}",
}
_FILE = {
    "github.com": "/blob/{ref}/{path}",
    "gitlab.com": "/-/blob/{ref}/{path}",
    "bitbucket.org": "/src/{ref}/{path}",
    "codeberg.org": "/src/tag/{ref}/{path}",
}


@dataclass(frozen=True)
class WebHost:
    """A repository on a known host: `root` is the address of its page."""

    host: str
    root: str

    def compare(self, base: str, branch: str) -> str:
        """The page that opens a pull request."""
        return self.root + _COMPARE[self.host].format(base=quote(base, safe=""), branch=quote(branch, safe=""))

    def file(self, tag: str, path: str) -> str:
        """The page of a file at a tag."""
        return self.root + _FILE[self.host].format(ref=quote(tag, safe=""), path=quote(path))


def web_host(address: str) -> WebHost | None:
    """The host of an address of git; None for a host that is not known. A password in the address is left out."""
    found = _REMOTE.fullmatch(address)
    host = ((found["host"] or found["short"]) if found else "").lower()
    if not found or host not in _COMPARE or found["path"].count("/") < 1:
        return None
    return WebHost(host, f"https://{host}/{quote(found['path'])}")
