"""What a plugin of the group `kiln.notifier` provides."""

from typing import Any, Protocol

from acme.common.types import JobInfo

GROUP = "kiln.notifier"


class Notifier(Protocol):
    """Made once with its own section of the manager's configuration."""

    def __init__(self, options: dict[str, Any]) -> None: ...

    async def job_finished(self, job: JobInfo) -> None:
        """Tell the world. An exception is logged and does not touch the job."""
