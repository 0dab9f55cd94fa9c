"""whether the group said that who comes later reads what it wrote for itself before they came"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cohort", sa.Column("newcomers_read", sa.Boolean(), server_default=sa.false(), nullable=False))
