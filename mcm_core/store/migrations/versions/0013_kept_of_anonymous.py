"""of an anonymous round nothing is kept that nobody may be shown: counts, who answered, bags that cannot be released"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

GUARD = 3
JSON = sa.JSON(none_as_null=True)
RELEASE = sa.table(
    "release",
    *map(sa.column, ("round_id", "theme", "cohort_id")),
    sa.column("picture", JSON),
    sa.column("counts", JSON),
)
ANSWERED = sa.table("answered", *map(sa.column, ("round_id", "member_id", "cohort_id")))
BAG = sa.table(
    "bag",
    *map(sa.column, ("round_id", "cohort_id")),
    *(sa.column(name, JSON) for name in ("answered", "counts", "comments")),
)
ROUND = sa.table("round", *map(sa.column, ("id", "state", "threshold")))


def upgrade() -> None:
    pictures = _rows(RELEASE)
    shown = {row["round_id"] for row in pictures if _is_shown(row["picture"])}
    _fill_anew(RELEASE, [row | {"counts": _kept(row["picture"], row["counts"])} for row in pictures])
    _fill_anew(ANSWERED, [row for row in _rows(ANSWERED) if row["round_id"] in shown])
    closed = {row.id: row.threshold for row in op.get_bind().execute(sa.select(ROUND).where(ROUND.c.state == "closed"))}
    _fill_anew(
        BAG, [_emptied(row) if len(row["answered"]) < closed.get(row["round_id"], 0) else row for row in _rows(BAG)]
    )


def _rows(table: sa.TableClause) -> list[dict[str, Any]]:
    found = op.get_bind().execute(sa.select(table).order_by(*list(table.columns)[:2])).mappings()
    return [dict(row) for row in found]


def _fill_anew(table: sa.TableClause, rows: list[dict[str, Any]]) -> None:
    """In a new file on PostgreSQL, which keeps changed rows in the old one; SQLite overwrites what it frees."""
    op.execute(f"TRUNCATE {table.name}" if op.get_bind().dialect.name == "postgresql" else f"DELETE FROM {table.name}")
    if rows:
        op.get_bind().execute(sa.insert(table), rows)


def _is_shown(picture: dict[str, Any]) -> bool:
    return any(picture.get(one) for one in ("current", "desired", "current_shares", "desired_shares"))


def _kept(picture: dict[str, Any], counts: dict[str, list[int]] | None) -> dict[str, list[int]] | None:
    """As `domain.anonymous.kept` had it when this was written."""
    if not counts or not (picture.get("current") or picture.get("current_shares")):
        return None
    *levels, not_sure, does_not_apply, passed = counts["current"]
    now = [*levels, not_sure + does_not_apply + passed]
    return {"current": now} if sum(now) - max(now) > GUARD else {"chose": [sum(levels)]}


def _emptied(bag: dict[str, Any]) -> dict[str, Any]:
    """A closed bag of too few answers for any picture: how many they were is all that its reveal needs."""
    nobody = {
        theme: {asked: [0] * len(numbers) for asked, numbers in by_asked.items()}
        for theme, by_asked in bag["counts"].items()
    }
    return bag | {"counts": nobody, "comments": []}
