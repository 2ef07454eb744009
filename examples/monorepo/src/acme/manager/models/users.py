"""People, what they may use, and what they did."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from acme.manager.models.base import Base, Name, Now, UuidKey


class UserRow(Base):
    __tablename__ = "users"

    id: Mapped[UuidKey]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    role: Mapped[Name]
    created_at: Mapped[Now]


class AccessKeyRow(Base):
    __tablename__ = "access_keys"

    id: Mapped[Name] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    secret_hash: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[Now]


class ProjectRow(Base):
    __tablename__ = "projects"

    id: Mapped[UuidKey]
    name: Mapped[Name] = mapped_column(unique=True)


class ProjectMemberRow(Base):
    __tablename__ = "project_members"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)


class QuotaRow(Base):
    __tablename__ = "quotas"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    cpu_millis: Mapped[int]
    memory_bytes: Mapped[int | None] = mapped_column(BigInteger)


class AuditEventRow(Base):
    __tablename__ = "audit_events"

    id: Mapped[UuidKey]
    actor: Mapped[Name]
    action: Mapped[Name]
    details: Mapped[dict[str, Any]]
    happened_at: Mapped[Now]
