"""Anonymous answers: one whole ballot each, dropped into a bag that nobody can look into and that its close empties."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.bag import COMMENTS_FROM, Bag, empty, put
from mcm_core.domain.differencing import GUARD
from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.instrument import Asked
from mcm_core.domain.mode import Mode
from mcm_core.domain.news import redacted
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Lane, LaunchCard, Round, RoundState
from mcm_core.domain.tally import Tally, of_counts
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, instruments
from mcm_core.services.access import ANYBODY, ARRIVED, COHORT, FACILITATORS, MEMBERS, open_to
from mcm_core.services.round_rows import as_round
from mcm_core.store import bag as store
from mcm_core.store import counts
from mcm_core.store.engine import announce
from mcm_core.store.tables import AnsweredRow, CommentsRow, MemberRow, ReleaseRow, RoundRow, SignInRow

CLOSED = "Voting has closed, so your answers were not sent."


@dataclass(frozen=True)
class Comments:
    """The comments of an anonymous round, in no order. `shared`: everybody in the cohort may read them."""

    bodies: tuple[str, ...]
    shared: bool


@open_to(MEMBERS)
def drop(
    db: Session,
    visitor: Visitor,
    round_id: str,
    answers: Mapping[str, Reading],
    comment: str = "",
    texts: Mapping[str, str] | None = None,
) -> None:
    """Send the visitor's whole ballot: an answer to every theme, once. Nothing links it to them, nor to a moment.

    `texts` are answers in words, by the key of their question.

    Raises NotAllowed for another cohort's round, Refused when it is closed or not anonymous or the ballot is not whole,
    Conflict when the visitor has answered before.
    """
    row = _anonymous(db, round_id, lock=True)
    if row.state != RoundState.OPEN:
        raise Refused(CLOSED)
    held = store.hold(db, round_id)
    member_id = access.member(db, visitor, row.cohort_id)  # now: an erasure may have held the bag until this moment
    if held is None:
        raise Refused(CLOSED)
    filled = put(_bag(held), _card(db, row), member_id, answers, comment, texts)
    store.replace(db, round_id, _row(row.id, row.cohort_id, filled))
    if row.lane == Lane.ROOM and len(filled.answered) % GUARD == 0:  # screens hear of every third, as they count
        announce(db, f"count:{row.cohort_id}")


@open_to(ARRIVED)
def sent(db: Session, visitor: Visitor, round_id: str) -> bool:
    """Whether the visitor has answered an anonymous round that is open. Nobody else can ask this."""
    row = _anonymous(db, round_id)
    member_id = access.member(db, visitor, row.cohort_id)
    held = store.look(db, round_id)
    return held is not None and member_id in held["answered"]


@open_to(ARRIVED)
def may_comment(db: Session, visitor: Visitor, cohort_id: str) -> bool:
    """Whether so many are in the group that comments can be read at all."""
    access.member(db, visitor, cohort_id)
    return db.scalars(select(func.count()).where(MemberRow.cohort_id == cohort_id)).one() >= COMMENTS_FROM


@open_to(ARRIVED)
def took_part(db: Session, visitor: Visitor) -> tuple[Round, ...]:
    """The anonymous rounds of which it is kept that the visitor answered, oldest first: open ones, and shown ones."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    told = set(db.scalars(select(AnsweredRow.round_id).where(AnsweredRow.member_id == member_id)))
    anonymous = select(RoundRow).where(RoundRow.cohort_id == visitor.cohort_id, RoundRow.mode == Mode.ANONYMOUS)
    rows = db.scalars(anonymous.order_by(RoundRow.opened_at, RoundRow.attempt)).all()
    return tuple(as_round(db, row) for row in rows if row.id in told or sent(db, visitor, row.id))


@open_to(COHORT)
def comments(db: Session, visitor: Visitor, round_id: str) -> Comments:
    """The comments of a revealed round: those shared, or for a facilitator those that wait to be read."""
    row = _anonymous(db, round_id)
    if shared := db.get(CommentsRow, round_id):
        return Comments(tuple(shared.bodies), shared=True)
    held = store.look(db, round_id)
    if held is None or row.state != RoundState.REVEALED or not visitor.facilitates:
        return Comments((), shared=False)
    return Comments(tuple(held["comments"]), shared=False)


@open_to(FACILITATORS)
def share_comments(
    db: Session,
    visitor: Visitor,
    round_id: str,
    chosen: Collection[int],
    *,
    at: datetime,
    edited: Mapping[int, str] | None = None,
) -> None:
    """Show the comments at these places to everybody, as one batch, and delete the others for good. Once.

    `edited` are those, by place, from which words were left out. Raises Refused for any other change of them.
    """
    row = _anonymous(db, round_id, lock=True)
    held = store.hold(db, round_id)
    if held is None or row.state != RoundState.REVEALED:
        raise Conflict("The comments of this round have been dealt with already. Look at the screen again.")
    kept = edited or {}
    bodies = [redacted(body, kept.get(place, body)) for place, body in enumerate(held["comments"]) if place in chosen]
    store.replace(db, round_id, None)
    if bodies:
        db.add(CommentsRow(round_id=round_id, cohort_id=row.cohort_id, bodies=bodies))
    deed = Deed.COMMENTS_SHARED if bodies else Deed.COMMENTS_DELETED
    audit.note(db, visitor, deed, round_id, cohort_id=row.cohort_id, at=at)
    announce(db, f"phase:{row.cohort_id}")


