"""whether the session that is on is being recorded, as its people agreed"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run_sheet", sa.Column("recorded", sa.Boolean(), server_default=sa.false(), nullable=False))
