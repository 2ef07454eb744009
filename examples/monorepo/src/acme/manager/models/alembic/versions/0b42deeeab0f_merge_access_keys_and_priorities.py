"""merge access keys and priorities

Revision ID: 0b42deeeab0f
Revises: 8ed7d65f60ed, 8a639e758ee8
Create Date: 2023-01-23 16:11:02

"""

revision = "0b42deeeab0f"
down_revision = ("8ed7d65f60ed", "8a639e758ee8")
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
