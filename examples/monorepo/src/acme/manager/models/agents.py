"""Machines that run jobs."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from acme.manager.models.base import Base, Moment, Name


class AgentRow(Base):
    __tablename__ = "agents"

    id: Mapped[Name] = mapped_column(primary_key=True)
    version: Mapped[Name]
    cpu_millis: Mapped[int]
    memory_bytes: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[Moment]
