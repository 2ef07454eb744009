"""Telling the plugins that a job ended."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from acme.common.types import JobInfo
from acme.plugin.entrypoint import find_entrypoints
from acme.plugin.notifier import GROUP, Notifier

_log = structlog.get_logger()


class Notifiers:
    def __init__(self, notifiers: Mapping[str, Notifier]) -> None:
        self._notifiers = notifiers

    @classmethod
    def load(cls, options: Mapping[str, dict[str, Any]], checkouts: Path | None) -> Notifiers:
        """One notifier for each section of the configuration.

        Raises:
            LookupError: no plugin has that name.
        """
        found = find_entrypoints(GROUP, checkouts)
        if missing := sorted(set(options) - set(found)):
            raise LookupError(f"no notifier plugin named {', '.join(missing)}")
        return cls({name: found[name].load()(section) for name, section in options.items()})

    async def job_finished(self, job: JobInfo) -> None:
        for name, notifier in self._notifiers.items():
            try:
                await notifier.job_finished(job)
            except Exception:
                _log.exception("notifier failed", notifier=name, job=str(job.id))
