"""add the slots of agents

Revision ID: bdb25fae65db
Revises: f9480fc75e79
Create Date: 2023-12-05 11:14:22

"""

import sqlalchemy as sa
from alembic import op

revision = "bdb25fae65db"
down_revision = "f9480fc75e79"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "agents", sa.Column("cpu_millis", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "agents", sa.Column("memory_bytes", sa.BigInteger(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("agents", "memory_bytes")
    op.drop_column("agents", "cpu_millis")
