"""Posts each job that ended to a web server."""

from __future__ import annotations

from typing import Any

import aiohttp

from acme.common.types import JobInfo


class WebhookNotifier:
    def __init__(self, options: dict[str, Any]) -> None:
        self._url: str = options["url"]
        self._timeout = aiohttp.ClientTimeout(total=options.get("timeout_s", 10))

    async def job_finished(self, job: JobInfo) -> None:
        async with (
            aiohttp.ClientSession(timeout=self._timeout, raise_for_status=True) as http,
            http.post(self._url, json=job.model_dump(mode="json")),
        ):
            pass
