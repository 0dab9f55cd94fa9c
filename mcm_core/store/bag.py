"""Reading and writing an open bag so that the database's files hold its present state and no earlier one.

Two states of a bag side by side tell what the person in between answered. Measured: on SQLite secure_delete overwrites
what an update replaces, and the WAL is emptied after the commit. PostgreSQL keeps replaced rows in the page until long
after a VACUUM; only a table that is truncated and filled anew gets a new file. Its write-ahead log still holds every
state until it is recycled: that, and a backup of it, is in the hands of whoever runs the server.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, text
from sqlalchemy.orm import Session

from mcm_core.store.engine import afterwards
from mcm_core.store.scrub import empty_the_log
from mcm_core.store.tables import BagRow
from mcm_core.store.tables.base import new_id

_BAG = BagRow.__table__


def hold(db: Session, round_id: str) -> RowMapping | None:
    """The bag's row, which nobody else may change before this transaction ends; None when there is none.

    (`FOR UPDATE` would not do: filling the table anew must find every bag at rest.)
    """
    if _on_postgresql(db):
        db.execute(text("LOCK TABLE bag IN ACCESS EXCLUSIVE MODE"))
    return look(db, round_id)


def look(db: Session, round_id: str) -> RowMapping | None:
    """The bag's row as it is."""
    return db.execute(select(_BAG).where(BagRow.round_id == round_id)).mappings().one_or_none()


def replace(db: Session, round_id: str, row: dict[str, Any] | None) -> None:
    """Put `row` in the place of the bag that is held, or nothing."""
    rows = [row] if row else []
    if _on_postgresql(db):
        others = db.execute(select(_BAG).where(BagRow.round_id != round_id)).mappings()
        rows = sorted([*rows, *map(dict, others)], key=lambda one: str(one["round_id"]))
        db.execute(text("TRUNCATE bag"))
    else:
        db.execute(delete(BagRow).where(BagRow.round_id == round_id))
    if rows:
        db.execute(insert(BagRow), rows)
    afterwards(db, empty_the_log)


def forget(db: Session, cohort_id: str, member_id: str) -> None:
    """Put a mark that leads to nobody in the place of somebody's id, wherever it stands in a bag of the cohort.

    The number of people stays: their answers cannot be told from the others, and are still counted.
    """
    for round_id in db.scalars(select(BagRow.round_id).where(BagRow.cohort_id == cohort_id)).all():
        held = hold(db, round_id)
        if held and member_id in held["answered"]:
            others = [one for one in held["answered"] if one != member_id]
            replace(db, round_id, {**held, "answered": sorted([*others, new_id()])})


def without_open_bags(copy: Path) -> None:
    """Take out of a copy of the SQLite file what was answered in rounds that are open: two copies would tell what was
    between. Where the pages were is for the VACUUM of whoever copies (`store.copying`).

    People answer such a round anew after a restore. A bag that is closed changes no more, and stays.
    """
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        if connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'bag'"
        ).fetchone():  # not so in the first shapes
            connection.execute("DELETE FROM bag WHERE round_id IN (SELECT id FROM round WHERE state = 'open')")


def _on_postgresql(db: Session) -> bool:
    return db.get_bind().dialect.name == "postgresql"
