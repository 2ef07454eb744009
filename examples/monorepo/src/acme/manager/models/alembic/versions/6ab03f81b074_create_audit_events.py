"""create audit events

Revision ID: 6ab03f81b074
Revises: bfe5978e4ef9
Create Date: 2023-10-25 16:48:05

"""

import sqlalchemy as sa
from alembic import op

revision = "6ab03f81b074"
down_revision = "bfe5978e4ef9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("audit_events")
