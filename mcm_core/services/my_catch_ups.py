"""My catch-ups: whom I meet this week, what I say of it, and one line with my partner's OK."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from mcm_core.domain.catch_up import (
    LINE_MAX,
    CatchUp,
    Line,
    Outcome,
    Partner,
    clean_line,
)
from mcm_core.domain.cohort import current_session
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, catch_up_rows, cohorts, notes
from mcm_core.services.access import ARRIVED, COHORT, MEMBERS, open_to
from mcm_core.store.tables import (
    CatchUpRow,
    LineAgreedRow,
    MemberRow,
    PairingRow,
    PlaceRow,
    ReachRow,
)

Agreements = Mapping[tuple[str, str, str], datetime | None]
GONE = "This catch-up is not there any more, or it is not yours. Open the page again."


@open_to(MEMBERS)
def mine(db: Session, visitor: Visitor) -> tuple[CatchUp, ...]:
    """Whom I catch up with this week; and last week's, once, where I said “not yet” (domain.md §5 row 35)."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    week = catch_up_rows.newest_shared(db, visitor.cohort_id or "")
    if week is None:
        return ()
    carried = and_(PairingRow.number == week.number - 1, PlaceRow.said == Outcome.NOT_YET)
    return _catch_ups(db, member_id, or_(PairingRow.id == week.id, carried))


@open_to(ARRIVED)
def all_of_mine(db: Session, visitor: Visitor) -> tuple[CatchUp, ...]:
    """Every catch-up that I was in, the newest first."""
    return _catch_ups(db, access.member(db, visitor, visitor.cohort_id or ""), PairingRow.shared_at.is_not(None))


@open_to(MEMBERS, otherwise=GONE)
def say(db: Session, visitor: Visitor, catch_up_id: str, met: str) -> None:
    """Say “met”, “not yet” or “swap” of one's own catch-up; the last word counts. Raises Refused, NotAllowed."""
    if met not in set(Outcome):
        raise Refused("That is not one of the three answers. Choose again.")
    place = _place(db, visitor, catch_up_id)
    place.said, place.changed = met, False


@open_to(MEMBERS, otherwise=GONE)
def write_line(db: Session, visitor: Visitor, catch_up_id: str, body: str, *, at: datetime) -> None:
    """Write, change or, with no words, take back the one line. A changed line waits for the partners anew.

    Raises Refused, NotAllowed.
    """
    place = _place(db, visitor, catch_up_id)
    line = clean_line(body, what="Your line", longest=LINE_MAX) or None
    if line != place.line:
        agreed = delete(LineAgreedRow).where(LineAgreedRow.catch_up_id == catch_up_id)
        db.execute(agreed.where(LineAgreedRow.author_id == place.member_id))
        place.line, place.line_at, place.note_id = line, at if line else None, None


@open_to(MEMBERS, otherwise=GONE)
def agree(
    db: Session, visitor: Visitor, catch_up_id: str, author_id: str, *, body: str, yes: bool, at: datetime
) -> None:
    """Say that a partner's line, as it was read, is fine with oneself, or not any longer.

    Raises NotAllowed, Refused.
    """
    mine_ = _place(db, visitor, catch_up_id)
    theirs = db.get(PlaceRow, (catch_up_id, author_id), with_for_update=True)
    if theirs is None or author_id == mine_.member_id:
        raise NotAllowed(GONE)
    said = {"catch_up_id": catch_up_id, "author_id": author_id, "member_id": mine_.member_id}
    db.execute(delete(LineAgreedRow).filter_by(**said))
    if yes and theirs.line != body:
        raise Refused("The line has changed meanwhile. Read it again before you say yes.")
    if yes:
        db.add(LineAgreedRow(**said, cohort_id=mine_.cohort_id, agreed_at=at))
        db.flush()


@open_to(MEMBERS, otherwise=GONE)
def make_note(db: Session, visitor: Visitor, catch_up_id: str, *, at: datetime) -> None:
    """Put one's own line on the wall, for the cohort, without a name. Raises Refused until every partner agreed."""
    place = _place(db, visitor, catch_up_id)
    (catch_up,) = _catch_ups(db, place.member_id, CatchUpRow.id == catch_up_id)
    line = next((line for line in catch_up.lines if line.mine), None)
    if line is None or not line.shared:
        raise Refused("Your line becomes a note once everybody in this catch-up has said that it is fine.")
    if place.note_id is None:
        meetings = cohorts.get(db, visitor, place.cohort_id).sessions
        note = notes.add(
            db, visitor, place.cohort_id, session_number=current_session(meetings, at).number, theme=None,
            instrument=None, kind=Kind.NUGGET, audience=Audience.COHORT, attribution=Attribution.ROLE,
            body=line.body, at=at,
        )  # fmt: skip
        place.note_id = note.id


@open_to(COHORT)
def shared_lines(db: Session, visitor: Visitor, cohort_id: str, *, since: datetime) -> tuple[str, ...]:
    """What people took from catch-ups and was shared since a moment: when the last of them agreed. Without names."""
    others, agreed = _others(PlaceRow), _agreed(PlaceRow, func.count())
    shared_at = func.coalesce(_agreed(PlaceRow, func.max(LineAgreedRow.agreed_at)), PlaceRow.line_at)
    found = db.execute(
        select(PlaceRow.line)
        .join(CatchUpRow, CatchUpRow.id == PlaceRow.catch_up_id)
        .join(PairingRow, PairingRow.id == CatchUpRow.pairing_id)
        .where(PlaceRow.cohort_id == cohort_id, PairingRow.shared_at.is_not(None))
        .where(PlaceRow.line.is_not(None), others > 0, others == agreed, shared_at >= since)
        .order_by(PlaceRow.line_at)
    )
    return tuple(line for (line,) in found if line)


