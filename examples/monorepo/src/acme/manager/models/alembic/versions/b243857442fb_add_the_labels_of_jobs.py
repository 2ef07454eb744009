"""add the labels of jobs

Revision ID: b243857442fb
Revises: f9480fc75e79
Create Date: 2023-12-06 10:26:03

"""

import sqlalchemy as sa
from alembic import op

revision = "b243857442fb"
down_revision = "f9480fc75e79"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("labels", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "labels")
