"""create attempts

Revision ID: 5b405f95c51e
Revises: 5e56e0e32250
Create Date: 2024-02-08 10:51:27

"""

import sqlalchemy as sa
from alembic import op

revision = "5b405f95c51e"
down_revision = "5e56e0e32250"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("job_id", sa.Uuid(), sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_attempts_job_id", "attempts", ["job_id"])


def downgrade() -> None:
    op.drop_index("ix_attempts_job_id", "attempts")
    op.drop_table("attempts")
