"""What happens by itself at the start and while serving: nobody erased comes back, nothing is kept too long."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from mcm_core import doctor, start
from mcm_core.services import members
from mcm_core.store import backups as copies
from mcm_core.store import erasures
from mcm_core.store.engine import read, write
from mcm_core.store.tables import CohortRow, CohortSessionRow, MemberRow
from mcm_core.web import metrics
from tests.services.stories import a_group

LONG_AGO = datetime(2025, 1, 7, 14, tzinfo=UTC)


def test_a_start_with_an_older_copy_erases_again_whoever_was_erased(sqlite: str) -> None:
    with write() as db:
        group = a_group(db, 3)
    erasures.remember(group.members[0].member_id or "", keep_notes=False)

    start.prepare()

    with read() as db:
        assert [one.name for one in members.roster(db, group.facilitator, group.cohort.id)] == ["Ben", "Cleo"]


def test_a_server_with_another_secret_than_the_one_before_says_so(
    database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Of two that share a database, links made by one would not open at the other."""
    with write() as db:
        a_group(db, 1)
    start.prepare()
    assert caplog.messages == []

    monkeypatch.setenv("MCM_SECRET", "another secret that is long enough, too")
    start.prepare()

    assert caplog.messages == [start.OTHER_SECRET]


def test_what_is_over_is_deleted_while_the_server_serves(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with write() as db:
        group = a_group(db, 3)
        db.execute(update(CohortRow).values(warned_at=LONG_AGO))
        db.execute(update(CohortSessionRow).values(starts_local=LONG_AGO.replace(tzinfo=None)))

    async def serve() -> None:
        async with start.housekeeping():
            for _ in range(500):
                with read() as db:
                    if db.get(MemberRow, group.members[0].member_id) is None:
                        return
                await asyncio.sleep(0.01)
        pytest.fail("nothing was deleted")

    monkeypatch.setattr(start, "HOUR", 3600)
    asyncio.run(serve())


def test_a_backup_that_fails_is_said_in_the_log_and_ends_nothing(
    sqlite: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, home: Path
) -> None:
    (home / "backups").write_text("a file where the folder should be")
    hours: list[BaseException | None] = [None, None]
    monkeypatch.setattr(start, "HOUR", 0.001)
    monkeypatch.setattr(start.retention, "keep_house", lambda *, at: hours.pop() if hours else None)

    lived_through(hours)

    assert "The daily backup did not work; it is tried again in an hour." in caplog.text
    assert "No backup was made: " in caplog.text
    assert {one.levelname for one in caplog.records if "daily backup" in one.message} == {"ERROR"}
    (line, *_) = [one for one in doctor.examine(at=datetime.now(UTC)) if one.about == "backup"]
    assert line.state == "broken"
    assert "did not work: No backup was made: " in line.says
    assert figure("mcm_backup_last_failure_timestamp_seconds") > 0


def figure(name: str) -> float:
    found = metrics.registry.get_sample_value(name)
    assert found is not None
    return found


def test_a_backup_that_works_again_takes_the_word_of_the_last_failure_back(sqlite: str, home: Path) -> None:
    at = datetime.now(UTC)
    copies.note_failure(RuntimeError("somebody's words"), at - timedelta(hours=1))
    failed = copies.failure()
    assert failed
    assert failed.why == "It ended with RuntimeError."

    made = copies.make(at=at)

    assert copies.failure() is None
    assert figure("mcm_backup_last_failure_timestamp_seconds") == 0
    assert figure("mcm_backup_last_success_timestamp_seconds") == int(at.timestamp())
    made.unlink()
    assert figure("mcm_backup_last_success_timestamp_seconds") == 0


def test_a_word_that_cannot_be_read_is_none(sqlite: str, home: Path) -> None:
    (home / "backup-failed.json").write_text("half of it")

    assert copies.failure() is None


def lived_through(hours: list[BaseException | None]) -> None:
    """Housekeeping for as many hours as there are entries, of a millisecond each."""

    async def serve() -> None:
        async with start.housekeeping():
            while hours:
                await asyncio.sleep(0.001)

    asyncio.run(serve())


def test_what_opens_and_closes_by_itself_is_looked_at_every_minute(
    sqlite: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    minutes: list[BaseException | None] = [None, RuntimeError(), None]

    def keep_house(*, at: datetime) -> None:
        if trouble := minutes.pop(0) if minutes else None:
            raise trouble

    monkeypatch.setattr(start, "MINUTE", 0.001)
    monkeypatch.setattr(start.pulses, "keep_house", keep_house)

    lived_through(minutes)

    assert "Opening and closing News and views did not work; it is tried again in a minute." in caplog.text


def test_an_hour_in_which_it_does_not_work_is_not_the_last(
    sqlite: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hours: list[BaseException | None] = [RuntimeError(), None]

    def keep_house(*, at: datetime) -> None:
        if trouble := hours.pop(0) if hours else None:
            raise trouble

    monkeypatch.setattr(start, "HOUR", 0.001)
    monkeypatch.setattr(start.retention, "keep_house", keep_house)

    lived_through(hours)

    assert hours == []
    assert "tried again in an hour" in caplog.text


@pytest.mark.parametrize(
    ("set_", "said"),
    [
        ((), "MCM_OPERATOR and MCM_CONTACT are not set"),
        (("MCM_OPERATOR",), "MCM_CONTACT is not set"),
        (("MCM_OPERATOR", "MCM_CONTACT"), ""),
    ],
)
def test_the_console_says_what_the_privacy_page_cannot(
    monkeypatch: pytest.MonkeyPatch, set_: tuple[str, ...], said: str
) -> None:
    for name in ("MCM_OPERATOR", "MCM_CONTACT"):
        monkeypatch.delenv(name, raising=False)
    for name in set_:
        monkeypatch.setenv(name, "Harbour Trust")

    assert start.unnamed().startswith(said)
    assert bool(start.unnamed()) is bool(said)
