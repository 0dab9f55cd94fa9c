"""Transactions that commit whole or not at all, and databases that cannot be opened."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.orm import Session

from mcm_core.domain.errors import McmError
from mcm_core.store import engine as store
from mcm_core.store.migrate import migrate
from mcm_core.store.tables import Base, CohortRow

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def a_cohort(code: str = "AAAAAAAA") -> CohortRow:
    return CohortRow(name="Ours", time_zone="Europe/London", code=code, threshold=5, created_at=NOW)


def test_a_block_that_raises_leaves_nothing_behind(database: str) -> None:
    def break_off() -> None:
        with store.write() as db:
            db.add(a_cohort())
            db.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()

    with store.read() as db:
        assert db.scalars(select(CohortRow)).all() == []


def test_a_moment_comes_back_aware_and_in_utc(database: str) -> None:
    with store.write() as db:
        db.add(a_cohort())

    with store.read() as db:
        assert db.scalars(select(CohortRow.created_at)).one() == NOW


def test_topics_are_told_after_the_commit_and_not_after_a_failure(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[frozenset[str]] = []
    monkeypatch.setattr(store, "_listeners", [])
    store.on_commit(told.append)

    def break_off() -> None:
        with store.write() as db:
            store.announce(db, "phase:y")
            raise RuntimeError

    with store.write() as db:
        store.announce(db, "phase:x")
        assert told == []
    with pytest.raises(RuntimeError):
        break_off()

    assert told == [frozenset({"phase:x"})]


def _count_up(add_one: object, threads: int = 8, times: int = 10) -> None:
    workers = [threading.Thread(target=lambda: [add_one() for _ in range(times)]) for _ in range(threads)]  # type: ignore[operator]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_eighty_read_then_write_transactions_lose_no_update(sqlite: str) -> None:
    with store.write() as db:
        db.add(a_cohort())

    def add_one() -> None:
        with store.write() as db:
            row = db.scalars(select(CohortRow)).one()
            row.phase = row.phase + 1

    _count_up(add_one)

    with store.read() as db:
        assert db.scalars(select(CohortRow.phase)).one() == 80


def test_the_same_updates_are_lost_without_our_transactions(sqlite: str) -> None:
    """The negative control: if this stops losing updates, the test above proves nothing any more."""
    with store.write() as db:
        db.add(a_cohort())
    plain = create_engine(sqlite, connect_args={"timeout": 10})

    def add_one() -> None:
        with Session(plain) as db:
            phase = db.scalars(select(CohortRow.phase)).one()
            db.execute(text("UPDATE cohort SET phase = :phase"), {"phase": phase + 1})
            db.commit()

    _count_up(add_one)

    with store.read() as db:
        assert db.scalars(select(CohortRow.phase)).one() < 80
    plain.dispose()


def test_a_database_that_cannot_be_opened_is_a_sentence(home: Path) -> None:
    (home / "folder.sqlite3").mkdir()

    with pytest.raises(McmError, match="cannot be opened at sqlite"):
        migrate(f"sqlite:///{home / 'folder.sqlite3'}")


def test_a_database_from_a_newer_version_is_left_alone(sqlite: str) -> None:
    with store.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(McmError, match="newer version"):
        migrate(sqlite)


def test_the_migrations_build_what_the_classes_say(database: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with store.engine(database).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert {"reading", "release"} <= set(inspect(connection).get_table_names())


@pytest.mark.parametrize(
    ("version", "mode"),
    [((3, 40, 1), "TRUNCATE"), ((3, 44, 6), "WAL"), ((3, 50, 7), "WAL"), ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL")],
)
def test_wal_is_used_only_where_its_corruption_bug_is_mended(version: tuple[int, ...], mode: str) -> None:
    assert store.journal_mode(version) == mode


def test_nobody_else_on_the_computer_reads_the_database(sqlite: str) -> None:
    file = Path(sqlite.removeprefix("sqlite:///"))
    file.chmod(0o644)
    with store.read(sqlite) as db:
        db.execute(text("SELECT 1"))

    assert file.stat().st_mode & 0o777 == 0o600
