"""The disk is full: nothing is half written, reading goes on, and nobody needs to start anything anew."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from mcm_core.store import ballast
from mcm_core.store import engine as store
from mcm_core.store.tables import CohortRow
from mcm_core.store.together import write_together
from mcm_core.ui import page
from tests.faults.rooms import is_sound
from tests.pages.conftest import CLOCK, Open, open_page  # noqa: F401
from tests.services.people import NOW
from tests.services.stories import Group, a_group

ENOUGH = 1_000_000


@pytest.fixture
def disk(sqlite: str) -> Iterator[None]:
    """A database file that may not grow by a page; SQLite says the same then as on a full disk."""
    store.engine(sqlite).dispose()
    yield
    room_for(ENOUGH)


def room_for(pages: int) -> None:
    """How many pages the file of this thread's connection may have; no fewer than it has."""
    with store.read() as db:
        db.execute(text(f"PRAGMA max_page_count={pages}"))


def cohorts() -> int:
    with store.read() as db:
        return db.scalars(select(func.count()).select_from(CohortRow)).one()


def write_much(db) -> None:
    for number in range(2000):
        db.add(CohortRow(name="Ours" * 20, time_zone="UTC", code=f"{number:08}", threshold=5, created_at=NOW))
    db.flush()


def write_one_by_one(connection) -> None:
    for number in range(2000):
        connection.execute(
            "INSERT INTO cohort (id, name, time_zone, code, threshold, phase, created_at) "
            f"VALUES ('{number}', 'Ours', 'UTC', '{number:08}', 5, 0, '2026-01-05')"
        )


@pytest.mark.parametrize("way", ["alone", "together"])
def test_what_does_not_fit_is_refused_whole_with_a_sentence_and_fits_later(disk: None, way: str) -> None:
    def much() -> None:
        if way == "together":
            write_together(write_much)
            return
        with store.write() as db:
            write_much(db)

    room_for(1)
    with pytest.raises(store.DatabaseFull, match="disk of this server is full"):
        much()

    assert cohorts() == 0
    assert is_sound()
    room_for(ENOUGH)
    much()
    assert cohorts() == 2000


def test_without_one_transaction_some_of_it_would_stay(disk: None, sqlite: str) -> None:
    """The negative control."""
    room_for(1)

    with store.engine(sqlite).connect() as connection, pytest.raises(sqlite3.OperationalError, match="full"):
        write_one_by_one(connection.connection.driver_connection)

    assert 0 < cohorts() < 2000


def test_the_first_refusal_gives_the_ballast_back_to_the_disk(disk: None, home: Path) -> None:
    assert ballast.keep(home)
    assert (home / "ballast").stat().st_blocks * 512 >= ballast.SIZE
    room_for(1)

    with pytest.raises(store.DatabaseFull), store.write() as db:
        write_much(db)

    assert (home / "ballast").stat().st_blocks == 0


def test_a_disk_that_is_nearly_full_keeps_what_it_has(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballast, "PLENTY", os.statvfs(home).f_frsize * os.statvfs(home).f_blocks * 2)

    assert not ballast.keep(home)
    assert ballast.is_released(home)


@pytest.fixture
def group(sqlite: str) -> Group:
    with store.write() as db:
        return a_group(db, 2)


def warnings(app) -> str:
    return " ".join(str(one.value) for one in app.warning)


def test_facilitators_read_of_it_on_every_page_until_there_is_space(
    group: Group,
    home: Path,
    open_page: Open,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ballast.keep(home)
    assert "disk" not in warnings(open_page("notes", as_=group.facilitator))

    ballast.release(home)
    with monkeypatch.context() as patch:
        patch.setattr(ballast, "PLENTY", 1 << 60)
        assert "The disk of this server is full" in warnings(open_page("notes", as_=group.facilitator))
        assert "disk" not in warnings(open_page("notes", as_=group.members[0]))

    assert "disk" not in warnings(open_page("notes", as_=group.facilitator))


def test_pages_can_be_read_although_nothing_can_be_noted(
    group: Group,
    open_page: Open,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    errors = read_on_a_full_disk(group, open_page, monkeypatch)

    assert errors == []


def test_without_leave_to_go_on_they_would_not_open(
    group: Group,
    open_page: Open,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control."""
    monkeypatch.setattr(page, "suppress", lambda _error: nullcontext())

    assert len(read_on_a_full_disk(group, open_page, monkeypatch)) == 1


def read_on_a_full_disk(group: Group, open_: Open, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The errors on the pages of a member who has not been here for an hour."""

    def full(_db: object, *_args: object, **_more: object) -> None:
        raise store.DatabaseFull

    opened = open_("notes", as_=group.members[0])
    assert not opened.error
    monkeypatch.setattr(page.visitors, "touch", full)
    monkeypatch.setattr(page, "now", lambda: CLOCK + timedelta(hours=1))
    opened.run()
    return [str(error.value) for error in (*opened.error, *opened.exception)]
