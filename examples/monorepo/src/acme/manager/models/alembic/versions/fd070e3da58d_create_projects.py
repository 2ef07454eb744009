"""create projects

Revision ID: fd070e3da58d
Revises: 137d421ce750
Create Date: 2023-04-13 10:15:26

"""

import sqlalchemy as sa
from alembic import op

revision = "fd070e3da58d"
down_revision = "137d421ce750"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(length=64), nullable=False, unique=True),
    )


def downgrade() -> None:
    op.drop_table("projects")
