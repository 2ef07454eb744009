"""move the command of jobs into the database

Revision ID: 7cf2a1a6950c
Revises: 0b42deeeab0f
Create Date: 2023-02-14 14:20:45

"""

import sqlalchemy as sa
from alembic import op

revision = "7cf2a1a6950c"
down_revision = "0b42deeeab0f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("command", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("jobs", sa.Column("environment", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("jobs", "environment")
    op.drop_column("jobs", "command")
