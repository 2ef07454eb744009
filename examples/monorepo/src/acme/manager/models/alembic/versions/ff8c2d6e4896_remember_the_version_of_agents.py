"""remember the version of agents

Revision ID: ff8c2d6e4896
Revises: 137d421ce750
Create Date: 2023-04-20 15:59:07

"""

import sqlalchemy as sa
from alembic import op

revision = "ff8c2d6e4896"
down_revision = "137d421ce750"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "agents",
        sa.Column("version", sa.String(length=64), nullable=False, server_default="unknown"),
    )


def downgrade() -> None:
    op.drop_column("agents", "version")
