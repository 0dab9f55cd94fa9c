"""Catch-ups as facilitators arrange them: proposed to them alone, changed as they like, then shared with everybody.

They see who is together. Who said what of a catch-up they do not see, nor whom a member keeps apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mcm_core.domain.catch_up import PairingRound, Together, refuse_week
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.pairing import GAPS, density, may_be_placed, propose
from mcm_core.domain.pairing_search import Group, pairs_in
from mcm_core.domain.visitor import Visitor
from mcm_core.services import catch_up_rows
from mcm_core.services.access import COHORT, FACILITATORS, open_to
from mcm_core.services.catch_up_rows import IS_IN, held, newest_shared, past, put, taking_part, to_mend
from mcm_core.services.cohorts import turn
from mcm_core.services.members.rows import lock
from mcm_core.store.tables import CatchUpRow, KeptApartRow, MemberRow, PairingRow

STALE = "Somebody else has changed these catch-ups meanwhile. Look at them again; nothing was changed by you."
CHANGED = "Something has changed since these catch-ups were suggested, so they do not fit any more. Suggest them anew."
SHARED = "These catch-ups are shared already, so people may have arranged to meet. Only what is broken can be mended."
#: Not why: whoever asked was promised that nobody is told who did (ui/catch_ups.py).
NOT_TOGETHER = "These people cannot be put together. Choose others."
TOO_FEW = "A catch-up needs two people, and fewer than two have joined. No week is used up; suggest them once two have."


@open_to(FACILITATORS)
def rounds(db: Session, visitor: Visitor, cohort_id: str) -> tuple[PairingRound, ...]:
    """Every week's catch-ups that were proposed or shared, the newest first."""
    weeks = db.scalars(select(PairingRow).where(PairingRow.cohort_id == cohort_id).order_by(PairingRow.number.desc()))
    newest = newest_shared(db, cohort_id)
    return tuple(_round(db, week, is_on=week is newest) for week in weeks.all())


@open_to(FACILITATORS)
def to_do(db: Session, visitor: Visitor, cohort_id: str) -> tuple[int, int]:
    """Which week was shared last, 0 for none; and how many of its groups are broken."""
    week = newest_shared(db, cohort_id)
    return (week.number, _broken(db, week)) if week else (0, 0)


@open_to(COHORT)
def how_many_met(db: Session, visitor: Visitor, cohort_id: str) -> str:
    """The one sentence about catch-ups of the whole cohort."""
    return density(catch_up_rows.met(db, cohort_id), catch_up_rows.how_many_are_in(db, cohort_id))


@open_to(FACILITATORS)
def suggest(db: Session, visitor: Visitor, cohort_id: str, number: int, *, at: datetime) -> None:
    """Propose a week's catch-ups, or others in place of those proposed; groups that are kept stand. Raises Refused."""
    _refuse_too_few(db, cohort_id)
    week = _unshared(db, cohort_id, number, at)
    _arrange(db, week, [group.people for group in held(db, [week.id]).get(week.id, ()) if group.kept])


@open_to(FACILITATORS)
def keep_together(
    db: Session, visitor: Visitor, cohort_id: str, number: int, member_ids: Collection[str], *, at: datetime
) -> None:
    """Have two or three people be a group of this week; the others are arranged around them. Raises Refused."""
    wanted = _ours(db, cohort_id, member_ids)
    week = _unshared(db, cohort_id, number, at)
    if not wanted <= taking_part(db, cohort_id, number):
        raise Refused("Somebody of these does not take part this week. Choose others.")
    if len(wanted) not in (2, 3):
        raise Refused("A catch-up is for two or three people. Choose two or three.")
    if not past(db, cohort_id, number).apart.isdisjoint(pairs_in(wanted)):
        raise Refused(NOT_TOGETHER)
    kept = [group.people for group in held(db, [week.id]).get(week.id, ()) if group.kept and not group.people & wanted]
    _arrange(db, week, [*kept, wanted])


@open_to(FACILITATORS)
def keep(db: Session, visitor: Visitor, catch_up_id: str, *, yes: bool) -> None:
    """Have a proposed group stay when others are suggested, or not any longer. Raises Refused once it is shared."""
    row = db.get_one(CatchUpRow, catch_up_id)
    if db.get_one(PairingRow, row.pairing_id).shared_at:
        raise Refused(SHARED)
    row.kept = yes


@open_to(FACILITATORS)
def share(db: Session, visitor: Visitor, cohort_id: str, number: int, *, version: int, at: datetime) -> None:
    """Show everybody whom they catch up with. `version` is the one that was looked at: raises Conflict for another.

    Raises Refused while there are no two to meet: an empty week would be used up.
    """
    week = _week(db, cohort_id, number)
    _refuse_too_few(db, cohort_id)
    if week is None or week.version != version:
        raise Conflict(STALE)
    if week.shared_at is None and not _fits(db, week):
        raise Conflict(CHANGED)
    if week.shared_at is None:
        week.shared_at = at
        turn(db, cohort_id)


@open_to(FACILITATORS)
def mend(db: Session, visitor: Visitor, cohort_id: str) -> None:
    """Arrange the week that is on anew for those whose partner left or who asked for another; for nobody else."""
    lock(db, cohort_id)
    catch_up_rows.mend(db, cohort_id)


