"""topics of the group, dots on them, offers and needs"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.String(length=16)


def upgrade() -> None:
    _topics()
    _votes()
    _dots()
    _offers()


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def _other_topic(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["topic.id"], name=op.f(f"fk_topic_{column}"),
        ondelete="SET NULL", deferrable=True, initially="DEFERRED",
    )  # fmt: skip


def _topics() -> None:
    op.create_table(
        "topic",
        sa.Column("id", ID, nullable=False),
        sa.Column("cohort_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("head_id", ID, nullable=True),
        sa.Column("wish_id", ID, nullable=True),
        sa.Column("planned_for", sa.SmallInteger(), nullable=True),
        sa.Column("aside", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('key issue', 'challenge', 'question')", name=op.f("ck_topic_kind")),
        sa.CheckConstraint("planned_for BETWEEN 2 AND 5", name=op.f("ck_topic_planned_for")),
        sa.CheckConstraint("member_id IS NOT NULL OR NOT named", name=op.f("ck_topic_nameless")),
        sa.CheckConstraint("head_id <> id AND wish_id <> id", name=op.f("ck_topic_itself")),
        _to("topic", "cohort_id", "cohort"),
        _to("topic", "member_id", "member"),
        _other_topic("head_id"),
        _other_topic("wish_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
    )
    op.create_index("ix_topic_cohort", "topic", ["cohort_id", "created_at"])
    for column in ("member", "head", "wish"):
        op.create_index(f"ix_topic_{column}", "topic", [f"{column}_id"])


def _votes() -> None:
    op.create_table(
        "dot_vote",
        sa.Column("id", ID, nullable=False),
        sa.Column("cohort_id", ID, nullable=False),
        sa.Column("session_number", sa.SmallInteger(), nullable=False),
        sa.Column("threshold", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("moved_by", ID, nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picture", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("left_out", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'revealed')", name=op.f("ck_dot_vote_state")),
        sa.CheckConstraint("threshold BETWEEN 5 AND 10", name=op.f("ck_dot_vote_threshold")),
        sa.CheckConstraint("session_number BETWEEN 1 AND 6", name=op.f("ck_dot_vote_session_number")),
        _to("dot_vote", "cohort_id", "cohort"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dot_vote")),
    )
    op.create_index("ix_dot_vote_cohort", "dot_vote", ["cohort_id"])
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_dot_vote_open", "dot_vote", ["cohort_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )


def _dots() -> None:
    op.create_table(
        "dot",
        sa.Column("vote_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("topic_id", ID, nullable=False),
        sa.Column("cohort_id", ID, nullable=False),
        sa.Column("count", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("count BETWEEN 1 AND 2", name=op.f("ck_dot_count")),
        _to("dot", "vote_id", "dot_vote"),
        _to("dot", "member_id", "member"),
        _to("dot", "topic_id", "topic"),
        _to("dot", "cohort_id", "cohort"),
        sa.PrimaryKeyConstraint("vote_id", "member_id", "topic_id", name=op.f("pk_dot")),
    )
    for column in ("member", "topic", "cohort"):
        op.create_index(f"ix_dot_{column}", "dot", [f"{column}_id"])


def _offers() -> None:
    op.create_table(
        "offer",
        sa.Column("id", ID, nullable=False),
        sa.Column("cohort_id", ID, nullable=False),
        sa.Column("topic_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('offer', 'need')", name=op.f("ck_offer_side")),
        _to("offer", "cohort_id", "cohort"),
        _to("offer", "topic_id", "topic"),
        _to("offer", "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("topic_id", "member_id", "side", name=op.f("uq_offer_topic_id")),
    )
    for column in ("member", "cohort"):
        op.create_index(f"ix_offer_{column}", "offer", [f"{column}_id"])
