"""add the exit code of jobs

Revision ID: 13e4267c7dc1
Revises: 37629d42872f
Create Date: 2023-08-21 14:37:40

"""

import sqlalchemy as sa
from alembic import op

revision = "13e4267c7dc1"
down_revision = "37629d42872f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("exit_code", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "exit_code")
