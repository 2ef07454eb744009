"""create schedules

Revision ID: bfe5978e4ef9
Revises: 13e4267c7dc1
Create Date: 2023-10-04 10:10:54

"""

import sqlalchemy as sa
from alembic import op

revision = "bfe5978e4ef9"
down_revision = "13e4267c7dc1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("expression", sa.String(length=64), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("schedules")
