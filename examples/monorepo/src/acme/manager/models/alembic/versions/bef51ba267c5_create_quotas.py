"""create quotas

Revision ID: bef51ba267c5
Revises: bfe5978e4ef9
Create Date: 2023-10-27 09:21:38

"""

import sqlalchemy as sa
from alembic import op

revision = "bef51ba267c5"
down_revision = "bfe5978e4ef9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quotas",
        sa.Column("project_id", sa.Uuid(), sa.ForeignKey("projects.id"), primary_key=True),
        sa.Column("cpu_millis", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("quotas")
