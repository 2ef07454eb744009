"""limit the memory of projects

Revision ID: a35684f02a1c
Revises: bef51ba267c5
Create Date: 2023-11-06 13:02:11

"""

import sqlalchemy as sa
from alembic import op

revision = "a35684f02a1c"
down_revision = "bef51ba267c5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("quotas", sa.Column("memory_bytes", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("quotas", "memory_bytes")
