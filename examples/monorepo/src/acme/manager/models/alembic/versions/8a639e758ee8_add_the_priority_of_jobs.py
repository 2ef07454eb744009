"""add the priority of jobs

Revision ID: 8a639e758ee8
Revises: 84a1e90bf298
Create Date: 2023-01-19 08:55:12

"""

import sqlalchemy as sa
from alembic import op

revision = "8a639e758ee8"
down_revision = "84a1e90bf298"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("jobs", "priority")
