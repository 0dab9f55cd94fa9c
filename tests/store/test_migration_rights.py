"""Bringing a database of the first shape up to date loses nothing that refers to a table which is made anew."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import text

from mcm_core.store import engine as store
from mcm_core.store import migrate as migrating

ROWS = (
    "INSERT INTO cohort (id, name, time_zone, code, threshold, phase, created_at) "
    "VALUES ('c', 'Ours', 'Europe/London', 'AAAAAAAA', 5, 0, '2026-01-05 09:00:00')",
    "INSERT INTO cohort_session (id, cohort_id, number, starts_local, minutes) "
    "VALUES ('s', 'c', 1, '2026-01-13 14:00:00', 120)",
    "INSERT INTO member (id, cohort_id, name, name_key, link_hash, link_version, created_at) "
    "VALUES ('m', 'c', 'Ada', 'ada', 'h', 1, '2026-01-05 09:00:00')",
    "INSERT INTO note (id, cohort_id, session_id, member_id, kind, audience, attribution, body, search_key, version, "
    "created_at, changed_at) VALUES ('n', 'c', 's', 'm', 'story', 'cohort', 'name', 'words', 'words', 1, "
    "'2026-01-05 09:00:00', '2026-01-05 09:00:00')",
    "INSERT INTO kept_text (id, note_id, body, kept_at) VALUES ('k', 'n', 'other words', '2026-01-05 09:00:00')",
)


@pytest.fixture
def first_shape(home, monkeypatch) -> str:
    url = f"sqlite:///{home / 'old.sqlite3'}"
    monkeypatch.setenv("MCM_DATABASE_URL", url)
    with store.engine(url).execution_options(write=True).begin() as connection:
        settings = migrating.config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
        for row in ROWS:
            connection.execute(text(row))
    return url


def kept() -> list[object]:
    with store.read() as db:
        return [db.scalar(text(f"SELECT body FROM {table}")) for table in ("note", "kept_text")]


def test_notes_and_their_kept_texts_come_along(first_shape: str) -> None:
    migrating.migrate(first_shape)

    assert kept() == ["words", "other words"]
    with store.read() as db:
        assert db.scalar(text("PRAGMA foreign_keys")) == 1


def test_with_references_watched_the_kept_texts_would_go(first_shape: str, monkeypatch) -> None:
    """The negative control: dropping the old table deletes whatever refers to it."""
    monkeypatch.setattr(migrating, "_foreign_keys_off", lambda bound: bound.execution_options(write=True).connect())
    migrating.migrate(first_shape)

    assert kept() == ["words", None]
