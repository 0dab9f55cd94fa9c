"""what happens between sessions: catch-ups of two or three, and what a member writes for themselves"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

#: PostgreSQL keeps no statistics of what people wrote; see 0014.
WRITTEN = {"place": ("line",), "reach": ("words",), "entry": ("texts", "ticks")}


def upgrade() -> None:
    _catch_ups()
    _what_members_ask_for()
    _entries()
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in WRITTEN.items():
            for column in columns:
                op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET STATISTICS 0')


def _catch_ups() -> None:
    op.create_table(
        "pairing",
        _id(),
        _to("cohort"),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number BETWEEN 1 AND 5", name=op.f("ck_pairing_number")),
        _goes_with("pairing", "cohort"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
        sa.UniqueConstraint("cohort_id", "number", name=op.f("uq_pairing_cohort_id")),
    )
    op.create_table(
        "catch_up",
        _id(),
        _to("cohort"),
        _to("pairing"),
        sa.Column("kept", sa.Boolean(), nullable=False),
        _goes_with("catch_up", "cohort"),
        _goes_with("catch_up", "pairing"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catch_up")),
    )
    op.create_index("ix_catch_up_cohort_id", "catch_up", ["cohort_id"])
    op.create_index("ix_catch_up_pairing_id", "catch_up", ["pairing_id"])
    op.create_table(
        "place",
        _to("catch_up"),
        _to("member"),
        _to("cohort"),
        sa.Column("said", sa.String(length=20), nullable=True),
        sa.Column("line", sa.String(length=300), nullable=True),
        sa.Column("line_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note_id", sa.String(length=16), nullable=True),
        sa.CheckConstraint("said IN ('met', 'not yet', 'swap')", name=op.f("ck_place_said")),
        _goes_with("place", "catch_up"),
        _goes_with("place", "member"),
        _goes_with("place", "cohort"),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_place_note_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("catch_up_id", "member_id", name=op.f("pk_place")),
    )
    op.create_index("ix_place_member", "place", ["member_id"])
    op.create_index("ix_place_cohort", "place", ["cohort_id"])
    op.create_index("ix_place_note_id", "place", ["note_id"])
    op.create_table(
        "line_agreed",
        _to("catch_up"),
        _to("member", "author"),
        _to("member"),
        _to("cohort"),
        _goes_with("line_agreed", "catch_up"),
        _goes_with("line_agreed", "member", "author"),
        _goes_with("line_agreed", "member"),
        _goes_with("line_agreed", "cohort"),
        sa.PrimaryKeyConstraint("catch_up_id", "author_id", "member_id", name=op.f("pk_line_agreed")),
    )
    op.create_index("ix_line_agreed_member", "line_agreed", ["member_id"])
    op.create_index("ix_line_agreed_author", "line_agreed", ["author_id"])
    op.create_index("ix_line_agreed_cohort_id", "line_agreed", ["cohort_id"])


def _what_members_ask_for() -> None:
    op.create_table(
        "week_off",
        _to("member"),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        _to("cohort"),
        sa.CheckConstraint("number BETWEEN 1 AND 5", name=op.f("ck_week_off_number")),
        _goes_with("week_off", "member"),
        _goes_with("week_off", "cohort"),
        sa.PrimaryKeyConstraint("member_id", "number", name=op.f("pk_week_off")),
    )
    op.create_index("ix_week_off_cohort", "week_off", ["cohort_id", "number"])
    op.create_table(
        "kept_apart",
        _to("member", "one"),
        _to("member", "other"),
        sa.Column("by_facilitator", sa.Boolean(), nullable=False),
        _to("cohort"),
        sa.CheckConstraint("one_id <> other_id", name=op.f("ck_kept_apart_two")),
        _goes_with("kept_apart", "member", "one"),
        _goes_with("kept_apart", "member", "other"),
        _goes_with("kept_apart", "cohort"),
        sa.PrimaryKeyConstraint("one_id", "other_id", "by_facilitator", name=op.f("pk_kept_apart")),
    )
    op.create_index("ix_kept_apart_other", "kept_apart", ["other_id"])
    op.create_index("ix_kept_apart_cohort", "kept_apart", ["cohort_id"])
    op.create_table(
        "reach",
        _to("member"),
        _to("cohort"),
        sa.Column("words", sa.String(length=120), nullable=False),
        _goes_with("reach", "member"),
        _goes_with("reach", "cohort"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_reach")),
    )
    op.create_index("ix_reach_cohort", "reach", ["cohort_id"])


def _entries() -> None:
    op.create_table(
        "entry",
        _id(),
        _to("cohort"),
        _to("member"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("ticks", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=True),
        sa.Column("energy", sa.SmallInteger(), nullable=True),
        sa.Column("note_id", sa.String(length=16), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('try', 'learning', 'diary', 'wellbeing')", name=op.f("ck_entry_kind")),
        sa.CheckConstraint(
            "minutes IS NULL OR (kind = 'learning' AND minutes BETWEEN 0 AND 1440)", name=op.f("ck_entry_minutes")
        ),
        sa.CheckConstraint(
            "energy IS NULL OR (kind = 'wellbeing' AND energy BETWEEN 1 AND 4)", name=op.f("ck_entry_energy")
        ),
        _goes_with("entry", "cohort"),
        _goes_with("entry", "member"),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_entry_note_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    op.create_index("ix_entry_member", "entry", ["member_id", "kind", "written_at"])
    op.create_index("ix_entry_cohort", "entry", ["cohort_id", "kind"])
    op.create_index("ix_entry_note_id", "entry", ["note_id"])
    op.create_table(
        "wellbeing",
        _to("member"),
        _to("cohort"),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        _goes_with("wellbeing", "member"),
        _goes_with("wellbeing", "cohort"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_wellbeing")),
    )
    op.create_index("ix_wellbeing_cohort_id", "wellbeing", ["cohort_id"])


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.String(length=16), nullable=False)


def _to(table: str, name: str = "") -> sa.Column[str]:
    return sa.Column(f"{name or table}_id", sa.String(length=16), nullable=False)


def _goes_with(own: str, table: str, name: str = "") -> sa.ForeignKeyConstraint:
    """The rows of `own` go with the row of `table` that they refer to."""
    column = f"{name or table}_id"
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{own}_{column}"), ondelete="CASCADE")
