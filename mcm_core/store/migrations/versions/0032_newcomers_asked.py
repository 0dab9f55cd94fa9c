"""whether the group has said anything on newcomers and its earlier notes: until then its facilitators are reminded"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cohort", sa.Column("newcomers_asked", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE cohort SET newcomers_asked = newcomers_read")
