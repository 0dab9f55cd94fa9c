"""when a partner said that a line is fine with them, so that the week it was shared in is known"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("line_agreed", sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True))
