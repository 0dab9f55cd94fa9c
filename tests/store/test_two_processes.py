"""What two processes on one PostgreSQL do to each other's transactions."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mcm_core.store import engine as store
from mcm_core.store.tables import CohortRow
from mcm_core.store.together import write_together
from tests.services.racing import race

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_of_two_that_lock_each_other_out_one_is_told_that_nothing_was_saved(on_postgres: str) -> None:
    """Taps of the same two people at both processes, in opposite orders: the phones of one send again, and are in."""
    with store.write() as db:
        rows = [CohortRow(name="0", time_zone="UTC", code=f"{n:08}", threshold=5, created_at=NOW) for n in range(2)]
        db.add_all(rows)
        db.flush()
        first, second = (row.id for row in rows)
    both_hold_one = threading.Barrier(2)

    def rename(db: Session, name: str, *ids: str) -> str:
        for place, id_ in enumerate(ids):
            db.execute(update(CohortRow).where(CohortRow.id == id_).values(name=name))
            if place == 0:
                both_hold_one.wait(timeout=10)
        return name

    def here() -> str:
        return write_together(lambda db: rename(db, "here", first, second))

    def there() -> str:
        with store.write() as db:
            return rename(db, "there", second, first)

    outcomes = race(here, there)
    won = [outcome for outcome in outcomes if isinstance(outcome, str)]

    assert len(won) == 1, outcomes
    assert [type(outcome) for outcome in outcomes if outcome not in won] == [store.DatabaseUnavailable]
    with store.read() as db:
        assert db.scalars(select(CohortRow.name)).all() == won * 2
