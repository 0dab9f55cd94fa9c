"""Sessions that are run by their run-sheets, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mcm_core.domain.run_sheet import RunSheet
from mcm_core.services import run_sheets
from tests.services.people import NOW
from tests.services.stories import Group


def a_sheet(db: Session, group: Group, number: int = 1) -> RunSheet:
    """The cohort's own run-sheet of a session, as it is when first looked at."""
    return run_sheets.make(db, group.facilitator, group.cohort.session(number).id)


def begin(db: Session, group: Group, number: int = 1, *, at: datetime = NOW) -> RunSheet:
    """The same with its first block on."""
    sheet = a_sheet(db, group, number)
    return run_sheets.begin(
        db, group.facilitator, sheet.session_id, version=sheet.version, at=at, is_connected=lambda _: False
    )


def hold(db: Session, group: Group, number: int = 1, *, at: datetime = NOW) -> RunSheet:
    """A session that was begun and ended."""
    sheet = begin(db, group, number, at=at)
    return run_sheets.end(
        db, group.facilitator, sheet.session_id, version=sheet.version, at=at, is_connected=lambda _: False
    )


def go_on(db: Session, group: Group, sheet: RunSheet, *, at: datetime = NOW, times: int = 1) -> RunSheet:
    """The sheet after pressing "next"."""
    for _ in range(times):
        sheet = run_sheets.go_on(
            db, group.facilitator, sheet.session_id, version=sheet.version, at=at, is_connected=lambda _: False
        )
    return sheet


def go_to(db: Session, group: Group, title: str, *, number: int = 1, at: datetime = NOW) -> RunSheet:
    """The session with the block of this title on, a minute after the first one began."""
    sheet = begin(db, group, number, at=at - timedelta(minutes=1))
    while sheet.current and sheet.current.title != title:
        sheet = go_on(db, group, sheet, at=at)
    return sheet