def _place(db: Session, visitor: Visitor, catch_up_id: str) -> PlaceRow:
    """The visitor's own place in a group that is shared. A foreign group and none look the same."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    row = db.scalar(
        select(PlaceRow)
        .join(CatchUpRow, CatchUpRow.id == PlaceRow.catch_up_id)
        .join(PairingRow, PairingRow.id == CatchUpRow.pairing_id)
        .where(PlaceRow.catch_up_id == catch_up_id, PlaceRow.member_id == member_id)
        .where(PairingRow.shared_at.is_not(None))
        .with_for_update(of=PlaceRow)
    )
    if row is None:
        raise NotAllowed(GONE)
    return row


def _others(of: type[PlaceRow]) -> ColumnElement[int]:
    """How many partners the author of a line has."""
    there = PlaceRow.__table__.alias()
    count = select(func.count()).select_from(there).where(there.c.catch_up_id == of.catch_up_id)
    return count.where(there.c.member_id != of.member_id).correlate(of).scalar_subquery()


def _agreed(of: type[PlaceRow], what: ColumnElement[Any]) -> ColumnElement[Any]:
    """Such as how many of those who are still in the group agreed to a line."""
    there = PlaceRow.__table__.alias()
    count = (
        select(what)
        .select_from(LineAgreedRow)
        .join(
            there, (there.c.catch_up_id == LineAgreedRow.catch_up_id) & (there.c.member_id == LineAgreedRow.member_id)
        )
        .where(LineAgreedRow.catch_up_id == of.catch_up_id, LineAgreedRow.author_id == of.member_id)
    )
    return count.correlate(of).scalar_subquery()


def _catch_ups(db: Session, member_id: str, which: ColumnElement[bool]) -> tuple[CatchUp, ...]:
    """The member's own catch-ups that are meant, the newest first, in three queries."""
    places = db.execute(
        select(PlaceRow, PairingRow.number)
        .join(CatchUpRow, CatchUpRow.id == PlaceRow.catch_up_id)
        .join(PairingRow, PairingRow.id == CatchUpRow.pairing_id)
        .where(PlaceRow.member_id == member_id, PairingRow.shared_at.is_not(None), which)
        .order_by(PairingRow.number.desc(), CatchUpRow.id)
        .execution_options(populate_existing=True)
    ).all()
    ids = [place.catch_up_id for place, _ in places]
    people = _people(db, ids)
    agreed = _agreements(db, ids)
    return tuple(
        CatchUp(
            id=place.catch_up_id,
            number=number,
            partners=tuple(partner for _, partner in people[place.catch_up_id] if partner.id != member_id),
            said=Outcome(place.said) if place.said else None,
            lines=tuple(
                _line(one, author, member_id, agreed, [partner.id for _, partner in people[place.catch_up_id]])
                for one, author in people[place.catch_up_id]
                if one.line
            ),
            is_note=place.note_id is not None,
            changed=place.changed,
        )
        for place, number in places
    )


def _people(db: Session, ids: list[str]) -> Mapping[str, list[tuple[PlaceRow, Partner]]]:
    """Everybody in these groups by name, with the way to reach them."""
    rows = db.execute(
        select(PlaceRow, MemberRow.name, ReachRow.words)
        .join(MemberRow, MemberRow.id == PlaceRow.member_id)
        .outerjoin(ReachRow, ReachRow.member_id == PlaceRow.member_id)
        .where(PlaceRow.catch_up_id.in_(ids))
        .order_by(MemberRow.name_key)
    )
    found: dict[str, list[tuple[PlaceRow, Partner]]] = defaultdict(list)
    for place, name, reach in rows:
        found[place.catch_up_id].append((place, Partner(place.member_id, name, reach or "")))
    return found


def _agreements(db: Session, ids: list[str]) -> Agreements:
    """Who agreed to whose line, and when: group, author, partner."""
    row = LineAgreedRow
    asked = select(row.catch_up_id, row.author_id, row.member_id, row.agreed_at)
    found = db.execute(asked.where(row.catch_up_id.in_(ids)))
    return {(group, author, partner): at for group, author, partner, at in found}


def _line(place: PlaceRow, author: Partner, member_id: str, agreed: Agreements, people: Collection[str]) -> Line:
    partners = [one for one in people if one != author.id]
    mine_or_all = [member_id] if member_id in partners else partners
    said_at = [agreed.get((place.catch_up_id, author.id, one)) for one in mine_or_all]
    fine = {one: (place.catch_up_id, author.id, one) in agreed for one in partners}
    return Line(
        author_id=author.id,
        author=author.name,
        body=place.line or "",
        written_at=place.line_at,
        mine=author.id == member_id,
        agreed=fine.get(member_id, True),
        shared=bool(fine) and all(fine.values()),
        agreed_at=max(filter(None, said_at), default=None),
    )
