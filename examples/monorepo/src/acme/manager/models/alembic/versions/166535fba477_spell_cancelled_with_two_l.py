"""spell "cancelled" with two l

Both spellings were written before 23.09.3.

Revision ID: 166535fba477
Revises: b243857442fb
Create Date: 2023-12-11 17:20:59

"""

from alembic import op

revision = "166535fba477"
down_revision = "b243857442fb"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE jobs SET state = 'cancelled' WHERE state = 'canceled'")


def downgrade() -> None:
    pass  # both spellings are read by older releases
