"""Tokens that clients and agents show to the manager."""

import enum
from datetime import UTC, datetime, timedelta

import jwt

_ALGORITHM = "HS256"


class Role(enum.StrEnum):
    USER = "user"
    AGENT = "agent"
    ADMIN = "admin"


class AuthError(Exception):
    """The token is not good."""


def issue_token(
    secret: str, subject: str, role: Role, lifetime: timedelta = timedelta(hours=1)
) -> str:
    claims = {"sub": subject, "role": role.value, "exp": datetime.now(UTC) + lifetime}
    return jwt.encode(claims, secret, algorithm=_ALGORITHM)


def verify_token(secret: str, token: str) -> tuple[str, Role]:
    """The token's subject and role.

    Raises:
        AuthError: the token is malformed, expired, or signed with another secret.
    """
    try:
        claims = jwt.decode(
            token, secret, algorithms=[_ALGORITHM], options={"require": ["sub", "role", "exp"]}
        )
        return claims["sub"], Role(claims["role"])
    except (jwt.InvalidTokenError, ValueError) as error:
        raise AuthError(str(error)) from error
