"""Takes passwords and tokens out of text that is shown. Standard library only, and no other module of ours.

The launcher, which is used without this package, has a copy of this file: `tests/launcher/test_other_users.py`
compares them. Where the end of a password is in doubt, too much is masked, never too little.
"""

from __future__ import annotations

import re

_MASK = "…"
_HOST = r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
_NO_USER = re.compile(rf"{_HOST}/[^:]*")  # of "https://host.example/archive@1.0", the part between "//" and "@"
_USER = re.compile(r"[\w.%+~-]*$")
# After the "@" of `user:password@proxy:3128`, but not of `path:target@resolve=x` or `image:tag@sha256:…`.
_BARE_HOST = re.compile(rf"{_HOST}(?![\w=])|[\w.-]+:\d{{1,5}}(?!\w)")
_SENSITIVE = (
    r"[\w.-]{0,30}(?:token|secret|passw(?:or)?d|passphrase|signature|credential|api[-_]?key|access[-_]?key)[\w.-]{0,30}"
)
_VALUE = rf"(?!{_MASK})(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s&;#'\"]+)"
_SCHEMES = r"(?:basic|bearer|digest|token)"
_ASSIGNMENTS = (
    re.compile(rf"(?i)((?<![\w.]){_SENSITIVE} ?= ?){_VALUE}"),
    re.compile(r"(?i)([?&](?:sig|key|auth|pwd|pass|code)=)[^\s&#'\"]+"),
    re.compile(rf"(?i)([\"']{_SENSITIVE}[\"'] ?: ?){_VALUE}"),
    re.compile(rf"(?i)((?<![\w-])--?{_SENSITIVE} )(?!-){_VALUE}"),
    re.compile(rf"(?i)((?<!\w)(?:proxy-)?authorization: ?(?:{_SCHEMES} )?)(?!{_MASK}|{_SCHEMES} )[^\s'\"]+"),
    re.compile(rf"(?i)((?<!\w)(?:private-token|job-token|x-api-key): ?)(?!{_MASK})[^\s'\"]+"),
)
# Source: the documented prefixes of tokens of GitHub, GitLab, PyPI, npm and Slack; RFC 7519.
_TOKEN = re.compile(
    r"\b(?:gh[opsur]_\w{16,}|github_pat_\w{16,}|gl[a-z]{2,6}-[\w-]{16,}|pypi-[\w-]{16,}|npm_\w{16,}|xox[a-z]-[\w-]{10,}"
    r"|eyJ[\w-]{6,1000}\.eyJ[\w-]{6,1000}\.[\w-]*)"
)


def masked(text: str) -> str:
    """The text with "…" for the user and password of each address, and for each token. Twice is the same as once."""
    text = re.sub(r"\S+", lambda word: _without_user(word[0]), text) if "@" in text else text
    for assignment in _ASSIGNMENTS:
        text = assignment.sub(rf"\g<1>{_MASK}", text)
    return _TOKEN.sub(_MASK, text)


def _without_user(word: str) -> str:
    """One word. The user ends at the last "@", because a password may hold "@", "/" and ":"."""
    before, at, after = word.rpartition("@")
    scheme, slashes, user = before.partition("//")
    if slashes:
        has_secret = not (_NO_USER.fullmatch(user) or (scheme.endswith("ssh:") and _USER.fullmatch(user)))
        return f"{scheme}//{_MASK}@{after}" if has_secret else word
    name, colon, _ = before.partition(":")
    if at and colon and _BARE_HOST.match(after):
        return f"{_USER.sub('', name)}{_MASK}@{after}"
    return word
