"""Jobs, their attempts and what they leave behind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Enum, Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from acme.common.types import JobState
from acme.manager.models.base import Base, Moment, Name, Now, UuidKey

_STATE = Enum(
    JobState,
    native_enum=False,
    length=16,
    values_callable=lambda states: [state.value for state in states],
)


class JobRow(Base):
    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_owner_created_at", "owner", "created_at"),)

    id: Mapped[UuidKey]
    owner: Mapped[Name]
    name: Mapped[Name]
    command: Mapped[list[str]]
    environment: Mapped[dict[str, str]]
    labels: Mapped[dict[str, Any] | None]
    priority: Mapped[int]
    cpu_millis: Mapped[int]
    memory_bytes: Mapped[int] = mapped_column(BigInteger)
    timeout_s: Mapped[float | None] = mapped_column(Float)
    state: Mapped[JobState] = mapped_column(_STATE, default=JobState.PENDING)
    agent_id: Mapped[str | None] = mapped_column(String(64))
    exit_code: Mapped[int | None]
    created_at: Mapped[Now]


class AttemptRow(Base):
    """One start of a job: a job is started again when its agent is lost."""

    __tablename__ = "attempts"

    id: Mapped[UuidKey]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), index=True)
    agent_id: Mapped[Name]
    started_at: Mapped[Now]


class ArtefactRow(Base):
    __tablename__ = "artefacts"

    id: Mapped[UuidKey]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"))
    key: Mapped[str] = mapped_column(String(256))
    size_bytes: Mapped[int] = mapped_column(BigInteger)


class ScheduleRow(Base):
    __tablename__ = "schedules"

    id: Mapped[UuidKey]
    owner: Mapped[Name]
    expression: Mapped[Name]
    spec: Mapped[dict[str, Any]]
    paused_until: Mapped[Moment | None]
