from datetime import timedelta

import pytest

from acme.common.auth import AuthError, Role, issue_token, verify_token
from acme.common.secrets import SecretBox, new_key

SECRET = "a secret that is long enough for HS256"


def test_token_round_trip() -> None:
    assert verify_token(SECRET, issue_token(SECRET, "ann", Role.USER)) == ("ann", Role.USER)


@pytest.mark.parametrize(
    "token",
    [
        "rubbish",
        issue_token("another secret, also long enough for it", "ann", Role.USER),
        issue_token(SECRET, "ann", Role.USER, lifetime=timedelta(seconds=-1)),
    ],
    ids=["malformed", "forged", "expired"],
)
def test_bad_tokens(token: str) -> None:
    with pytest.raises(AuthError):
        verify_token(SECRET, token)


def test_secrets_survive_the_rotation_of_keys() -> None:
    old, new = new_key(), new_key()
    sealed = SecretBox(old).seal("hunter2")
    assert "hunter2" not in sealed
    assert SecretBox(new, old).open(sealed) == "hunter2"
    with pytest.raises(ValueError, match="a key that is gone"):
        SecretBox(new).open(sealed)
