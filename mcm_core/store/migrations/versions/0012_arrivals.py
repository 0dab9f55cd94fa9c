"""phones that came in as a member are remembered, so that the member is told of them; and who was told until when

Of phones that are in already, the members are told, too: nobody has asked them yet.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

THOSE_THAT_ARE_IN = """
INSERT INTO arrival (phone_id, cohort_id, member_id, at, let_in, let_in_by)
SELECT id, cohort_id, member_id, created_at, let_in_by IS NOT NULL, let_in_by
FROM sign_in WHERE member_id IS NOT NULL AND NOT waiting
"""


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("told_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "arrival",
        sa.Column("phone_id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("let_in", sa.Boolean(), nullable=False),
        sa.Column("let_in_by", sa.String(length=16), nullable=True),
        sa.Column("disowned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("let_in OR let_in_by IS NULL", name=op.f("ck_arrival_door")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_arrival_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_arrival_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["let_in_by"], ["facilitator.id"], name=op.f("fk_arrival_let_in_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("phone_id", name=op.f("pk_arrival")),
    )
    op.create_index("ix_arrival_member", "arrival", ["member_id", "at"])
    op.create_index("ix_arrival_cohort", "arrival", ["cohort_id", "disowned_at"])
    op.execute(THOSE_THAT_ARE_IN)
