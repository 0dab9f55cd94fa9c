"""A yes to one's name beside answers is a consent like every other: dated, in a version of the words, with its history

Until now there was a row for a yes, and none after a no. A yes could be given only while its round was open, so it gets
the moment of the opening; the words were those of the program, before they stood in session_data/consent.yaml.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PURPOSES = "'taking part', 'name with answers', 'name with notes', 'notes beyond', 'totals beyond'"
YES_OF_BEFORE = """
INSERT INTO consent (member_id, purpose, number, cohort_id, round_id, yes, version, said_at)
SELECT named.member_id, 'name with answers', row_number() OVER (PARTITION BY named.member_id ORDER BY round.opened_at),
       named.cohort_id, named.round_id, true, 'before 3', coalesce(round.opened_at, round.created_at)
FROM named JOIN round ON round.id = named.round_id
"""


def upgrade() -> None:
    # Nothing refers to a consent, so SQLite may make the table anew.
    with op.batch_alter_table("consent") as consent:
        consent.add_column(sa.Column("round_id", sa.String(length=16), nullable=True))
        consent.create_foreign_key(op.f("fk_consent_round_id"), "round", ["round_id"], ["id"], ondelete="CASCADE")
        consent.drop_constraint(op.f("ck_consent_purpose"), type_="check")
        consent.create_check_constraint(op.f("ck_consent_purpose"), sa.text(f"purpose IN ({PURPOSES})"))
        consent.create_check_constraint(
            op.f("ck_consent_round"), sa.text("(purpose = 'name with answers') = (round_id IS NOT NULL)")
        )
    op.create_index("ix_consent_round", "consent", ["round_id"])
    op.execute(YES_OF_BEFORE)
    op.drop_table("named")
