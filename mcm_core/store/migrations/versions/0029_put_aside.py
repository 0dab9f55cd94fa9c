"""a vote that was left with its block waits until the block is on again, and lets others open meanwhile"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('open', 'closed') AND lane = 'room' AND aside_at IS NULL")


def upgrade() -> None:
    op.add_column("round", sa.Column("aside_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("uq_round_live", table_name="round")
    op.create_index("uq_round_live", "round", ["cohort_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
