"""an invitation says who made it and when, and an account when it was last taken back from whoever had it

One-time links that were made before open nothing any more: nobody knows who made them. Make new ones; `mcm serve` and
`mcm reset-link` do.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("facilitator", sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_table("invitation")
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=True),
        sa.Column("made_by", sa.String(length=16), nullable=True),
        sa.Column("facilitator_id", sa.String(length=16), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cohort_id IS NULL OR facilitator_id IS NULL", name=op.f("ck_invitation_purpose")),
        sa.CheckConstraint("(cohort_id IS NULL) = (made_by IS NULL)", name=op.f("ck_invitation_maker")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_invitation_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["made_by"], ["facilitator.id"], name=op.f("fk_invitation_made_by"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["facilitator.id"], name=op.f("fk_invitation_facilitator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitation")),
        sa.UniqueConstraint("id", name=op.f("uq_invitation_id")),
    )
    op.create_index("ix_invitation_cohort", "invitation", ["cohort_id"])
