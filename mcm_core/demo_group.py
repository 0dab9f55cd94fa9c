"""The people of the demo while their story is told: who is signed in, and who arrives how."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from mcm_core.demo_story import Circle
from mcm_core.domain.cohort import Cohort
from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Visitor
from mcm_core.services import documents, facilitators, members, tickets, visitors


@dataclass
class Group:
    """A circle while its story is told: its people, the browsers that are signed in, and the round last opened.

    `topics` are the ids of the topics on the board, by the story's own keys. `pages` are addresses to print.
    """

    db: Session
    circle: Circle
    card: dict[str, str]
    cohort: Cohort
    lead: Visitor
    signed_in_at: datetime
    ids: dict[str, str] = field(default_factory=dict)
    here: dict[str, Visitor] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    round: Round | None = None
    topics: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)


def an_account(db: Session, *, username: str, name: str, password: str, at: datetime) -> str:
    """The one facilitator of the demo, made through the first invitation; returns the id."""
    invitation = facilitators.first_invitation(db, at=at) or ""
    cookie = facilitators.accept(db, invitation, username=username, name=name, password=password, at=at)
    return recognised(db, cookie, at).facilitator_id or ""


def as_facilitator(db: Session, facilitator_id: str, at: datetime) -> Visitor:
    """The facilitator, signed in at this moment."""
    return recognised(db, tickets.redeem(db, tickets.issue(db, facilitator_id, at=at), at=at), at)


def sign_in_anew(group: Group, at: datetime) -> None:
    """Have the facilitator come back; a sign-in lasts half a day."""
    group.lead = as_facilitator(group.db, group.lead.facilitator_id or "", at)
    group.signed_in_at = at


def arrive(group: Group, who: str, at: datetime) -> Visitor:
    """The member at their browser, which joins by the personal link the first time, and reads the document."""
    if who not in group.here:
        link = members.link_token(group.db, group.lead, group.ids[who], at=group.signed_in_at)
        group.cookies[who] = members.join_by_link(group.db, link, browser_token=None, at=at).token
        arrived = recognised(group.db, group.cookies[who], at)
        document = documents.of(group.db, arrived, group.cohort.id, at=at)
        documents.have_read(group.db, arrived, document.version, at=at)
        group.here[who] = recognised(group.db, group.cookies[who], at)
    visitors.touch(group.db, group.here[who], at=at)
    return group.here[who]


def links(group: Group) -> list[tuple[str, str]]:
    """Fresh links of some members, each with whose it is. A link lets the first browser in and later ones knock."""
    lines = [(f"{group.circle.name}, {label}", path) for label, path in group.pages.items()]
    names = {who: person.name for who, person in group.circle.members.items()}
    if group.circle.gathering:
        names = {who: one.name for who, one in group.circle.gathering.applicants.items()}
    for who in group.circle.links:
        members.reissue(group.db, group.lead, group.ids[who], at=group.signed_in_at)
        group.cookies.pop(who, None)
        link = members.link_token(group.db, group.lead, group.ids[who], at=group.signed_in_at)
        lines.append((f"{group.circle.name}, {names[who]}", f"/j/{link}"))
    return lines


def recognised(db: Session, cookie: str, at: datetime) -> Visitor:
    """Whoever a browser with this cookie is."""
    found = visitors.recognise(db, cookie, at=at)
    assert found is not None, "a browser that has just signed in"
    return found
