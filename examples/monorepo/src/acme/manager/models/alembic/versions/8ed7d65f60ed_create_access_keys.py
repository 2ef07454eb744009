"""create access keys

A user has several: one for each machine that they work on.

Revision ID: 8ed7d65f60ed
Revises: 84a1e90bf298
Create Date: 2023-01-16 13:25:57

"""

import sqlalchemy as sa
from alembic import op

revision = "8ed7d65f60ed"
down_revision = "84a1e90bf298"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_keys",
        sa.Column("id", sa.String(length=64), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("secret_hash", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("access_keys")
