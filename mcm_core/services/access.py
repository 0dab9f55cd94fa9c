"""Who may do what. Every verb says who it is open to, and its body runs for nobody else:

    @open_to(FACILITATORS)
    def rename(db: Session, visitor: Visitor, cohort_id: str, name: str) -> None: …

The declaration is the authorisation, asked of the database inside the verb's own transaction: pages and widgets prove
nothing. Which cohort is meant says the first parameter that names one or something in one (`_COHORT_OF`); without such
a parameter it is the visitor's own. A foreign cohort and one that does not exist look the same: NotAllowed.
tests/services/test_who_may.py tries every verb as everybody.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Select, SQLColumnExpression, String, bindparam, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Reconfirm
from mcm_core.domain.visitor import Standing, Visitor
from mcm_core.store.tables import (
    ApplicationRow,
    BlockRow,
    CatchUpRow,
    CohortSessionRow,
    DocumentCopyRow,
    DotVoteRow,
    FacilitationRow,
    GuestRow,
    InterestRow,
    InvitationRow,
    MemberRow,
    MessageRow,
    NewsLineRow,
    NoteRow,
    OfferRow,
    RoundRow,
    SignInRow,
    TopicRow,
)

P = ParamSpec("P")
R = TypeVar("R")
Cohort = SQLColumnExpression[Any]

OWNER = frozenset({Standing.OWNER})
FACILITATORS = OWNER | {Standing.CO_FACILITATOR}
MEMBERS = frozenset({Standing.MEMBER})
COHORT = FACILITATORS | MEMBERS
ARRIVED = MEMBERS | {Standing.UNREAD}  # for what is a member's own, also before they have read the document
INSIDE = FACILITATORS | ARRIVED
GUESTS = frozenset({Standing.GUEST})
ANY_FACILITATOR = FACILITATORS | {Standing.STRANGER}
HALFWAY = frozenset({Standing.HALFWAY})
ANYBODY = frozenset(Standing)

RECENT = timedelta(minutes=10)  # OWASP ASVS 5.0, 7.5.3
FOR_FACILITATORS = "This is for facilitators. Sign in as one and try again."
_declared: dict[object, frozenset[Standing]] = {}


# The statements of this page are built once, on tables: half of what a tap costs was building them anew.
_sign_in, _facilitation = SignInRow.__table__, FacilitationRow.__table__
_copy = DocumentCopyRow.__table__
#: The condition that the member behind a sign-in has read the participation document, or was talked through it: the
#: gate (domain.md §0.8). It is part of the one query that asks who acts, so it costs a vote none of its own.
HAS_READ = (
    select(_copy.c.member_id)
    .where(_copy.c.member_id == _sign_in.c.member_id, _copy.c.read_at.is_not(None))
    .correlate(_sign_in)
    .exists()
)
_BY_BROWSER = _sign_in.c.token_hash == bindparam("sign_in")


def _in(row: Any) -> Cohort:
    table = row.__table__
    return select(table.c.cohort_id).where(table.c.id == bindparam("named")).scalar_subquery()


_COHORT_OF: dict[str, Cohort] = {
    "cohort_id": bindparam("named", type_=String),
    "session_id": _in(CohortSessionRow),
    "member_id": _in(MemberRow),
    "round_id": _in(RoundRow),
    "round_": bindparam("named", type_=String),
    "note_id": _in(NoteRow),
    "topic_id": _in(TopicRow),
    "vote_id": _in(DotVoteRow),
    "offer_id": _in(OfferRow),
    "knock_id": _in(SignInRow),
    "guest_id": _in(GuestRow),
    "invitation_id": _in(InvitationRow),
    "application_id": _in(ApplicationRow),
    "interest_id": _in(InterestRow),
    "message_id": _in(MessageRow),
    "catch_up_id": _in(CatchUpRow),
    "line_id": _in(NewsLineRow),
    "block_id": _in(BlockRow),
}


def _standing_in(cohort: Cohort) -> Select[Any]:
    joined = _facilitation.c.facilitator_id == _sign_in.c.facilitator_id
    return (
        select(
            _sign_in.c.facilitator_id,
            _sign_in.c.waiting,
            _sign_in.c.guest_id,
            _facilitation.c.standing,
            (_sign_in.c.cohort_id == cohort).label("here"),
            HAS_READ.label("has_read"),
        )
        .select_from(_sign_in)
        .outerjoin(_facilitation, joined & (_facilitation.c.cohort_id == cohort))
        .where(_BY_BROWSER)
    )


_OWN = _standing_in(_sign_in.c.cohort_id)
_STANDING = {naming: _standing_in(cohort) for naming, cohort in _COHORT_OF.items()}
_FACILITATOR = select(_sign_in.c.facilitator_id, _sign_in.c.waiting, _sign_in.c.confirmed_at).where(_BY_BROWSER)
_FACILITATING = (
    select(_sign_in.c.facilitator_id)
    .join(_facilitation, _facilitation.c.facilitator_id == _sign_in.c.facilitator_id)
    .where(_BY_BROWSER, _sign_in.c.waiting.is_(False), _facilitation.c.cohort_id == bindparam("cohort_id"))
)
_MEMBER = select(_sign_in.c.member_id).where(
    _BY_BROWSER, _sign_in.c.cohort_id == bindparam("cohort_id"), _sign_in.c.waiting.is_(False)
)


def open_to(
    who: frozenset[Standing], *, otherwise: str = "", itself: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare who a verb is open to; everybody else gets NotAllowed, with the sentence `otherwise` if it has one.

    `itself`: the verb's own statement asks who acts. For the tap of an answer, where every query counts.
    A verb without a visitor asks for a link, a code or a password instead, and can be open to ANYBODY only.
    """

    def declare(verb: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(verb)
        naming = next((name for name in signature.parameters if name in _COHORT_OF), None)
        if "visitor" not in signature.parameters and who != ANYBODY:
            raise TypeError(f"{verb.__qualname__} cannot know who acts: give it a visitor, or open it to ANYBODY")

        @wraps(verb)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            given = signature.bind(*args, **kwargs).arguments
            if _standing(given["db"], given["visitor"], naming, given.get(naming or "")) not in who:
                raise NotAllowed(otherwise) if otherwise else NotAllowed
            return verb(*args, **kwargs)

        said = verb if itself or who == ANYBODY else asked
        _declared[said] = who
        return said

    return declare


def declared(verb: object) -> frozenset[Standing] | None:
    """Who a verb says it is open to; None when it says nothing."""
    return _declared.get(verb)


def _standing(db: Session, visitor: Visitor, naming: str | None, named: Any) -> Standing:
    """What the visitor is to a cohort, in one query, whatever the visitor says of themselves."""
    asked = {"sign_in": visitor.sign_in, "named": named.cohort_id if naming == "round_" else named}
    row = db.execute(_STANDING[naming] if naming else _OWN, asked).one_or_none()
    if row is None:
        return Standing.NOBODY
    if row.facilitator_id:
        return Standing.HALFWAY if row.waiting else Standing(row.standing or Standing.STRANGER)
    if not row.here:
        return Standing.NOBODY
    if row.waiting:
        return Standing.WAITING
    if row.guest_id:
        return Standing.GUEST
    return Standing.MEMBER if row.has_read else Standing.UNREAD


def facilitator(db: Session, visitor: Visitor) -> str:
    """The id of the signed-in facilitator. Raises NotAllowed for anybody else."""
    return _facilitator(db, visitor, (False,))


def halfway(db: Session, visitor: Visitor) -> str:
    """The id of a facilitator who has given the password and not the second step. Raises NotAllowed."""
    return _facilitator(db, visitor, (True,))


def halfway_or_in(db: Session, visitor: Visitor) -> str:
    """The id of a facilitator before or after the second step. Raises NotAllowed for anybody else."""
    return _facilitator(db, visitor, (True, False))


@open_to(ANYBODY)
def recently(db: Session, visitor: Visitor, *, at: datetime) -> None:
    """Raise Reconfirm unless a facilitator said within ten minutes, by password or code, who they are.

    Signing in counts. Members have nothing that they could say again, and pass.
    """
    found = db.execute(_FACILITATOR, {"sign_in": visitor.sign_in}).one_or_none()
    if found is None:
        raise NotAllowed
    if found.facilitator_id and (found.confirmed_at is None or at - found.confirmed_at > RECENT):
        raise Reconfirm


def facilitating(db: Session, visitor: Visitor, cohort_id: str) -> str:
    """The id of the signed-in facilitator of this cohort. Raises NotAllowed for anybody else."""
    found: str | None = db.scalar(_FACILITATING, {"sign_in": visitor.sign_in, "cohort_id": cohort_id})
    if found is None:
        raise NotAllowed
    return found


def owns(db: Session, visitor: Visitor, cohort_id: str) -> bool:
    """Whether the signed-in facilitator of this cohort owns it. Raises NotAllowed for anybody else."""
    part = db.get(FacilitationRow, (facilitating(db, visitor, cohort_id), cohort_id))
    return part is not None and part.standing == Standing.OWNER


def member(db: Session, visitor: Visitor, cohort_id: str) -> str:
    """The id of the signed-in member of this cohort, read or unread. Raises NotAllowed for anybody else."""
    found: str | None = db.scalar(_MEMBER, {"sign_in": visitor.sign_in, "cohort_id": cohort_id})
    if found is None:
        raise NotAllowed
    return found


def _facilitator(db: Session, visitor: Visitor, waiting: tuple[bool, ...]) -> str:
    found = db.execute(_FACILITATOR, {"sign_in": visitor.sign_in}).one_or_none()
    if found is None or found.facilitator_id is None or found.waiting not in waiting:
        raise NotAllowed(FOR_FACILITATORS)
    return str(found.facilitator_id)
