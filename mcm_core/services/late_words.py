"""What is filled into a message only when it is read or sent: so nothing that opens a door lies in the database."""

from __future__ import annotations

from sqlalchemy.orm import Session

from mcm_core.domain.message import filled, opens_a_door
from mcm_core.services.members.links import token_of
from mcm_core.services.opening_rows import link_of
from mcm_core.store.tables import ApplicationRow, MemberRow, MessageRow

#: What a facilitator reads who copies the message: the link would open what only its author may read.
HIDDEN = "(the link that you got when you began)"


def filled_in(db: Session, row: MessageRow, *, address: str, sending: bool = False) -> str:
    """The body with this server's address and, if it asks for it, its member's own link.

    An applicant's own link is filled in only while the message is sent by this server.

    For services that have checked who asks. Raises Refused when the link cannot be shown again.
    """
    applied = db.get(ApplicationRow, row.once) if sending and row.once else None
    words = {"address": address, "own_link": f"{address}/apply/{_newest_link(applied)}" if applied else HIDDEN}
    if row.member_id and opens_a_door(row.body):
        words["personal_link"] = f"{address}/j/{token_of(db.get_one(MemberRow, row.member_id))}"
    return filled(row.body, words)


def _newest_link(row: ApplicationRow) -> str:
    """The new one that was asked for, if there is one that has not been used yet."""
    return link_of(row.id, row.link_version + (row.link_next is not None))
