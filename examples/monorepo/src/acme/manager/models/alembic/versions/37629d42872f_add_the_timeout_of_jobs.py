"""add the timeout of jobs

Revision ID: 37629d42872f
Revises: fc4b99bb63bc
Create Date: 2023-06-12 11:08:29

"""

import sqlalchemy as sa
from alembic import op

revision = "37629d42872f"
down_revision = "fc4b99bb63bc"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("timeout_s", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "timeout_s")
