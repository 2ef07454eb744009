"""remember which agent runs a job

Revision ID: 84a1e90bf298
Revises: 6b41789fac39
Create Date: 2022-12-01 11:30:09

"""

import sqlalchemy as sa
from alembic import op

revision = "84a1e90bf298"
down_revision = "6b41789fac39"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("agent_id", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "agent_id")
