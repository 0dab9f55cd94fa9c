"""the public page of a cohort, who is interested, applications, and what facilitators say of them"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

#: PostgreSQL keeps no statistics of what people wrote, as in 0014: an erasure does not reach them.
WRITTEN = {
    "interest": ("name", "email", "organisation"),
    "application": ("name", "email", "organisation", "answers", "aside", "times"),
    "fit": ("note",),
}


def upgrade() -> None:
    _opening()
    _interest()
    _application()
    _fit()
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in WRITTEN.items():
            for column in columns:
                op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET STATISTICS 0')


def _opening() -> None:
    op.create_table(
        "opening",
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("slug", sa.String(length=12), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("closes_local", sa.DateTime(), nullable=False),
        sa.Column("drop_in_local", sa.DateTime(), nullable=True),
        sa.Column("drop_in_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("drop_in_link", sa.String(length=400), nullable=False),
        sa.Column("takes_late", sa.Boolean(), nullable=False),
        _moment("published_at"),
        _moment("confirmed_at"),
        _moment("dates_fixed_at"),
        sa.CheckConstraint("drop_in_minutes BETWEEN 10 AND 240", name=op.f("ck_opening_drop_in_minutes")),
        _belongs("opening", "cohort"),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_opening")),
        sa.UniqueConstraint("slug", name=op.f("uq_opening_slug")),
    )


def _interest() -> None:
    op.create_table(
        "interest",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("wants_link", sa.Boolean(), nullable=False),
        sa.Column("wants_reminder", sa.Boolean(), nullable=False),
        _moment("created_at", nullable=False),
        _belongs("interest", "cohort"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint("cohort_id", "email", name=op.f("uq_interest_cohort_id")),
    )


def _application() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("aside", sa.JSON(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        _moment("begun_at", nullable=False),
        _moment("saved_at", nullable=False),
        _moment("sent_at"),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=True),
        _moment("decided_at"),
        sa.Column("member_id", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "decision IN ('accepted', 'waiting', 'next', 'declined')", name=op.f("ck_application_decision")
        ),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_application_decided")),
        sa.CheckConstraint("member_id IS NULL OR decision = 'accepted'", name=op.f("ck_application_member")),
        sa.CheckConstraint("sent_at IS NOT NULL OR NOT is_late", name=op.f("ck_application_late")),
        _belongs("application", "cohort"),
        _belongs("application", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_application_link_hash")),
        sa.UniqueConstraint("member_id", name=op.f("uq_application_member_id")),
    )
    op.create_index("ix_application_cohort", "application", ["cohort_id", "sent_at"])


def _fit() -> None:
    op.create_table(
        "fit",
        sa.Column("application_id", sa.String(length=16), nullable=False),
        sa.Column("facilitator_id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("says", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _moment("said_at", nullable=False),
        sa.CheckConstraint("says IN ('yes', 'no', 'abstain')", name=op.f("ck_fit_says")),
        *(_belongs("fit", to) for to in ("application", "facilitator", "cohort")),
        sa.PrimaryKeyConstraint("application_id", "facilitator_id", name=op.f("pk_fit")),
    )
    op.create_index(op.f("ix_fit_cohort_id"), "fit", ["cohort_id"])


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _belongs(name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([f"{to}_id"], [f"{to}.id"], name=op.f(f"fk_{name}_{to}_id"), ondelete="CASCADE")
