"""let schedules pause

Revision ID: b2d6ecc17732
Revises: 5b405f95c51e
Create Date: 2024-02-19 16:29:44

"""

import sqlalchemy as sa
from alembic import op

revision = "b2d6ecc17732"
down_revision = "5b405f95c51e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schedules", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("schedules", "paused_until")
