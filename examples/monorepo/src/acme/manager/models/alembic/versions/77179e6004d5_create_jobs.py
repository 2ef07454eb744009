"""create jobs

Revision ID: 77179e6004d5
Revises: da5a489d1561
Create Date: 2022-11-07 15:02:10

"""

import sqlalchemy as sa
from alembic import op

revision = "77179e6004d5"
down_revision = "da5a489d1561"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("jobs")
