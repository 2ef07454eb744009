"""drop the nicknames of users

Revision ID: e11628886740
Revises: f0d4b52a9f28
Create Date: 2024-01-15 14:44:08

"""

import sqlalchemy as sa
from alembic import op

revision = "e11628886740"
down_revision = "f0d4b52a9f28"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("users", "nickname")


def downgrade() -> None:
    op.add_column("users", sa.Column("nickname", sa.String(length=64), nullable=True))
