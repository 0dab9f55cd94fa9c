"""What people wrote who did not join goes on the day that was stated; an older copy does not bring it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.services import applicants, applying, backups, interests, moving, restoring, retention
from mcm_core.store.engine import engine, read, write
from mcm_core.store.migrate import migrate
from mcm_core.store.secret import digest
from mcm_core.store.tables import ApplicationRow, FitRow, InterestRow, MessageRow, OpeningRow
from tests.services.openings.applying_people import IN_TIME, Opened, an_opening, applies, begins, the_id
from tests.services.people import NOW

OVER = datetime(2026, 4, 7, 8, tzinfo=UTC)  # three months after applications closed


@pytest.fixture
def opened(database: str) -> Opened:
    """Ada has joined, Ben waits, Cleo has sent nothing, and Ann was interested."""
    with write() as db:
        made = an_opening(db)
        applies(db, made, "Ada")
        applies(db, made, "Ben")
        begins(db, made, "Cleo")
        applicants.decide(db, made.fay, the_id(db, made, "Ada"), decision="accepted", at=IN_TIME)
        applicants.decide(db, made.fay, the_id(db, made, "Ben"), decision="waiting", at=IN_TIME)
        applicants.judge(db, made.fay, the_id(db, made, "Ben"), says="yes", note="Warm", at=IN_TIME)
        interests.express(
            db, made.slug, name="Ann", email="ann@b.org", organisation="", wants_link=True, wants_reminder=True,
            network="x", at=IN_TIME,
        )  # fmt: skip
        return made


def left(db: Session) -> list[str]:
    return [row.name for row in db.scalars(select(ApplicationRow).order_by(ApplicationRow.name))]


def test_on_the_day_that_was_stated_only_members_applications_are_left(opened: Opened) -> None:
    retention.keep_house(at=OVER - timedelta(days=1))
    with read() as db:
        assert left(db) == ["Ada", "Ben", "Cleo"]

    retention.keep_house(at=OVER)
    retention.keep_house(at=OVER)

    with read() as db:
        assert left(db) == ["Ada"]
        assert db.scalars(select(InterestRow)).all() == []
        assert db.scalars(select(FitRow)).all() == []
        assert {row.to_name for row in db.scalars(select(MessageRow))} <= {"Ada"}


def test_the_end_of_the_cohort_leaves_nothing_of_it(opened: Opened) -> None:
    retention.keep_house(at=OVER + timedelta(days=130))
    retention.keep_house(at=OVER + timedelta(days=200))

    with read() as db:
        assert [db.scalars(select(table)).all() for table in (ApplicationRow, InterestRow, FitRow, OpeningRow)] == [
            []
        ] * 4


def test_who_took_an_application_back_is_not_brought_back_by_an_older_copy(sqlite: str) -> None:
    with write() as db:
        made = an_opening(db)
        token = applies(db, made, "Ada")
        applies(db, made, "Ben")
    copy = backups.make(at=NOW)
    with write() as db:
        applying.take_back(db, token, at=IN_TIME)

    assert restoring.restore(copy, at=NOW + timedelta(days=1)).erased == 1

    with read() as db:
        assert left(db) == ["Ben"]
        assert {row.to_name for row in db.scalars(select(MessageRow))} == {"Ben"}


def test_a_cohort_that_travels_takes_applications_along_and_no_working_notes(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write() as db:
        made = an_opening(db)
        token = applies(db, made, "Ada")
        applicants.judge(db, made.fay, the_id(db, made, "Ada"), says="yes", note="Warm", at=IN_TIME)
    packed = moving.pack(made.cohort.id, at=NOW, to=tmp_path / "stick")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("MCM_LOCAL", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("MCM_SECRET", "the secret of another computer, long enough")
    monkeypatch.setenv("MCM_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere' / 'mcm.sqlite3'}")
    migrate()
    moving.unpack(packed, at=NOW)

    with read() as db:
        assert left(db) == ["Ada"]
        assert db.scalars(select(FitRow)).all() == []
        (row,) = db.scalars(select(OpeningRow)).all()
        assert row.published_at is None
        assert db.scalars(select(ApplicationRow.link_hash)).one() != digest(token)
    engine(f"sqlite:///{tmp_path / 'elsewhere' / 'mcm.sqlite3'}").dispose()
