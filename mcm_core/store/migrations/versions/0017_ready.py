"""before session one: the participation document and who has read it, digital skills, one answer of a plan for oneself

Whoever is in a cohort already is shown the document once, when they next come.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PURPOSES = "'taking part', 'name with answers', 'name with notes', 'notes beyond', 'totals beyond', 'plan shared'"
WRITTEN = (
    ("document", "fillings"),
    ("skills", "levels"),
    ("skills", "practise"),
    ("shared_plan", "sealed_words"),
)


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("fillings", sa.JSON(), nullable=False),
        _moment("made_at", nullable=False),
        _belongs("document", "cohort"),
        sa.PrimaryKeyConstraint("cohort_id", "number", name=op.f("pk_document")),
    )
    op.create_table(
        "document_copy",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        *(_moment(name) for name in ("sent_at", "asked_at", "read_at")),
        sa.Column("spoken", sa.Boolean(), nullable=False),
        sa.CheckConstraint("NOT spoken OR read_at IS NOT NULL", name=op.f("ck_document_copy_spoken")),
        *(_belongs("document_copy", to) for to in ("member", "cohort")),
        sa.PrimaryKeyConstraint("member_id", "version", name=op.f("pk_document_copy")),
    )
    op.create_index("ix_document_copy_cohort", "document_copy", ["cohort_id"])
    op.create_table(
        "skills",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("practise", sa.String(length=80), nullable=False),
        sa.Column("wants_help", sa.Boolean(), nullable=False),
        _moment("changed_at", nullable=False),
        *(_belongs("skills", to) for to in ("member", "cohort")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_skills")),
    )
    op.create_index("ix_skills_cohort", "skills", ["cohort_id"])
    op.create_table(
        "skills_shared",
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("answered", sa.SmallInteger(), nullable=False),
        _moment("shared_at", nullable=False),
        _belongs("skills_shared", "cohort"),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_skills_shared")),
    )
    op.create_table(
        "shared_plan",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("sealed_words", sa.Text(), nullable=False),
        _moment("shared_at", nullable=False),
        *(_belongs("shared_plan", to) for to in ("member", "cohort")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_shared_plan")),
    )
    op.create_index("ix_shared_plan_cohort", "shared_plan", ["cohort_id"])
    with op.batch_alter_table("consent") as consent:  # nothing refers to a consent
        consent.drop_constraint(op.f("ck_consent_purpose"), type_="check")
        consent.create_check_constraint(op.f("ck_consent_purpose"), sa.text(f"purpose IN ({PURPOSES})"))
    if op.get_bind().dialect.name == "postgresql":  # no statistics of what people wrote, as 0014 has it
        for table, column in WRITTEN:
            op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET STATISTICS 0')


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _belongs(table: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([f"{to}_id"], [f"{to}.id"], name=op.f(f"fk_{table}_{to}_id"), ondelete="CASCADE")
