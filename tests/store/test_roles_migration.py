"""A database from before there were owners: nobody's answers are lost, and every cohort gets an owner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from mcm_core.store import engine as store
from mcm_core.store.migrate import config, migrate

BEFORE = """
INSERT INTO facilitator (id, username, name, password_hash, created_at) VALUES
  ('fay', 'fay', 'Fay', 'x', '2026-01-01 00:00:00'), ('tom', 'tom', 'Tom', 'x', '2026-01-02 00:00:00');
INSERT INTO cohort (id, name, time_zone, code, threshold, phase, created_at) VALUES
  ('both', 'Both', 'Europe/London', 'AAAAAAAA', 5, 0, '2026-01-01 00:00:00'),
  ('toms', 'Tom''s', 'Europe/London', 'BBBBBBBB', 5, 0, '2026-01-01 00:00:00');
INSERT INTO facilitation (facilitator_id, cohort_id) VALUES ('tom', 'both'), ('fay', 'both'), ('tom', 'toms');
INSERT INTO cohort_session (id, cohort_id, number, starts_local, minutes)
  VALUES ('one', 'both', 1, '2026-01-13 14:00:00', 120);
INSERT INTO member (id, cohort_id, name, name_key, link_hash, link_version, created_at)
  VALUES ('ada', 'both', 'Ada', 'ada', 'x', 1, '2026-01-01 00:00:00');
INSERT INTO instrument (id, key, version, content) VALUES ('words', 'words', '1', '');
INSERT INTO round
  (id, cohort_id, session_id, instrument_id, first_id, attempt, themes, minutes, threshold, state, version, created_at)
  VALUES ('round', 'both', 'one', 'words', 'round', 1, '[]', 5, 5, 'open', 2, '2026-01-13 14:00:00');
INSERT INTO reading (round_id, member_id, theme, cohort_id, instrument_id, current, saved_at)
  VALUES ('round', 'ada', 'tools', 'both', 'words', 2, '2026-01-13 14:05:00');
INSERT INTO sign_in (token_hash, id, member_id, cohort_id, waiting, created_at, seen_at, expires_at)
  VALUES ('token', 'phone', 'ada', 'both', false, '2026-01-13 14:00:00', '2026-01-13 14:00:00', '2026-03-01 14:00:00')
"""


@pytest.fixture
def before(database: str, home: Path) -> Iterator[str]:
    """A database as the first version left it, with a little of everything in it."""
    address = f"sqlite:///{home / 'before.sqlite3'}" if database.startswith("sqlite") else database
    with store.engine(address).execution_options(write=True).begin() as connection:
        if address == database:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
        for statement in BEFORE.split(";\n"):
            connection.execute(text(statement))
    yield address
    store.engine(address).dispose()


def test_nothing_is_lost_and_the_oldest_account_owns(before: str) -> None:
    migrate(before)

    with store.read(before) as db:
        owners = "SELECT cohort_id, facilitator_id FROM facilitation WHERE standing = 'owner' AND leads"
        assert sorted(tuple(row) for row in db.execute(text(owners))) == [("both", "fay"), ("toms", "tom")]
        assert db.scalar(text("SELECT count(*) FROM facilitation WHERE NOT leads")) == 1
        assert db.execute(text("SELECT round_id, member_id, current FROM reading")).all() == [("round", "ada", 2)]
        assert db.execute(text("SELECT token_hash, member_id, guest_id FROM sign_in")).all() == [("token", "ada", None)]
