"""signposting and pause"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signposting",
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("danger", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_signposting_cohort_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_signposting")),
    )
    op.create_table(
        "pause",
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_pause_cohort_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_pause")),
    )
