"""three honest modes: named by consent, confidential, anonymous"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FIXED = (
    "cohort_id",
    "session_id",
    "instrument_id",
    "first_id",
    "attempt",
    "themes",
    "lens",
    "perspective",
    "mode",
    "threshold",
)
"""What members are told before they answer. JSON has no equality on PostgreSQL, so all are compared as text."""


def upgrade() -> None:
    # In place: SQLite's batch mode would drop the table of rounds, and with it, by cascade, every reading.
    op.execute(
        "ALTER TABLE round ADD COLUMN mode VARCHAR(12) DEFAULT 'confidential' NOT NULL "
        "CONSTRAINT ck_round_mode CHECK (mode IN ('named', 'confidential', 'anonymous'))"
    )
    op.add_column("release", sa.Column("counts", sa.JSON(), nullable=True))
    _per_member("named")
    _per_member("answered", sqlite_with_rowid=False)
    _per_round("bag", "answered", "counts", "comments")
    _per_round("comments", "bodies")
    _fix_what_was_promised()


def _per_member(name: str, **options: bool) -> None:
    op.create_table(
        name,
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        *(_belongs(name, to) for to in ("round", "member", "cohort")),
        sa.PrimaryKeyConstraint("round_id", "member_id", name=op.f(f"pk_{name}")),
        **options,
    )
    op.create_index(f"ix_{name}_member", name, ["member_id"])


def _per_round(name: str, *documents: str) -> None:
    op.create_table(
        name,
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        *(sa.Column(document, sa.JSON(), nullable=False) for document in documents),
        *(_belongs(name, to) for to in ("round", "cohort")),
        sa.PrimaryKeyConstraint("round_id", name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


def _belongs(name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([f"{to}_id"], [f"{to}.id"], name=op.f(f"fk_{name}_{to}_id"), ondelete="CASCADE")


def _fix_what_was_promised() -> None:
    if op.get_bind().dialect.name == "postgresql":
        changed = " OR ".join(f"OLD.{column}::text IS DISTINCT FROM NEW.{column}::text" for column in FIXED)
        op.execute(
            "CREATE FUNCTION round_is_fixed() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'an opened round is fixed' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER round_is_fixed BEFORE UPDATE ON round FOR EACH ROW "
            f"WHEN (OLD.state <> 'draft' AND (NEW.state = 'draft' OR {changed})) EXECUTE FUNCTION round_is_fixed()"
        )
        return
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in FIXED)
    op.execute(
        "CREATE TRIGGER round_is_fixed BEFORE UPDATE ON round "
        f"WHEN OLD.state <> 'draft' AND (NEW.state = 'draft' OR {changed}) "
        "BEGIN SELECT RAISE(ABORT, 'an opened round is fixed'); END"
    )
