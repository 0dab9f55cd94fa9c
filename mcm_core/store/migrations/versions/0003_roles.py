"""owners, leads, guests, and who moved what"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guest",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("session_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_guest_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["cohort_session.id"], name=op.f("fk_guest_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_guest_link_hash")),
    )
    op.create_index(op.f("ix_guest_cohort_id"), "guest", ["cohort_id"])
    _facilitation()
    # Batch mode copies a table and drops the old one, and on SQLite a drop empties whatever refers to it. Nothing
    # refers to facilitation or sign_in; readings and releases refer to round, so that is altered in place.
    with op.batch_alter_table("sign_in", schema=None) as sign_in:
        sign_in.add_column(sa.Column("guest_id", sa.String(length=16), nullable=True))
        sign_in.add_column(sa.Column("let_in_by", sa.String(length=16), nullable=True))
        sign_in.create_foreign_key(op.f("fk_sign_in_guest_id"), "guest", ["guest_id"], ["id"], ondelete="CASCADE")
        sign_in.create_foreign_key(
            op.f("fk_sign_in_let_in_by"), "facilitator", ["let_in_by"], ["id"], ondelete="SET NULL"
        )
        sign_in.drop_constraint(op.f("ck_sign_in_waiting"), type_="check")
        sign_in.create_check_constraint(
            op.f("ck_sign_in_waiting"),
            "waiting OR facilitator_id IS NOT NULL OR member_id IS NOT NULL OR guest_id IS NOT NULL",
        )
        sign_in.create_check_constraint(
            op.f("ck_sign_in_guest"), "guest_id IS NULL OR (cohort_id IS NOT NULL AND member_id IS NULL)"
        )
        sign_in.create_index(op.f("ix_sign_in_guest_id"), ["guest_id"])
    op.add_column("round", sa.Column("moved_by", sa.String(length=16), nullable=True))


def _facilitation() -> None:
    """Nobody wrote down who made a cohort: of its facilitators, the one whose account is the oldest owns it."""
    with op.batch_alter_table("facilitation", schema=None) as facilitation:
        facilitation.add_column(
            sa.Column("standing", sa.String(length=20), nullable=False, server_default="co-facilitator")
        )
        facilitation.add_column(sa.Column("leads", sa.Boolean(), nullable=False, server_default=sa.false()))
        facilitation.create_check_constraint(
            op.f("ck_facilitation_standing"), "standing IN ('owner', 'co-facilitator')"
        )
    op.execute(
        "UPDATE facilitation SET standing = 'owner', leads = true WHERE facilitator_id = ("
        "SELECT other.facilitator_id FROM facilitation AS other "
        "JOIN facilitator ON facilitator.id = other.facilitator_id "
        "WHERE other.cohort_id = facilitation.cohort_id ORDER BY facilitator.created_at, facilitator.id LIMIT 1)"
    )
    for name, condition in (("owner", "standing = 'owner'"), ("lead", "leads")):
        where = sa.text(condition)
        op.create_index(
            f"uq_facilitation_{name}",
            "facilitation",
            ["cohort_id"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
