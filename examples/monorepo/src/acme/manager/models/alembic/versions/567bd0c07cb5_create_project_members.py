"""create project members

Revision ID: 567bd0c07cb5
Revises: fd070e3da58d
Create Date: 2023-04-18 12:33:50

"""

import sqlalchemy as sa
from alembic import op

revision = "567bd0c07cb5"
down_revision = "fd070e3da58d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project_members",
        sa.Column("project_id", sa.Uuid(), sa.ForeignKey("projects.id"), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("project_members")
