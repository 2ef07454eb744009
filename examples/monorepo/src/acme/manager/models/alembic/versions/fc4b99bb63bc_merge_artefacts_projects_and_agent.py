"""merge artefacts, projects and agent versions

Revision ID: fc4b99bb63bc
Revises: b9353fcdb99e, 567bd0c07cb5, ff8c2d6e4896
Create Date: 2023-05-02 09:41:13

"""

revision = "fc4b99bb63bc"
down_revision = ("b9353fcdb99e", "567bd0c07cb5", "ff8c2d6e4896")
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
