"""A finished cohort many times over: every row of it again, under ids of its own.

Living through a thousand cohorts by the services takes an hour. A page cannot tell the difference: every row has its
siblings, ids are as random as those that the services make, and they come in the order in which cohorts finish. What is
not copied is shared by all cohorts (instruments), and the log, of which each cohort gets as many entries, written as
the product writes them, because its hashes are a chain.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.services import audit
from mcm_core.store.engine import write
from mcm_core.store.tables import AuditRow, Base

SHARED = {"instrument", "audit", "audit_head", "ticket", "attempt"}
OWN = {"id", "code", "username", "link_hash", "token_hash", "code_hash"}  # what no two rows may have in common
AT_ONCE = 25  # copies in one transaction
Rows = dict[Table, list[dict[str, Any]]]


def multiply(times: int) -> int:
    """Add so many copies of all that the database holds of its only cohort; how many rows it has then."""
    with write() as db:
        found = _rows(db.connection())
        log = list(db.scalars(select(AuditRow).order_by(AuditRow.number)))
        db.expunge_all()
    for first in range(0, times, AT_ONCE):
        with write() as db:
            for _ in range(min(AT_ONCE, times - first)):
                _copy(db, found, log)
    return (times + 1) * (sum(map(len, found.values())) + len(log))


def _rows(connection: Connection) -> Rows:
    tables = [table for table in Base.metadata.sorted_tables if table.name not in SHARED]
    return {table: [dict(row) for row in connection.execute(select(table)).mappings()] for table in tables}


def _copy(db: Session, found: Rows, log: Sequence[AuditRow]) -> None:
    new = _new_ids(found)
    for table, rows in found.items():
        if rows:
            db.execute(insert(table), [{name: _renamed(value, new) for name, value in row.items()} for row in rows])
    for entry in log:
        about, cohort_id = (new.get(id_ or "", id_) for id_ in (entry.about, entry.cohort_id))
        audit.note(db, Actor(entry.actor), Deed(entry.deed), about, cohort_id=cohort_id, at=entry.at)


def _new_ids(found: Rows) -> dict[str, str]:
    new: dict[str, str] = {}
    for table, rows in found.items():
        for name in OWN & set(table.columns.keys()):
            new |= {row[name]: secrets.token_urlsafe(len(row[name]))[: len(row[name])] for row in rows}
    return new


def _renamed(value: Any, new: dict[str, str]) -> Any:
    return new.get(value, value) if isinstance(value, str) else value
