"""what members hope for and bring, the form after the last session and its counts, late answers, what was agreed
and what was decided

PostgreSQL keeps no statistics of what people write, as in 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WRITTEN = {
    "aspiration": ("hope", "brings"),
    "evaluation": ("body",),
    "decision": ("options", "feedback", "resources", "decided", "who"),
}


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "aspiration",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("hope", sa.Text(), nullable=False),
        sa.Column("brings", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _key("aspiration", "member_id", "member"),
        _key("aspiration", "cohort_id", "cohort"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_aspiration")),
    )
    op.create_index("ix_aspiration_cohort", "aspiration", ["cohort_id"])
    op.create_table(
        "evaluation",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 9", name=op.f("ck_evaluation_level")),
        sa.CheckConstraint("level IS NOT NULL OR body <> ''", name=op.f("ck_evaluation_said")),
        _key("evaluation", "member_id", "member"),
        _key("evaluation", "cohort_id", "cohort"),
        sa.PrimaryKeyConstraint("member_id", "question", name=op.f("pk_evaluation")),
    )
    op.create_index("ix_evaluation_cohort", "evaluation", ["cohort_id", "question"])
    op.create_table(
        "evaluation_picture",
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("picture", sa.JSON(), nullable=False),
        _key("evaluation_picture", "cohort_id", "cohort"),
        sa.PrimaryKeyConstraint("cohort_id", "question", name=op.f("pk_evaluation_picture")),
    )
    op.create_table(
        "decision",
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in WRITTEN["decision"]),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _key("decision", "cohort_id", "cohort"),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_decision")),
    )
    op.create_table(
        "agreement",
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _key("agreement", "cohort_id", "cohort"),
        sa.PrimaryKeyConstraint("cohort_id", "number", name=op.f("pk_agreement")),
    )
    op.create_table(
        "agreed",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        _key("agreed", "member_id", "member"),
        _key("agreed", "cohort_id", "cohort"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_agreed")),
    )
    op.create_index("ix_agreed_cohort", "agreed", ["cohort_id", "number"])
    op.create_table(
        "late_reading",
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("focus_id", sa.String(length=16), nullable=True),
        sa.Column("current", sa.SmallInteger(), nullable=False),
        sa.Column("desired", sa.SmallInteger(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("current BETWEEN -3 AND 9 AND current <> 0", name=op.f("ck_late_reading_current")),
        sa.CheckConstraint("desired BETWEEN -3 AND 9 AND desired <> 0", name=op.f("ck_late_reading_desired")),
        _key("late_reading", "round_id", "round"),
        _key("late_reading", "member_id", "member"),
        _key("late_reading", "cohort_id", "cohort"),
        _key("late_reading", "focus_id", "focus"),
        sa.PrimaryKeyConstraint("round_id", "member_id", "theme", name=op.f("pk_late_reading")),
    )
    op.create_index("ix_late_reading_member", "late_reading", ["member_id"])
    _keep_no_statistics()


def _keep_no_statistics() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in WRITTEN.items():
            for column in columns:
                op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET STATISTICS 0')
