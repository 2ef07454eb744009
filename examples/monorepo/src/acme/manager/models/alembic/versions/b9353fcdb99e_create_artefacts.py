"""create artefacts

Revision ID: b9353fcdb99e
Revises: 137d421ce750
Create Date: 2023-04-11 17:45:33

"""

import sqlalchemy as sa
from alembic import op

revision = "b9353fcdb99e"
down_revision = "137d421ce750"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "artefacts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("job_id", sa.Uuid(), sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("key", sa.String(length=256), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("artefacts")
