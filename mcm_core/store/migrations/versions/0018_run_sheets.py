"""run-sheets with their blocks, who came to which session, and the answers of a practice vote while it is on"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attendance",
        sa.Column("session_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("here", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_attendance_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_attendance_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["cohort_session.id"], name=op.f("fk_attendance_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "member_id", name=op.f("pk_attendance")),
    )
    op.create_index(op.f("ix_attendance_cohort_id"), "attendance", ["cohort_id"])
    op.create_index("ix_attendance_member", "attendance", ["member_id"])
    op.create_table(
        "run_sheet",
        sa.Column("session_id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("moved_by", sa.String(length=16), nullable=True),
        sa.Column("block_id", sa.String(length=16), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_run_sheet_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["cohort_session.id"], name=op.f("fk_run_sheet_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_run_sheet")),
    )
    op.create_index("ix_run_sheet_cohort", "run_sheet", ["cohort_id"])
    op.create_index(
        "uq_run_sheet_on",
        "run_sheet",
        ["cohort_id"],
        unique=True,
        sqlite_where=sa.text("block_id IS NOT NULL"),
        postgresql_where=sa.text("block_id IS NOT NULL"),
    )
    op.create_table(
        "block",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("session_id", sa.String(length=16), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("extra", sa.SmallInteger(), nullable=False),
        sa.Column("activity", sa.String(length=10), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("screen", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("captured", sa.Text(), nullable=False),
        sa.Column("keeps_picture", sa.Boolean(), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("round_id", sa.String(length=16), nullable=True),
        sa.Column("guest_id", sa.String(length=16), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "activity IN ('prompt', 'break', 'practice', 'round', 'topics', 'dots', 'offers', 'pairs', 'try_it', 'news', 'closing', 'agreement')",
            name=op.f("ck_block_activity"),
        ),
        sa.CheckConstraint("ended_at IS NULL OR began_at IS NOT NULL", name=op.f("ck_block_ended")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 120", name=op.f("ck_block_minutes")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_block_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_block_guest_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_block_round_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["run_sheet.session_id"], name=op.f("fk_block_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
    )
    op.create_index("ix_block_cohort", "block", ["cohort_id"])
    op.create_index("ix_block_guest", "block", ["guest_id"])
    op.create_index("ix_block_round", "block", ["round_id"])
    op.create_index("ix_block_session", "block", ["session_id", "place"])
    op.create_table(
        "practised",
        sa.Column("block_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("choice", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("choice BETWEEN 0 AND 8", name=op.f("ck_practised_choice")),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_practised_block_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_practised_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_practised_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("block_id", "member_id", name=op.f("pk_practised")),
    )
    op.create_index(op.f("ix_practised_cohort_id"), "practised", ["cohort_id"])
    op.create_index("ix_practised_member", "practised", ["member_id"])
    if op.get_bind().dialect.name == "postgresql":  # as in 0014: no statistics of what people wrote
        for column in ("title", "prompt", "screen", "note", "captured"):
            op.execute(f'ALTER TABLE "block" ALTER COLUMN "{column}" SET STATISTICS 0')
