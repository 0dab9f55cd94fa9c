"""A database that is in use keeps what it holds when a new version of the program changes its shape."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from mcm_core.store import engine as store
from mcm_core.store import migrate as migrating
from mcm_core.store.migrate import migrate

FIRST = """
INSERT INTO facilitator (id, username, name, password_hash, created_at) VALUES ('f', 'fay', 'Fay', 'x', '2026-01-05');
INSERT INTO cohort (id, name, time_zone, code, threshold, phase, created_at)
  VALUES ('c', 'Tuesdays', 'Europe/London', 'ABCDEFGH', 5, 0, '2026-01-05');
INSERT INTO cohort_session (id, cohort_id, number, starts_local, minutes) VALUES ('s', 'c', 1, '2026-01-13', 120);
INSERT INTO facilitation (facilitator_id, cohort_id) VALUES ('f', 'c');
INSERT INTO member (id, cohort_id, name, name_key, link_hash, link_version, created_at)
  VALUES ('m', 'c', 'Ada', 'ada', 'h', 1, '2026-01-05');
INSERT INTO note (id, cohort_id, session_id, facilitator_id, kind, audience, attribution, body, search_key, version,
  created_at, changed_at) VALUES ('n', 'c', 's', 'f', 'experience', 'only me', 'name', 'words', 'words', 1,
  '2026-01-05', '2026-01-05');
INSERT INTO sign_in (token_hash, id, facilitator_id, waiting, created_at, seen_at, expires_at)
  VALUES ('t', 'i', 'f', 0, '2026-01-05', '2026-01-05', '2026-01-06');
INSERT INTO invitation (token_hash, cohort_id, expires_at) VALUES ('v', 'c', '2026-01-06');
"""
TABLES = ("facilitator", "cohort", "cohort_session", "facilitation", "member", "note", "sign_in", "invitation")
NOT_KNOWN_WHO_MADE_IT = {"invitation": 0}  # since 0011 a one-time link counts only with its maker


@pytest.fixture
def in_use(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database as the first version left it, with a row in every table that others lean on."""
    url = f"sqlite:///{home / 'old.sqlite3'}"
    monkeypatch.setenv("MCM_DATABASE_URL", url)
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda settings, _head: _upgrade(settings, "0001"))
        migrate(url)
    with store.write(url) as db:
        for statement in FIRST.split(";\n"):
            if statement.strip():
                db.execute(text(statement))
    yield url
    store.engine(url).dispose()


_upgrade = command.upgrade


def counts() -> dict[str, int]:
    with store.read() as db:
        return {name: db.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in TABLES}


def test_an_upgrade_loses_nothing(in_use: str) -> None:
    migrate(in_use)

    assert counts() == dict.fromkeys(TABLES, 1) | NOT_KNOWN_WHO_MADE_IT
    with store.read() as db:
        assert db.execute(text("PRAGMA foreign_keys")).scalar_one() == 1, "links between rows are watched again"
        assert db.execute(text("PRAGMA foreign_key_check")).all() == []


def test_with_links_watched_a_rebuilt_table_would_take_the_others_along(
    in_use: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: SQLite's DROP TABLE, by which a table is rebuilt, deletes what hangs on it."""
    monkeypatch.setattr(migrating, "_foreign_keys_off", lambda bound: bound.execution_options(write=True).connect())

    migrate(in_use)

    assert counts() != dict.fromkeys(TABLES, 1) | NOT_KNOWN_WHO_MADE_IT


def test_a_members_phones_of_before_are_told_too(in_use: str) -> None:
    with store.write() as db:
        for id_, waiting in (("p", 0), ("q", 1)):
            db.execute(text("INSERT INTO sign_in (token_hash, id, cohort_id, member_id, waiting, created_at, seen_at, "
                            f"expires_at) VALUES ('{id_}', '{id_}', 'c', 'm', {waiting}, '2026-01-05', '2026-01-05', "
                            "'2026-02-05')"))  # fmt: skip

    migrate(in_use)

    with store.read() as db:
        assert db.execute(text("SELECT phone_id, member_id, let_in FROM arrival")).all() == [("p", "m", 0)]
