"""Consent, the log of who did what, how long a cohort is kept, and notes that outlive their author's name"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('taking part', 'name with notes', 'notes beyond', 'totals beyond')",
            name=op.f("ck_consent_purpose"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_consent_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_consent_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "purpose", "number", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_cohort", "consent", ["cohort_id"])
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.String(length=16), nullable=True),
        sa.Column("deed", sa.String(length=30), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=True),
        sa.Column("cohort_id", sa.String(length=16), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("actor IN ('facilitator', 'member', 'server', 'nobody')", name=op.f("ck_audit_actor")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_cohort", "audit", ["cohort_id", "number"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    for column in (
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("cohort", column)
    _let_notes_stand_without_an_author()


def _let_notes_stand_without_an_author() -> None:
    author = "member_id IS NULL OR facilitator_id IS NULL"
    nameless = "attribution = 'none' OR member_id IS NOT NULL OR facilitator_id IS NOT NULL"
    with op.batch_alter_table("note") as note:
        note.drop_constraint(op.f("ck_note_author"), type_="check")
        note.create_check_constraint(op.f("ck_note_author"), sa.text(author))
        note.create_check_constraint(op.f("ck_note_nameless"), sa.text(nameless))
