"""What every component agrees on."""

from __future__ import annotations

import enum
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

JobId = NewType("JobId", UUID)
AgentId = NewType("AgentId", str)


class JobState(enum.StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Slots(BaseModel):
    """An amount of compute: CPU cores in thousandths, memory in bytes."""

    model_config = ConfigDict(frozen=True)

    cpu_millis: int = Field(default=1000, ge=0)
    memory_bytes: int = Field(default=256 * 2**20, ge=0)

    def __add__(self, other: Slots) -> Slots:
        return Slots(
            cpu_millis=self.cpu_millis + other.cpu_millis,
            memory_bytes=self.memory_bytes + other.memory_bytes,
        )

    def __sub__(self, other: Slots) -> Slots:
        """What is left: never below nothing."""
        return Slots(
            cpu_millis=max(0, self.cpu_millis - other.cpu_millis),
            memory_bytes=max(0, self.memory_bytes - other.memory_bytes),
        )

    def fits_in(self, free: Slots) -> bool:
        return self.cpu_millis <= free.cpu_millis and self.memory_bytes <= free.memory_bytes


class JobSpec(BaseModel):
    """What a user asks for."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64)
    command: list[str] = Field(min_length=1)
    environment: dict[str, str] = Field(default_factory=dict)
    slots: Slots = Slots()
    priority: int = Field(default=0, ge=-100, le=100)
    timeout_s: float | None = Field(default=None, gt=0)

    @field_validator("environment")
    @classmethod
    def _environment_names(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if not name.isidentifier():
                raise ValueError(f"not an environment variable's name: {name!r}")
        return value


class JobInfo(BaseModel):
    """What the manager tells about a job."""

    id: UUID
    name: str
    state: JobState
    agent_id: str | None = None
    exit_code: int | None = None


class Assignment(BaseModel):
    """A job that an agent has to run."""

    id: UUID
    spec: JobSpec


class Outcome(BaseModel):
    """How a job ended."""

    state: JobState
    exit_code: int | None = None
    log_tail: str = ""


class AgentInfo(BaseModel):
    """What an agent tells the manager about itself."""

    id: str
    version: str
    total: Slots
