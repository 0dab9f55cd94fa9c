"""What members said yes and no to. Only a member speaks for themselves; every word is dated and can be taken back.

Where nothing was said it is a no (domain.md §2.23.7: defaults off). Choosing one's name or the network for a note says
yes to just that, unless its author has said no to it before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from mcm_core.domain.audit import Deed
from mcm_core.domain.consent import Choice, Purpose, Said
from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.note import NAMING, Audience
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit
from mcm_core.services.access import ARRIVED, MEMBERS, open_to
from mcm_core.services.members.rows import tell_door
from mcm_core.services.round_rows import as_round
from mcm_core.store.notice import notice
from mcm_core.store.tables import AnsweredRow, ConsentRow, MemberRow, ReadingRow, RoundRow, SharedPlanRow


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> tuple[Choice, ...]:
    """Where the signed-in member stands on every purpose that is no round's own, in the order of the notice."""
    rows = _newest(db, access.member(db, visitor, visitor.cohort_id or ""))
    return tuple(
        Choice(wording, row.yes, row.said_at, row.version)
        if (row := rows.get((wording.purpose, None)))
        else Choice(wording, yes=wording.needed)
        for wording in notice().wordings
        if not wording.each_round
    )


@open_to(ARRIVED)
def history(db: Session, visitor: Visitor) -> tuple[Said, ...]:
    """Every yes and no that the signed-in member has said, newest first."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    standing = list(_newest(db, member_id).values())
    titles = {wording.purpose.value: wording.title for wording in notice().wordings}
    rows = db.execute(
        select(ConsentRow, RoundRow)
        .outerjoin(RoundRow, RoundRow.id == ConsentRow.round_id)
        .where(ConsentRow.member_id == member_id)
        .order_by(ConsentRow.said_at.desc(), ConsentRow.purpose, ConsentRow.number.desc())
    )
    return tuple(
        Said(
            purpose=Purpose(row.purpose),
            title=titles[row.purpose],
            about=as_round(db, round_).title if round_ else "",
            yes=row.yes,
            said_at=row.said_at,
            version=row.version,
            stands=row in standing,
            round_id=row.round_id,
        )
        for row, round_ in rows
    )


@open_to(ARRIVED)
def is_told(db: Session, visitor: Visitor) -> bool:
    """Whether the member has read the notice as it is worded now."""
    row = _newest(db, access.member(db, visitor, visitor.cohort_id or "")).get((Purpose.TAKING_PART, None))
    return row is not None and row.version == notice().version


@open_to(ARRIVED)
def acknowledge(db: Session, visitor: Visitor, *, at: datetime) -> None:
    """Keep that the member has read the notice and takes part. A second tap changes nothing."""
    if not is_told(db, visitor):
        keep(db, visitor, Purpose.TAKING_PART, yes=True, at=at)


@open_to(ARRIVED)
def say(db: Session, visitor: Visitor, purpose: Purpose, *, yes: bool, at: datetime) -> None:
    """Say yes or no to a purpose. The same word again changes nothing. Raises Refused for the one that is needed.

    A no to sharing one's plan deletes what was shared.
    """
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    wording = next(one for one in notice().wordings if one.purpose == purpose)
    if wording.needed and not yes:
        raise Refused(wording.after_no)
    if wording.each_round:
        raise Refused("You are asked for this in every round by itself, where you answer.")
    row = _newest(db, member_id).get((purpose, None))
    if row is None or row.yes != yes:
        keep(db, visitor, purpose, yes=yes, at=at)
    if purpose is Purpose.PLAN_SHARED and not yes:
        db.execute(delete(SharedPlanRow).where(SharedPlanRow.member_id == member_id))
        tell_door(db, visitor.cohort_id or "")


@open_to(MEMBERS)
def by_choosing(db: Session, visitor: Visitor, *, audience: str, attribution: str, at: datetime) -> None:
    """Keep the yes that lies in what a member chose for a note, where they have not said anything before."""
    meant = {Purpose.NAME_WITH_NOTES: attribution in NAMING, Purpose.NOTES_BEYOND: audience == Audience.NETWORK}
    chosen = [purpose for purpose, is_meant in meant.items() if is_meant]
    said = _newest(db, access.member(db, visitor, visitor.cohort_id or "")) if chosen else {}
    for purpose in chosen:
        if (purpose, None) not in said:
            keep(db, visitor, purpose, yes=True, at=at)


def agrees(
    member_id: InstrumentedAttribute[Any] | str, purpose: Purpose, round_id: str | None = None
) -> ColumnElement[bool]:
    """The condition that a member's newest word, about this round if there is one, is yes; for other services.

    Asked member by member: a list of all who agree would be looked through whole, and grows with every cohort.
    """
    later = aliased(ConsentRow)
    newer = select(later.number).where(
        later.member_id == ConsentRow.member_id,
        later.purpose == ConsentRow.purpose,
        later.round_id.is_not_distinct_from(ConsentRow.round_id),
        later.number > ConsentRow.number,
    )
    said = select(ConsentRow.number).where(
        ConsentRow.member_id == member_id,
        ConsentRow.purpose == purpose.value,
        ConsentRow.round_id.is_not_distinct_from(round_id),
    )
    return said.where(ConsentRow.yes.is_(True), ~newer.exists()).exists()


def does_everybody_agree(db: Session, cohort_id: str, purpose: Purpose) -> bool:
    """Whether all who have joined the cohort, or are in its totals, say yes; who does not stays in the database.

    With a new link, or on another computer, somebody has yet to join again; their answers are there all the same.
    """
    counted = or_(
        MemberRow.joined_at.is_not(None),
        select(ReadingRow.round_id).where(ReadingRow.member_id == MemberRow.id).exists(),
        select(AnsweredRow.round_id).where(AnsweredRow.member_id == MemberRow.id).exists(),
    )
    silent = select(MemberRow.id).where(MemberRow.cohort_id == cohort_id, counted)
    return db.scalar(silent.where(~agrees(MemberRow.id, purpose)).limit(1)) is None


def keep(db: Session, by: Visitor, purpose: Purpose, *, yes: bool, at: datetime, round_id: str | None = None) -> None:
    """Add what a member has said. For services that have checked it. Raises Conflict for two words at once."""
    member_id = access.member(db, by, by.cohort_id or "")
    said = select(func.max(ConsentRow.number)).where(
        ConsentRow.member_id == member_id, ConsentRow.purpose == purpose.value
    )
    row = ConsentRow(
        member_id=member_id,
        purpose=purpose.value,
        number=(db.scalar(said) or 0) + 1,
        cohort_id=by.cohort_id,
        round_id=round_id,
        yes=yes,
        version=notice().version,
        said_at=at,
    )
    db.add(row)
    try:
        db.flush()
    except IntegrityError:
        raise Conflict("Your other phone has just changed this. Look again before you change it.") from None
    audit.note(db, by, Deed.CONSENT_GIVEN if yes else Deed.CONSENT_TAKEN_BACK, at=at)


def _newest(db: Session, member_id: str) -> dict[tuple[Purpose, str | None], ConsentRow]:
    """The word that stands, by purpose and the round that it is about."""
    rows = db.scalars(select(ConsentRow).where(ConsentRow.member_id == member_id).order_by(ConsentRow.number))
    return {(Purpose(row.purpose), row.round_id): row for row in rows}
