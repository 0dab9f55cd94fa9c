"""listening: rounds that are open between the meetings, beside the one in the room; and what is said back"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LIVE = "state IN ('open', 'closed') AND lane = 'room'"
BETWEEN = "lane = 'between'"


def upgrade() -> None:
    # In place: SQLite's batch mode would drop the table of rounds, and with it, by cascade, every reading.
    op.execute(
        "ALTER TABLE round ADD COLUMN lane VARCHAR(10) DEFAULT 'room' NOT NULL "
        "CONSTRAINT ck_round_lane CHECK (lane IN ('room', 'between'))"
    )
    op.drop_index("uq_round_live", table_name="round")
    _unique("uq_round_live", "cohort_id", LIVE)
    _unique("uq_round_between", "session_id", BETWEEN)
    op.create_table(
        "news_line",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.String(length=16), nullable=False),
        sa.Column("session_id", sa.String(length=16), nullable=False),
        sa.Column("you_said", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('changed', 'could not')", name=op.f("ck_news_line_outcome")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_news_line_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["cohort_session.id"], name=op.f("fk_news_line_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_line")),
    )
    op.create_index("ix_news_line_cohort", "news_line", ["cohort_id"])
    op.create_index("ix_news_line_session", "news_line", ["session_id"])
    if op.get_bind().dialect.name == "postgresql":  # see 0014
        for column in ("you_said", "reply"):
            op.execute(f'ALTER TABLE news_line ALTER COLUMN "{column}" SET STATISTICS 0')


def _unique(name: str, column: str, where: str) -> None:
    op.create_index(name, "round", [column], unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
