"""The browser behind a request: who it is signed in as, and signing it in."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from mcm_core.domain.errors import Refused
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import provider, remembered, visitors
from mcm_core.services.visitors import Recognised
from mcm_core.store import secret
from mcm_core.store.engine import read
from mcm_core.web import cookie
from mcm_core.web.connection import IN_THE_CLEAR, connection_of, facilitators_may


def now() -> datetime:
    """The moment of this request, in UTC."""
    return datetime.now(UTC)


def visitor_of(request: Request, db: Session | None = None) -> Recognised | None:
    """Who this browser is signed in as, or None; a facilitator is nobody where the connection is in the clear."""
    token = cookie.read(request.cookies)
    if token is None:
        return None
    if db is None:
        with read() as reading:
            return visitor_of(request, reading)
    visitor = visitors.recognise(db, token, at=now())
    in_the_clear = not facilitators_may(connection_of(request.scope))
    return None if visitor and visitor.facilitator_id and in_the_clear else visitor


def unproven(request: Request) -> Visitor:
    """Who this browser would be if its token is good: for verbs that ask that in a query of their own."""
    token = cookie.read(request.cookies)
    return Visitor(sign_in=secret.digest(token) if token else "", role=Role.MEMBER, name="")


def refuse_facilitators_in_the_clear(request: Request) -> None:
    """Raise Refused where a facilitator's password or cookie could be read on the way."""
    if not facilitators_may(connection_of(request.scope)):
        raise Refused(IN_THE_CLEAR)


def sign_in(db: Session, request: Request, response: Response, token: str) -> Response:
    """Have the response sign the browser in with this token, and out of whatever it was before."""
    before = cookie.read(request.cookies)
    if before and before != token:
        visitors.leave(db, before)
    if visitor := visitors.recognise(db, token, at=now()):
        at_door = visitor.role is Role.WAITING and visitor.cohort_id
        # Who waits may be let in: the browser keeps the token for then, and the server decides how long it waits.
        until = visitors.stay_ends(db, at_door, at=now()) if at_door else visitor.until
        cookie.set_(request, response, token, lasts=until - now())
        if visitor.facilitates and not provider.is_used():
            kept = remembered.renewed(db, visitor, cookie.kept(request.cookies), at=now())
            cookie.keep(request, response, kept, lasts=remembered.LASTS)
    return response