@open_to(FACILITATORS)
def apart(db: Session, visitor: Visitor, cohort_id: str) -> tuple[tuple[str, str], ...]:
    """The ids of every two people whom facilitators keep apart. What members asked for themselves is not in it."""
    rows = db.execute(
        select(KeptApartRow.one_id, KeptApartRow.other_id)
        .where(KeptApartRow.cohort_id == cohort_id, KeptApartRow.by_facilitator)
        .order_by(KeptApartRow.one_id, KeptApartRow.other_id)
    )
    return tuple((one, other) for one, other in rows)


@open_to(FACILITATORS)
def keep_apart(db: Session, visitor: Visitor, cohort_id: str, member_ids: Collection[str], *, yes: bool) -> None:
    """Never put these two together, such as somebody and their manager (domain.md §5 row 33), or allow it again."""
    two = sorted(_ours(db, cohort_id, member_ids))
    if len(two) != 2:
        raise Refused("Choose two different people.")
    said = {"one_id": two[0], "other_id": two[1], "by_facilitator": True, "cohort_id": cohort_id}
    db.execute(delete(KeptApartRow).filter_by(**said))
    if yes:
        db.add(KeptApartRow(**said))
        db.flush()


def _arrange(db: Session, week: PairingRow, kept: Iterable[Group]) -> None:
    """Propose groups anew around those that are kept."""
    people = taking_part(db, week.cohort_id, week.number)
    before = past(db, week.cohort_id, week.number)
    standing = [group for group in kept if group <= people and before.apart.isdisjoint(pairs_in(group))]
    found = propose(
        people,
        before,
        weeks=GAPS - week.number + 1,
        seed=f"{week.cohort_id}.{week.number}.{week.version}",
        kept=standing,
    )
    db.execute(delete(CatchUpRow).where(CatchUpRow.pairing_id == week.id))
    for group in found.groups:
        put(db, week, group, kept=any(group >= one for one in standing))
    week.version += 1
    db.flush()


def _refuse_too_few(db: Session, cohort_id: str) -> None:
    """Weeks off do not count: where everybody takes one, the week is theirs to leave empty."""
    if catch_up_rows.how_many_are_in(db, cohort_id) < 2:
        raise Refused(TOO_FEW)


def _week(db: Session, cohort_id: str, number: int) -> PairingRow | None:
    refuse_week(number)
    lock(db, cohort_id)
    return db.scalar(select(PairingRow).where(PairingRow.cohort_id == cohort_id, PairingRow.number == number))


def _unshared(db: Session, cohort_id: str, number: int, at: datetime) -> PairingRow:
    """The week to propose, made when it is not there yet. Raises Refused when it is shared."""
    week = _week(db, cohort_id, number) or PairingRow(cohort_id=cohort_id, number=number, version=0, made_at=at)
    if week.shared_at:
        raise Refused(SHARED)
    db.add(week)
    db.flush()
    return week


def _fits(db: Session, week: PairingRow) -> bool:
    """Whether those who are proposed are those who take part, and nobody stands with whom they are kept apart from."""
    groups = [group.people for group in held(db, [week.id]).get(week.id, ())]
    before, people = past(db, week.cohort_id, week.number), taking_part(db, week.cohort_id, week.number)
    placed = {one for group in groups for one in group}
    together = {pair for group in groups for pair in pairs_in(group)}
    return before.apart.isdisjoint(together) and placed <= people and not may_be_placed(people - placed, people, before)


def _ours(db: Session, cohort_id: str, member_ids: Collection[str]) -> Group:
    """These people, if all of them are members of the cohort. Raises NotAllowed."""
    here = select(MemberRow.id).where(MemberRow.cohort_id == cohort_id, MemberRow.id.in_(list(member_ids)))
    found = frozenset(db.scalars(here))
    if found != frozenset(member_ids):
        raise NotAllowed("Somebody of these is not in this cohort any more. Choose again.")
    return found


def _broken(db: Session, week: PairingRow) -> int:
    """How many groups of a shared week somebody left, or wants to change."""
    people, before = taking_part(db, week.cohort_id, week.number), past(db, week.cohort_id, week.number)
    return len(to_mend(held(db, [week.id]).get(week.id, ()), people, before))


def _round(db: Session, week: PairingRow, *, is_on: bool) -> PairingRound:
    groups = held(db, [week.id]).get(week.id, ())
    wanted = select(MemberRow.id, MemberRow.name, IS_IN).where(MemberRow.cohort_id == week.cohort_id)
    rows = db.execute(wanted.order_by(MemberRow.name_key)).all()
    names, joined = {id_: name for id_, name, _ in rows}, {id_ for id_, _, is_in in rows if is_in}
    people = taking_part(db, week.cohort_id, week.number)
    placed = {one for group in groups for one in group.people}
    return PairingRound(
        number=week.number,
        shared_at=week.shared_at,
        version=week.version,
        groups=tuple(Together(group.id, _called(names, group.people), group.kept) for group in groups if group.people),
        alone=_called(names, people - placed),
        resting=_called(names, joined - people),
        not_joined=_called(names, names.keys() - joined),
        people={id_: name for id_, name in names.items() if id_ in people},
        to_mend=_broken(db, week) if is_on else 0,
        fits=bool(week.shared_at) or _fits(db, week),
    )


def _called(names: dict[str, str], people: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names[one] for one in people))
