"""What can go wrong between a client and the manager."""


class ClientError(Exception):
    """The manager refused the request."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(f"{title} (HTTP {status})")
        self.status = status


class Unreachable(Exception):
    """The manager did not answer, also not after several attempts."""


class IncompatibleVersion(Exception):
    """Client and manager are of different release series."""
