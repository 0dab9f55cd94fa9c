"""The rounds that open and close by themselves between the meetings: the pulse of News and views.

Nobody's hand opens or closes one, and no row of it has a moment that tells when somebody came: it carries those of its
window (`domain.news`). Answers go into a bag like those of any anonymous round, and its close is its reveal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.mode import Mode, threshold
from mcm_core.domain.news import Window, window
from mcm_core.domain.round import Lane, RoundState
from mcm_core.services import audit, bags, instruments, releases
from mcm_core.services.cohorts import turn
from mcm_core.services.round_rows import as_round
from mcm_core.services.visitors import as_meeting
from mcm_core.store.engine import read, write
from mcm_core.store.tables import CohortRow, CohortSessionRow, MemberRow, RoundRow, RunSheetRow, new_id


def keep_house(*, at: datetime) -> int:
    """Open and close whatever is due in all cohorts; returns how many. Any number of servers may do it at once."""
    with read() as db:
        waiting = sorted(due(db, at=at))
    done = 0
    for cohort_id in waiting:
        with write() as db:
            done += settle(db, cohort_id, at=at)
    return done


def asked() -> Instrument | None:
    """What is asked between the meetings, if there is a file for it."""
    return next((one for one in instruments.offered().values() if one.between), None)


def due(db: Session, *, at: datetime) -> set[str]:
    """The cohorts in which a pulse is to be opened or closed now. For the server."""
    rows, of_all = _rows(db), _meetings(db).items()
    return {cohort_id for cohort_id, meetings in of_all if any(_steps(db, cohort_id, meetings, rows, at))}


def settle(db: Session, cohort_id: str, *, at: datetime) -> int:
    """Do what is due in one cohort. Of several servers that come at once each step is taken by one."""
    meetings = _meetings(db, [cohort_id])[cohort_id]
    done = 0
    for meeting, row, when in list(_steps(db, cohort_id, meetings, _rows(db, cohort_id), at)):
        moved = _close(db, row, when) if row else _open(db, cohort_id, meeting, when)
        if moved:
            deed = Deed.ROUND_REVEALED if row else Deed.ROUND_OPENED
            audit.note(db, Actor.SERVER, deed, moved, cohort_id=cohort_id, at=at)
            done += 1
    return done


def _steps(
    db: Session, cohort_id: str, meetings: Sequence[CohortSession], rows: Mapping[str, RoundRow], at: datetime
) -> Iterator[tuple[CohortSession, RoundRow | None, Window]]:
    """Each session whose pulse is to be closed, with its row, or opened. Nothing is asked of one that was cancelled."""
    for meeting in meetings:
        when, row = window(meetings, meeting.number), rows.get(meeting.id)
        if row is None and not meeting.cancelled and when.is_open(at) and _is_large_enough(db, cohort_id):
            yield meeting, None, when
        elif row is not None and row.state == RoundState.OPEN and at >= when.closes_at:
            yield meeting, row, when


def _rows(db: Session, cohort_id: str | None = None) -> dict[str, RoundRow]:
    """The pulses of a cohort, or of all, by session."""
    rows = select(RoundRow).where(RoundRow.lane == Lane.BETWEEN)
    if cohort_id is not None:
        rows = rows.where(RoundRow.cohort_id == cohort_id)
    return {row.session_id: row for row in db.scalars(rows)}


def _is_large_enough(db: Session, cohort_id: str) -> bool:
    members = db.scalars(select(func.count()).where(MemberRow.cohort_id == cohort_id)).one()
    return members >= _threshold(db, cohort_id)


def _threshold(db: Session, cohort_id: str) -> int:
    return threshold(Mode.ANONYMOUS, db.scalars(select(CohortRow.threshold).where(CohortRow.id == cohort_id)).one())


def _open(db: Session, cohort_id: str, meeting: CohortSession, when: Window) -> str | None:
    """Open the pulse of a session; None when another server has, or there is no file with what to ask."""
    instrument, made = asked(), new_id()
    if instrument is None:
        return None
    row = RoundRow(
        id=made,
        first_id=made,
        cohort_id=cohort_id,
        session_id=meeting.id,
        instrument_id=instruments.stored_id(db, instrument),
        attempt=1,
        themes=[theme.key for theme in instrument.themes],
        minutes=5,
        mode=Mode.ANONYMOUS,
        lane=Lane.BETWEEN,
        threshold=_threshold(db, cohort_id),
        state=RoundState.OPEN,
        created_at=when.opens_at,
        opened_at=when.opens_at,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        return None
    turn(db, cohort_id)
    bags.begin(db, as_round(db, row))
    return made


def _close(db: Session, row: RoundRow, when: Window) -> str | None:
    """Seal the answers and show what may be shown, in one step; None when another server has."""
    moved = db.scalar(
        update(RoundRow)
        .where(RoundRow.id == row.id, RoundRow.state == RoundState.OPEN)
        .values(state=RoundState.REVEALED.value, version=RoundRow.version + 1, revealed_at=when.closes_at)
        .returning(RoundRow.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        return None
    db.refresh(row)
    turn(db, row.cohort_id)
    releases.freeze(db, as_round(db, row))
    return row.id


def _meetings(db: Session, cohort_ids: Collection[str] | None = None) -> dict[str, list[CohortSession]]:
    """The sessions of these cohorts, or of all that are kept."""
    rows = (
        select(CohortSessionRow, CohortRow.time_zone, RunSheetRow.ended_at)
        .join(CohortRow, CohortRow.id == CohortSessionRow.cohort_id)
        .outerjoin(RunSheetRow, RunSheetRow.session_id == CohortSessionRow.id)
        .where(CohortRow.deleted_at.is_(None))
    )
    if cohort_ids is not None:
        rows = rows.where(CohortRow.id.in_(cohort_ids))
    found: dict[str, list[CohortSession]] = defaultdict(list)
    for row, zone, ended_at in db.execute(rows.order_by(CohortSessionRow.cohort_id, CohortSessionRow.number)):
        found[row.cohort_id].append(as_meeting(row, zone, ended_at))
    return found
