"""The database's tables. Change one, then `./py -m alembic revision --autogenerate -m …`."""

from acme.manager.models.agents import AgentRow
from acme.manager.models.base import Base
from acme.manager.models.jobs import ArtefactRow, AttemptRow, JobRow, ScheduleRow
from acme.manager.models.users import (
    AccessKeyRow,
    AuditEventRow,
    ProjectMemberRow,
    ProjectRow,
    QuotaRow,
    UserRow,
)

__all__ = (
    "AccessKeyRow",
    "AgentRow",
    "ArtefactRow",
    "AttemptRow",
    "AuditEventRow",
    "Base",
    "JobRow",
    "ProjectMemberRow",
    "ProjectRow",
    "QuotaRow",
    "ScheduleRow",
    "UserRow",
)
