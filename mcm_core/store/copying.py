"""The whole database as one SQLite file, whichever database it is, and the rows of such a file in another database.

SQLite: the library's backup call, all pages in one step and inside a transaction that reads: so it is of one moment
(a plain copy of the file is not) and never begins anew, as it does in small steps whenever others write
(security-and-reliability.md §0.11). Writers wait for these pages alone. What follows happens to the copy: open bags go,
and VACUUM INTO leaves freed pages and the order of rows behind. PostgreSQL: every row in one snapshot. `pg_dump` would
give a second form that only PostgreSQL can read, and would have to be installed in the same version.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import JSON, URL, Connection, Engine, MetaData, Select, Table, event, insert, select, text

from mcm_core.store.archive import rows_of
from mcm_core.store.bag import without_open_bags
from mcm_core.store.engine import database_url, engine, read
from mcm_core.store.migrate import migrate

_AT_ONCE = 1000
_NO_HURRY = "SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0"


def take(copy: Path, shape: str) -> dict[str, int]:
    """Write all but the open bags of the product's database, which has this shape, to a new SQLite file of the same
    shape; returns how many rows each table has. Raises DatabaseUnavailable.

    It holds no transaction of the caller's: PostgreSQL would end one that is idle for so long.
    """
    bound = engine(database_url())
    return _from_postgresql(bound, copy, shape) if bound.dialect.name == "postgresql" else _from_sqlite(copy)


def address_of(file: Path) -> str:
    """The address of an SQLite file."""
    return URL.create("sqlite", database=str(file)).render_as_string()


@contextmanager
def connected(file: Path) -> Iterator[Connection]:
    """A transaction on an SQLite file that is not the product's database; nothing stays open afterwards."""
    bound = engine(address_of(file))
    try:
        with bound.execution_options(write=True).begin() as connection:
            yield connection
    finally:
        bound.dispose()


def pour(source: Connection, target: Connection, wanted: Iterable[tuple[Table, Select[Any]]]) -> Mapping[str, int]:
    """Insert what the selects find into the tables of the same name, in the order of their keys: how a database had
    them in its files may tell more than the rows do. Returns how many there were.
    """
    counted: Counter[str] = Counter()
    for table, found in wanted:
        counted[table.name] = 0
        rows = source.execute(found.order_by(*table.primary_key.columns)).mappings()
        for some in rows.partitions(_AT_ONCE):
            target.execute(insert(table), [dict(row) for row in some])
            counted[table.name] += len(some)
    return counted


@contextmanager
def moment(connection: Connection, tables: MetaData) -> Iterator[tuple[Connection, list[dict[str, Any]] | None]]:
    """A connection that sees one moment of the database, and the closed bags of that moment (None: no such table).

    On PostgreSQL the table of bags is emptied and filled anew with every anonymous ballot (`store.bag`), and whoever
    looks at it from an earlier moment finds it empty. So it is locked before that moment and let go once it was read.
    """
    if connection.dialect.name != "postgresql":
        yield connection, _closed_bags(connection, tables)
        return
    apart = connection.engine.execution_options(isolation_level="REPEATABLE READ")
    with apart.connect() as source, source.begin():
        _set_up(source)
        with apart.connect() as first, first.begin():
            _set_up(first)
            if "bag" in tables.tables:
                first.execute(text("LOCK TABLE bag IN ACCESS SHARE MODE"))
            seen = first.scalar(text("SELECT pg_export_snapshot()"))
            bags = _closed_bags(first, tables)
            source.execute(text(f"SET TRANSACTION SNAPSHOT '{seen}'"))
        yield source, bags


def pour_bags(bags: list[dict[str, Any]] | None, target: Connection, tables: MetaData) -> Mapping[str, int]:
    """Insert bags; returns how many rows that table has, if there is one."""
    if bags:
        target.execute(insert(tables.tables["bag"]), bags)
    return {} if bags is None else {"bag": len(bags)}


def _from_sqlite(copy: Path) -> dict[str, int]:
    plain = copy.with_name("plain.sqlite3")
    _all_pages(plain)
    without_open_bags(plain)
    with closing(sqlite3.connect(plain, isolation_level=None)) as found:
        rows = rows_of(found)
        found.execute("VACUUM INTO ?", [str(copy)])
    plain.unlink()
    return rows


def _all_pages(plain: Path) -> None:
    """Copy every page of the live file, while our own writers wait in their turn and others for SQLite's lock."""
    with read() as db, closing(sqlite3.connect(plain, isolation_level=None)) as target:
        for pragma in "synchronous=OFF", "journal_mode=OFF":  # a copy that fails is thrown away
            target.execute(f"PRAGMA {pragma}")
        db.execute(text("SELECT count(*) FROM sqlite_master"))  # from here on it is one moment
        cast(sqlite3.Connection, db.connection().connection.driver_connection).backup(target)


def _from_postgresql(bound: Engine, copy: Path, shape: str) -> dict[str, int]:
    with bound.connect() as connection:
        tables = _reflected(connection)
    migrate(address_of(copy), to=shape)
    with bound.connect() as connection, moment(connection, tables) as (source, bags), connected(copy) as target:
        rest = [(table, select(table)) for table in tables.sorted_tables if table.name != "bag"]
        return {**pour(source, target, rest), **pour_bags(bags, target, tables), "alembic_version": 1}


def _reflected(connection: Connection) -> MetaData:
    """The tables as they are: before an upgrade they are not yet those of the classes."""

    def keep_nothing_as_nothing(_inspector: object, _table: object, column: Any) -> None:
        if isinstance(column["type"], JSON):
            column["type"] = JSON(none_as_null=True)

    found = MetaData()
    event.listen(Table, "column_reflect", keep_nothing_as_nothing)
    try:
        found.reflect(connection, only=lambda name, _: name != "alembic_version")
    finally:
        event.remove(Table, "column_reflect", keep_nothing_as_nothing)
    return found


def _closed_bags(connection: Connection, tables: MetaData) -> list[dict[str, Any]] | None:
    if "bag" not in tables.tables:
        return None
    bag, round_ = tables.tables["bag"], tables.tables["round"]
    still_open = select(round_.c.id).where(round_.c.state == "open")
    found = select(bag).where(bag.c.round_id.not_in(still_open)).order_by(bag.c.round_id)
    return [dict(row) for row in connection.execute(found).mappings()]


def _set_up(connection: Connection) -> None:
    """No time limits, and moments in UTC, because SQLite keeps no zone. (Neither statement takes the snapshot.)"""
    for statement in (*_NO_HURRY, "SET LOCAL TIME ZONE 'UTC'"):
        connection.execute(text(statement))
