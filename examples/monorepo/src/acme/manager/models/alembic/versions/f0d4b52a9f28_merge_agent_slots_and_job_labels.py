"""merge agent slots and job labels

Revision ID: f0d4b52a9f28
Revises: bdb25fae65db, 166535fba477
Create Date: 2023-12-14 09:37:16

"""

revision = "f0d4b52a9f28"
down_revision = ("bdb25fae65db", "166535fba477")
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
