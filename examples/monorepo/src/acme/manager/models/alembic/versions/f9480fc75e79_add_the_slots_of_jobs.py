"""add the slots of jobs

Revision ID: f9480fc75e79
Revises: 611115c27396
Create Date: 2023-11-28 15:55:00

"""

import sqlalchemy as sa
from alembic import op

revision = "f9480fc75e79"
down_revision = "611115c27396"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "jobs", sa.Column("cpu_millis", sa.Integer(), nullable=False, server_default="1000")
    )
    op.add_column(
        "jobs",
        sa.Column("memory_bytes", sa.BigInteger(), nullable=False, server_default="268435456"),
    )


def downgrade() -> None:
    op.drop_column("jobs", "memory_bytes")
    op.drop_column("jobs", "cpu_millis")
