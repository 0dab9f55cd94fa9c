"""A yes to one's name that was kept without a day becomes a consent like every other, and still holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mcm_core.store.engine import engine, read, write
from mcm_core.store.migrate import migrate

ROWS = (
    "INSERT INTO cohort (id, name, time_zone, code, threshold, phase, created_at) "
    "VALUES ('c', 'Ours', 'Europe/London', 'AAAAAAAA', 5, 0, '2026-01-05 09:00:00')",
    "INSERT INTO cohort_session (id, cohort_id, number, starts_local, minutes) "
    "VALUES ('s', 'c', 1, '2026-01-13 14:00:00', 120)",
    "INSERT INTO instrument (id, key, version, content) VALUES ('i', 'k', '1', 'words')",
    "INSERT INTO member (id, cohort_id, name, name_key, link_hash, link_version, created_at) "
    "VALUES ('m', 'c', 'Ada', 'ada', 'h', 1, '2026-01-05 09:00:00')",
    *(
        "INSERT INTO round (id, cohort_id, session_id, instrument_id, first_id, attempt, themes, minutes, threshold, "
        "mode, state, version, created_at, opened_at) VALUES "
        f"('{id_}', 'c', 's', 'i', '{id_}', 1, '[]', 5, 5, 'named', 'revealed', 1, '2026-01-05 09:00:00', '{opened}')"
        for id_, opened in (("r", "2026-01-13 14:20:00"), ("q", "2026-01-20 14:20:00"))
    ),
    "INSERT INTO consent (member_id, purpose, number, cohort_id, yes, version, said_at) "
    "VALUES ('m', 'taking part', 1, 'c', true, '2', '2026-01-05 09:00:00')",
    "INSERT INTO named (round_id, member_id, cohort_id) VALUES ('r', 'm', 'c'), ('q', 'm', 'c')",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database in which there was a row for a yes, and none for a no."""
    with _address(request, home) as url:
        monkeypatch.setenv("MCM_DATABASE_URL", url)
        migrate(url, to="0008")
        with write() as db:
            for row in ROWS:
                db.execute(text(row))
        yield url
        engine(url).dispose()


@contextmanager
def _address(request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{home / 'old.sqlite3'}"
        return
    cluster = request.getfixturevalue("postgres")
    with engine(cluster).execution_options(isolation_level="AUTOCOMMIT").connect() as line:
        line.execute(text("CREATE DATABASE names"))
        yield cluster.replace("/postgres?", "/names?")
        line.execute(text("DROP DATABASE names"))


def test_every_yes_comes_along_with_the_day_of_its_round(before: str) -> None:
    migrate(before)

    with read() as db:
        kept = db.execute(text("SELECT purpose, number, round_id, yes, version FROM consent ORDER BY purpose, number"))
        days = db.execute(text("SELECT said_at FROM consent WHERE round_id IS NOT NULL ORDER BY number")).scalars()
        assert [tuple(row) for row in kept] == [
            ("name with answers", 1, "r", True, "before 3"), ("name with answers", 2, "q", True, "before 3"),
            ("taking part", 1, None, True, "2"),
        ]  # fmt: skip
        assert [str(day)[:10] for day in days] == ["2026-01-13", "2026-01-20"]


def test_what_cannot_be_is_refused_after_it_too(before: str) -> None:
    migrate(before)

    for purpose, round_id in (("name with answers", "NULL"), ("name with notes", "'r'"), ("anything", "NULL")):
        wrong = (
            "INSERT INTO consent (member_id, purpose, number, cohort_id, round_id, yes, version, said_at) "
            f"VALUES ('m', '{purpose}', 9, 'c', {round_id}, true, '3', '2026-01-05 09:00:00')"
        )
        with pytest.raises(IntegrityError), write() as db:
            db.execute(text(wrong))
