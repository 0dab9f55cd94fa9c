"""whom a change of their catch-up, after it was shared, is still to be said to"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("place", sa.Column("changed", sa.Boolean(), server_default=sa.false(), nullable=False))
