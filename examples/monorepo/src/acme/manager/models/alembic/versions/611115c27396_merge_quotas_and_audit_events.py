"""merge quotas and audit events

Revision ID: 611115c27396
Revises: a35684f02a1c, 6ab03f81b074
Create Date: 2023-11-09 08:30:47

"""

revision = "611115c27396"
down_revision = ("a35684f02a1c", "6ab03f81b074")
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
