"""Four processes that start at the same moment on one new PostgreSQL database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from sqlalchemy import make_url, text

from mcm_core.store import engine as store
from mcm_core.store.migrate import migrate

ROOT = Path(__file__).resolve().parents[2]
PREPARES = """
from mcm_core import start
print(flush=True); input()
start.prepare()
"""
#: Without the queue. Everybody has looked at the empty database before anybody changes it.
RUSHES = """
from alembic.runtime.migration import MigrationContext
from mcm_core.store import migrate
look = MigrationContext.get_current_heads
times = []
def look_and_wait(self):
    heads = look(self)
    times.append(heads)
    if len(times) == 2:  # ours was the first, alembic's own the second
        print(flush=True), input()
    return heads
MigrationContext.get_current_heads = look_and_wait
migrate.queue = lambda connection: None
migrate.migrate()
"""


@pytest.fixture
def new_database(home: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database on the cluster that nobody has used."""
    address = make_url(postgres).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE starts")
        url = make_url(postgres).set(database="starts").render_as_string()
        monkeypatch.setenv("MCM_DATABASE_URL", url)
        yield url
        store.engine(url).dispose()
        connection.execute("DROP DATABASE starts WITH (FORCE)")


def at_once(script: str, times: int = 4) -> list[str]:
    """Run a script so often at the same moment; what each wrote to stderr, "" when it ended well."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(times)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()  # it is ready to begin
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[1] for process in processes]
    return [words if process.returncode else "" for process, words in zip(processes, said, strict=True)]


def test_four_that_start_at_once_prepare_the_database_once(new_database: str) -> None:
    assert at_once(PREPARES) == [""] * 4

    with store.read() as db:
        assert db.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
        assert db.execute(text("SELECT count(*) - count(DISTINCT key) FROM instrument")).scalar() == 0


def test_without_the_queue_they_collide(new_database: str) -> None:
    """The negative control."""
    well, badly = sorted(at_once(RUSHES, 2))

    assert well == ""
    assert "DatabaseUnavailable" in badly  # the table exists already, or the wait for the other was too long


def test_who_waits_for_a_long_migration_is_patient(new_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everywhere else a statement may take five seconds and a lock three: too short for a start."""
    with store.write() as db:
        before = db.execute(text("SHOW lock_timeout")).scalar()
    limits: list[tuple[str, ...]] = []

    def note(settings: Config, _to: str) -> None:
        connection = settings.attributes["connection"]
        names = ("lock_timeout", "statement_timeout")
        limits.append(tuple(connection.execute(text(f"SHOW {name}")).scalar() for name in names))

    monkeypatch.setattr("mcm_core.store.migrate.command.upgrade", note)
    migrate(new_database)
    with store.write() as db:
        after = db.execute(text("SHOW lock_timeout")).scalar()

    assert (before, limits, after) == ("3s", [("1min", "0")], "3s")