@open_to(ANYBODY)
def may_come(db: Session, *, since: datetime) -> bool:
    """Whether an answer may come in at any moment: a round is open, and somebody of its cohort was here since then."""
    round_is_open = (RoundRow.state == RoundState.OPEN) & (RoundRow.mode == Mode.ANONYMOUS)
    here = select(RoundRow.id).join(SignInRow, SignInRow.cohort_id == RoundRow.cohort_id)
    return db.scalar(here.where(round_is_open, SignInRow.seen_at > since).limit(1)) is not None


def begin(db: Session, round_: Round) -> None:
    """Lay out the bag of a round that opens. Called by `rounds.open_` in the same transaction."""
    store.hold(db, round_.id)
    store.replace(db, round_.id, _row(round_.id, round_.cohort_id, empty(round_.card)))


def begin_anew(db: Session) -> None:
    """Lay out an empty bag where an open round lost its own, as in a backup: people answer it anew."""
    lost = (RoundRow.mode == Mode.ANONYMOUS) & (RoundRow.state == RoundState.OPEN)
    for row in db.scalars(select(RoundRow).where(lost)):
        if store.hold(db, row.id) is None:
            store.replace(db, row.id, _row(row.id, row.cohort_id, empty(_card(db, row))))


def unseal(db: Session, round_: Round) -> Bag:
    """Take the answers out of the bag, for good: only comments that may be read stay in it. Called by the freezing."""
    held = store.hold(db, round_.id)
    bag = _bag(held) if held else empty(round_.card)
    readable = bag.readable_comments()
    waiting = {"round_id": round_.id, "cohort_id": round_.cohort_id, "answered": [], "counts": {}}
    store.replace(db, round_.id, {**waiting, "comments": list(readable)} if readable else None)
    counts.count(db, counts.VOTES, len(bag.answered) * len(round_.card.asked))  # not one by one, as they came
    return bag


def remember_who(db: Session, round_: Round, bag: Bag) -> None:
    """Keep who answered, to compare the next picture with this one, which is shown. Called by the freezing."""
    still_here = db.scalars(select(MemberRow.id).where(MemberRow.id.in_(bag.answered)).order_by(MemberRow.id))
    db.add_all(AnsweredRow(round_id=round_.id, member_id=who, cohort_id=round_.cohort_id) for who in still_here)
    db.flush()


def turnout(db: Session, round_id: str, state: str) -> int:
    """How many have answered: while the round is open only in steps of three. For `readings.turnout`."""
    frozen = select(ReleaseRow.picture["answered"].as_integer()).where(ReleaseRow.round_id == round_id)
    complete: int | None = db.scalar(frozen.limit(1))
    if complete is not None:
        return complete
    held = store.look(db, round_id)
    answered = len(held["answered"]) if held else 0
    return answered - answered % GUARD if state == RoundState.OPEN else answered


def _anonymous(db: Session, round_id: str, *, lock: bool = False) -> RoundRow:
    """The round, which must be anonymous. `lock`: a close waits for this transaction, and this one for it."""
    found = select(RoundRow).where(RoundRow.id == round_id)
    if lock:
        found = found.with_for_update(read=True).execution_options(populate_existing=True)
    row = db.scalars(found).one()
    if row.mode != Mode.ANONYMOUS:
        raise Refused("This round is not anonymous. Reload the page and answer there.")
    return row


def _card(db: Session, row: RoundRow) -> LaunchCard:
    return LaunchCard(instruments.stored(db, row.instrument_id), tuple(row.themes), mode=Mode.ANONYMOUS)


def _bag(row: RowMapping) -> Bag:
    counts: dict[str, dict[Asked, Tally]] = {
        theme: {asked: of_counts(numbers) for asked, numbers in by_asked.items()}
        for theme, by_asked in row["counts"].items()
    }
    return Bag(frozenset(row["answered"]), counts, tuple(row["comments"]))


def _row(round_id: str, cohort_id: str, bag: Bag) -> dict[str, Any]:
    return {
        "round_id": round_id,
        "cohort_id": cohort_id,
        "answered": sorted(bag.answered),
        "counts": {
            theme: {asked: list(tally.all_counts()) for asked, tally in tallies.items()}
            for theme, tallies in bag.counts.items()
        },
        "comments": list(bag.comments),
    }
