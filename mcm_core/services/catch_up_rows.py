"""What the verbs about catch-ups share: who takes part, what was before, and mending a week somebody left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from mcm_core.domain.catch_up import OTHERWISE, Outcome
from mcm_core.domain.pairing import Proposal, have_met, is_broken, past_of, repaired
from mcm_core.domain.pairing_search import Group, Past
from mcm_core.services.cohorts import turn
from mcm_core.store.tables import (
    CatchUpRow,
    DocumentCopyRow,
    KeptApartRow,
    MemberRow,
    PairingRow,
    PlaceRow,
    WeekOffRow,
)

_READ = select(DocumentCopyRow.member_id).where(
    DocumentCopyRow.member_id == MemberRow.id, DocumentCopyRow.read_at.is_not(None)
)
#: The condition that a member is in. A new link empties `joined_at`, and who was in before stays in (with the document
#: read, which is the gate to everything else).
IS_IN = or_(MemberRow.joined_at.is_not(None), _READ.exists())


@dataclass(frozen=True)
class Held:
    """One group as it is stored: what each of its people said, and whether somebody wrote a line."""

    id: str
    kept: bool
    said: Mapping[str, str | None]
    has_line: bool

    @property
    def people(self) -> Group:
        return frozenset(self.said)

    @property
    def unhappy(self) -> list[str]:
        """Those who asked for another partner."""
        return [one for one, said in self.said.items() if said == Outcome.SWAP]

    @property
    def done(self) -> bool:
        """They have met: somebody says so, or wrote down what they take from it."""
        return self.has_line or Outcome.MET in self.said.values()


def how_many_are_in(db: Session, cohort_id: str) -> int:
    """The number of members who are in, with or without a week off."""
    return db.scalars(select(func.count()).select_from(MemberRow).where(MemberRow.cohort_id == cohort_id, IS_IN)).one()


def taking_part(db: Session, cohort_id: str, number: int) -> set[str]:
    """The members who are in and do not sit this week out."""
    resting = select(WeekOffRow.member_id).where(WeekOffRow.cohort_id == cohort_id, WeekOffRow.number == number)
    here = select(MemberRow.id).where(MemberRow.cohort_id == cohort_id, IS_IN)
    return set(db.scalars(here.where(MemberRow.id.not_in(resting))))


def held(db: Session, pairings: Sequence[str]) -> Mapping[str, tuple[Held, ...]]:
    """The groups of some weeks, by week, in an order that stays."""
    rows = db.execute(
        select(CatchUpRow, PlaceRow)
        .outerjoin(PlaceRow, PlaceRow.catch_up_id == CatchUpRow.id)
        .where(CatchUpRow.pairing_id.in_(pairings))
        .order_by(CatchUpRow.id, PlaceRow.member_id)
        .execution_options(populate_existing=True)
    )
    places: dict[CatchUpRow, list[PlaceRow]] = defaultdict(list)
    for group, place in rows:
        places[group].extend([place] if place else [])
    found: dict[str, list[Held]] = defaultdict(list)
    for group, people in places.items():
        said = {place.member_id: place.said for place in people}
        has_line = any(place.line is not None for place in people)
        found[group.pairing_id].append(Held(group.id, group.kept, said, has_line))
    return {pairing_id: tuple(groups) for pairing_id, groups in found.items()}


def past(db: Session, cohort_id: str, number: int) -> Past:
    """What the other weeks that were shared amount to, and who is kept apart by whomever."""
    others = select(PairingRow.id).where(
        PairingRow.cohort_id == cohort_id, PairingRow.number != number, PairingRow.shared_at.is_not(None)
    )
    weeks = held(db, list(db.scalars(others)))
    apart = db.execute(
        select(KeptApartRow.one_id, KeptApartRow.other_id).where(KeptApartRow.cohort_id == cohort_id)
    ).all()
    return past_of(
        ([group.people for group in week] for week in weeks.values()), frozenset(frozenset(two) for two in apart)
    )


def met(db: Session, cohort_id: str) -> set[Group]:
    """Every pair that has met, of the people who are still here."""
    shared = select(PairingRow.id).where(PairingRow.cohort_id == cohort_id, PairingRow.shared_at.is_not(None))
    weeks = held(db, list(db.scalars(shared)))
    groups = [group for week in weeks.values() for group in week]
    return {pair for group in groups for pair in have_met(group.said, yes=Outcome.MET, no=OTHERWISE)}


def newest_shared(db: Session, cohort_id: str) -> PairingRow | None:
    """The week that is on."""
    shared = select(PairingRow).where(PairingRow.cohort_id == cohort_id, PairingRow.shared_at.is_not(None))
    return db.scalar(shared.order_by(PairingRow.number.desc()).limit(1))


def to_mend(groups: Sequence[Held], people: set[str], before: Past) -> list[Held]:
    """The groups that have yet to meet and cannot, or not as they are."""
    return [
        group
        for group in groups
        if not group.done and (not group.people <= people or is_broken(group.people, before, group.unhappy))
    ]


def mend(db: Session, cohort_id: str) -> None:
    """Arrange the week that is on anew where somebody left or asked for a swap. Everybody else keeps their group."""
    week = newest_shared(db, cohort_id)
    if week is None:
        return
    groups, people = held(db, [week.id]).get(week.id, ()), taking_part(db, cohort_id, week.number)
    before = past(db, cohort_id, week.number)
    if not to_mend(groups, people, before):
        return
    found = repaired(
        [group.people for group in groups],
        people,
        before,
        unhappy=[one for group in groups for one in group.unhappy],
        done=[group.people for group in groups if group.done],
        seed=f"{week.id}.{week.version}",
    )
    _write(db, week, groups, found)
    week.version += 1
    turn(db, cohort_id)


def _write(db: Session, week: PairingRow, groups: Sequence[Held], found: Proposal) -> None:
    """Have the week's groups be those found. One that only grew or shrank stays, with all that was said in it."""
    left = list(found.groups)
    for group in sorted(groups, key=lambda one: -len(one.said)):
        now = next((one for one in left if group.people <= one or one <= group.people), None)
        if now is None:
            db.execute(delete(CatchUpRow).where(CatchUpRow.id == group.id))
            continue
        left.remove(now)
        gone = PlaceRow.member_id.in_(sorted(group.people - now))
        db.execute(delete(PlaceRow).where(PlaceRow.catch_up_id == group.id, gone))
        put(db, week, now - group.people, into=group.id)
        if now != group.people:
            _say_it_changed(db, group.id)
    for people in left:
        _say_it_changed(db, put(db, week, people))


def _say_it_changed(db: Session, *catch_up_ids: str) -> None:
    """Have everybody in these groups read that their catch-up has changed: not who left, nor why (§5 row 34)."""
    db.execute(update(PlaceRow).where(PlaceRow.catch_up_id.in_(catch_up_ids)).values(changed=True))


def say_who_goes(db: Session, member: MemberRow) -> None:
    """Before somebody's place goes with them: their group of the week that is on is another, unless it has met."""
    week = newest_shared(db, member.cohort_id)
    groups = held(db, [week.id]).get(week.id, ()) if week else ()
    _say_it_changed(db, *(group.id for group in groups if member.id in group.people and not group.done))


def put(db: Session, week: PairingRow, people: Group, *, into: str | None = None, kept: bool = False) -> str:
    """Give people their places, in a group that is there or in a new one; returns its id."""
    if into is None:
        row = CatchUpRow(cohort_id=week.cohort_id, pairing_id=week.id, kept=kept)
        db.add(row)
        db.flush()
        into = row.id
    db.add_all(PlaceRow(catch_up_id=into, member_id=one, cohort_id=week.cohort_id) for one in sorted(people))
    db.flush()
    return into
