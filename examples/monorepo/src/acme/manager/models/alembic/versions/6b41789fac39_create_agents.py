"""create agents

Revision ID: 6b41789fac39
Revises: 77179e6004d5
Create Date: 2022-11-21 10:40:31

"""

import sqlalchemy as sa
from alembic import op

revision = "6b41789fac39"
down_revision = "77179e6004d5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.String(length=64), primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("agents")
