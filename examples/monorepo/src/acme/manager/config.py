"""The manager's configuration file."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class DatabaseConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str = "sqlite+aiosqlite:///kiln.db"
    pool_size: int = Field(default=8, ge=1)


class ManagerConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8070, ge=1, le=65535)
    secret: str = Field(min_length=32)
    redis_url: str = "redis://localhost:6379/0"
    database: DatabaseConfig = DatabaseConfig()
    notifiers: dict[str, dict[str, Any]] = Field(default_factory=dict)
