"""a second step for facilitators, ways back in, and when somebody last said who they are"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("facilitator") as facilitator:
        facilitator.alter_column("password_hash", existing_type=sa.String(length=100), nullable=True)
        facilitator.add_column(sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False))
        facilitator.add_column(sa.Column("issuer", sa.String(length=255), nullable=True))
        facilitator.add_column(sa.Column("subject", sa.String(length=255), nullable=True))
        facilitator.create_unique_constraint(op.f("uq_facilitator_issuer"), ["issuer", "subject"])
        facilitator.create_check_constraint(op.f("ck_facilitator_provider"), "(issuer IS NULL) = (subject IS NULL)")
    with op.batch_alter_table("invitation") as invitation:
        invitation.add_column(sa.Column("facilitator_id", sa.String(length=16), nullable=True))
        invitation.create_foreign_key(
            op.f("fk_invitation_facilitator_id"), "facilitator", ["facilitator_id"], ["id"], ondelete="CASCADE"
        )
        invitation.create_check_constraint(op.f("ck_invitation_purpose"), "cohort_id IS NULL OR facilitator_id IS NULL")
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("ticket") as ticket:
        ticket.add_column(sa.Column("waiting", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "second_step",
        sa.Column("facilitator_id", sa.String(length=16), nullable=False),
        sa.Column("sealed_key", sa.String(length=255), nullable=True),
        sa.Column("offered_key", sa.String(length=255), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["facilitator.id"], name=op.f("fk_second_step_facilitator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("facilitator_id", name=op.f("pk_second_step")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("facilitator_id", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["facilitator.id"], name=op.f("fk_recovery_code_facilitator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_facilitator_id"), "recovery_code", ["facilitator_id"])
