"""since when a facilitator keeps a note from everybody but its author, and whether others had seen it by then"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("note", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("note", sa.Column("paused_seen", sa.Boolean(), server_default=sa.false(), nullable=False))
