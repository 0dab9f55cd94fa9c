"""what a member says of a level of their own that went down: that they see more, or that it is harder now"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def _key(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_lowered_{column}"), ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "lowered",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.CheckConstraint("why IN ('seeing more', 'harder now')", name=op.f("ck_lowered_why")),
        _key("member_id", "member"),
        _key("round_id", "round"),
        _key("cohort_id", "cohort"),
        sa.PrimaryKeyConstraint("member_id", "round_id", "theme", name=op.f("pk_lowered")),
    )
