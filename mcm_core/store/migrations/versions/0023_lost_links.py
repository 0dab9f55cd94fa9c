"""lost links: an applicant asks for a new link, and the old one holds until the new one is used"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("application", sa.Column("link_version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("application", sa.Column("link_next", sa.String(length=64), nullable=True))
    op.create_index("uq_application_link_next", "application", ["link_next"], unique=True)
