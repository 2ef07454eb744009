"""name the unit of artefact sizes

Revision ID: 5e56e0e32250
Revises: e11628886740
Create Date: 2024-01-22 12:05:35

"""

from alembic import op

revision = "5e56e0e32250"
down_revision = "e11628886740"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("artefacts") as table:
        table.alter_column("size", new_column_name="size_bytes")


def downgrade() -> None:
    with op.batch_alter_table("artefacts") as table:
        table.alter_column("size_bytes", new_column_name="size")
