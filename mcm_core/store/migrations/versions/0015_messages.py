"""messages to people by e-mail, with the members' addresses; calendars to follow; sessions that moved or do not run"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

#: Values of these columns are in no statistics of PostgreSQL, which an erasure would not reach (0014).
WRITTEN = {"member": ("email",), "message": ("to_name", "to_email", "body", "once")}
STATES = "'draft', 'waiting', 'sent', 'sent by hand', 'given up'"


def upgrade() -> None:
    op.add_column("member", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("cohort_session", sa.Column("sequence", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("cohort_session", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("once", sa.String(length=80), nullable=True),
        sa.Column("to_name", sa.String(length=80), nullable=False),
        sa.Column("to_email", sa.String(length=254), nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_message_state")),
        sa.CheckConstraint("state <> 'waiting' OR next_try_at IS NOT NULL", name=op.f("ck_message_waiting")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_message_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_message_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("cohort_id", "kind", "once", name=op.f("uq_message_cohort_id")),
    )
    op.create_index("ix_message_cohort", "message", ["cohort_id", "due_at"])
    op.create_index("ix_message_queue", "message", ["state", "next_try_at"])
    op.create_index("ix_message_member", "message", ["member_id"])
    op.create_table(
        "calendar",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_calendar_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_calendar_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("id", name=op.f("uq_calendar_id")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_calendar_link_hash")),
    )
    op.create_index(op.f("ix_calendar_cohort_id"), "calendar", ["cohort_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in WRITTEN.items():
            for column in columns:
                op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET STATISTICS 0')
