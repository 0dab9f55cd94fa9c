"""The browser behind a request: who it is signed in as, and signing it in."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from mcm_core.services import visitors
from mcm_core.services.visitors import Recognised
from mcm_core.store.engine import read
from mcm_core.web import cookie


def now() -> datetime:
    """The moment of this request, in UTC."""
    return datetime.now(UTC)


def visitor_of(request: Request, db: Session | None = None) -> Recognised | None:
    """Who this browser is signed in as, or None."""
    token = cookie.read(request.cookies)
    if token is None:
        return None
    if db is not None:
        return visitors.recognise(db, token, at=now())
    with read() as reading:
        return visitors.recognise(reading, token, at=now())


def sign_in(db: Session, request: Request, response: Response, token: str) -> Response:
    """Have the response sign the browser in with this token, and out of whatever it was before."""
    before = cookie.read(request.cookies)
    if before and before != token:
        visitors.leave(db, before)
    if visitor := visitors.recognise(db, token, at=now()):
        cookie.set_(request, response, token, lasts=visitor.until - now())
    return response
