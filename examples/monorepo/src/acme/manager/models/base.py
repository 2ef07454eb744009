"""What all tables share."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import JSON, DateTime, String, Uuid
from sqlalchemy.orm import DeclarativeBase, mapped_column

UuidKey = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=uuid4)]
Name = Annotated[str, mapped_column(String(64))]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dict[str, Any]: JSON,
        dict[str, str]: JSON,
        list[str]: JSON,
    }
