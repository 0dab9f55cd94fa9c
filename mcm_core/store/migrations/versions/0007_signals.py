"""a number for every change signal between processes, on PostgreSQL (store/signals.py)"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE signal_number AS bigint")
