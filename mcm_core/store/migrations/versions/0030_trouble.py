"""why a message did not go when it was tried, and since when"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KINDS = "'not reached', 'refused us', 'refused the address', 'refused the message', 'said later', 'not written'"


def upgrade() -> None:
    # By hand: SQLite takes a rule with a new column only in the same statement.
    op.execute(
        f"ALTER TABLE message ADD COLUMN trouble VARCHAR(20) CONSTRAINT ck_message_trouble CHECK (trouble IN ({KINDS}))"
    )
    op.add_column("message", sa.Column("trouble_at", sa.DateTime(timezone=True), nullable=True))
