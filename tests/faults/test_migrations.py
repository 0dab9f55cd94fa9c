"""A migration that fails half-way: the database is what it was, so that the version before still starts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import event, inspect, make_url, text

from mcm_core.store import engine as store
from mcm_core.store.engine import DatabaseUnavailable
from mcm_core.store.migrate import migrate
from tests.faults import migrations
from tests.faults.calls import failing
from tests.store.test_upgrades import counts, in_use  # noqa: F401

_upgrade = command.upgrade


def test_whichever_step_fails_not_a_byte_has_changed(in_use: str) -> None:  # noqa: F811
    tried, whole = migrations.fail(in_use, every=15)

    assert tried.partial == []
    assert tried.calls > 200
    assert counts() == whole


def test_the_version_before_still_starts(in_use: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    with failing(60), pytest.raises(DatabaseUnavailable, match="disk I/O error"):
        migrate(in_use)

    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda settings, _head: _upgrade(settings, "0001"))
        migrate(in_use)
    assert set(counts().values()) == {1}


@pytest.fixture
def careless(in_use: str) -> Iterator[str]:  # noqa: F811
    """The same where SQLite's driver begins transactions, as it does by itself: it ends them before a CREATE TABLE."""

    def by_itself(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = ""

    engine = store.engine(in_use)
    engine.dispose()
    event.remove(engine, "begin", store._begin)
    event.listen(engine, "connect", by_itself)
    yield in_use
    engine.dispose()
    store.engine.cache_clear()


def test_without_our_own_transactions_half_of_it_would_stay(careless: str) -> None:
    """The negative control."""
    file = Path(make_url(careless).database or "")
    before = file.read_bytes()

    with failing(60), pytest.raises(DatabaseUnavailable):
        migrate(careless)

    store.engine(careless).dispose()
    assert file.read_bytes() != before


@pytest.fixture
def empty(postgres: str) -> Iterator[str]:
    """A database of its own on PostgreSQL."""
    line = store.engine(postgres).execution_options(isolation_level="AUTOCOMMIT")
    address = postgres.replace("/postgres?", "/half?")
    with line.connect() as connection:
        connection.execute(text("CREATE DATABASE half"))
    yield address
    store.engine(address).dispose()
    with line.connect() as connection:
        connection.execute(text("DROP DATABASE half"))


def test_on_postgresql_a_failure_leaves_nothing_either(empty: str) -> None:
    for number in range(5, 75, 10):
        with failing(number, empty), pytest.raises(DatabaseUnavailable):
            migrate(empty)
        assert inspect(store.engine(empty)).get_table_names() == []

    migrate(empty)

    assert "reading" in inspect(store.engine(empty)).get_table_names()
