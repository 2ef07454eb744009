"""index jobs by owner and age

Revision ID: 137d421ce750
Revises: 7cf2a1a6950c
Create Date: 2023-03-02 09:00:18

"""

from alembic import op

revision = "137d421ce750"
down_revision = "7cf2a1a6950c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_jobs_owner_created_at", "jobs", ["owner", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_jobs_owner_created_at", "jobs")
