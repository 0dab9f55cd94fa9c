"""what pages look for in tables that grow with every cohort is found by an index (tests/load/history.py)"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_actor", "audit", ["actor_id", "number"])
    op.create_index("ix_audit_about", "audit", ["about", "number"])
    op.create_index("ix_focus_member", "focus", ["member_id"])
    op.create_index("ix_round_cohort", "round", ["cohort_id"])
    op.create_index("ix_sign_in_facilitator", "sign_in", ["facilitator_id"])
