"""Joining: by a personal link, by a guest's link, or by the room's code. No page names anybody."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from mcm_core.domain.errors import McmError
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import guests, members
from mcm_core.store.engine import read, write
from mcm_core.web import cookie
from mcm_core.web.browser import now, sign_in, visitor_of
from mcm_core.web.careful import Sent
from mcm_core.web.connection import is_in_the_clear
from mcm_core.web.network import network
from mcm_core.web.replies import home, page, status_of

NOBODY_ANSWERS = (
    "No room answers to this code just now. Each session has a code of its own, which works only around that session. "
    "Look at it once more, or ask your facilitator."
)
UNTIL_MIDNIGHT = "until midnight"
#: Who is asked before joining signs them out here. Who waits, or is halfway in, has nothing to lose.
SIGNED_IN = frozenset({Role.FACILITATOR, Role.MEMBER, Role.UNREAD, Role.GUEST})


def show_link(request: Request, _sent: Sent) -> Response:
    """GET /j/<token>: a page with one button. It writes nothing, so link previews neither join nor use the link up."""
    with read() as db:
        visitor = visitor_of(request, db)
        if visitor and _is_in(request, db):
            return home()
    return _button(request, visitor)


def use_link(request: Request, sent: Sent) -> Response:
    """POST /j/<token>: join, or wait to be let in."""
    with write() as db:
        visitor = visitor_of(request, db)
        if _would_sign_out(visitor, sent) and not _is_in(request, db):
            return _button(request, visitor, status=409)
        browser_token = cookie.read(request.cookies)
        joined = members.join_by_link(db, request.path_params["token"], browser_token=browser_token, at=now())
        return sign_in(db, request, home(), joined.token)


def show_guest_link(request: Request, _sent: Sent) -> Response:
    """GET /g/<token>: the same page for a guest of one session; as inert as a member's. A link whose day is over, or
    that is none, says so at once."""
    with read() as db:
        visitor = visitor_of(request, db)
        if visitor and _is_guest(request, db):
            return home()
        guests.refuse_over(db, request.path_params["token"], at=now())
    return _button(request, visitor, until=UNTIL_MIDNIGHT)


def use_guest_link(request: Request, sent: Sent) -> Response:
    """POST /g/<token>: come in as the link's guest."""
    with write() as db:
        visitor = visitor_of(request, db)
        if _would_sign_out(visitor, sent) and not _is_guest(request, db):
            return _button(request, visitor, until=UNTIL_MIDNIGHT, status=409)
        browser_token = cookie.read(request.cookies)
        token = guests.come_in(db, request.path_params["token"], browser_token=browser_token, at=now())
        return sign_in(db, request, home(), token)


def show_door(request: Request, _sent: Sent) -> Response:
    """GET /join and /join/<code>: the room's code and a name."""
    visitor = visitor_of(request)
    if visitor and not visitor.facilitates:
        return home()
    return _door(request, visitor, code=request.path_params.get("code", ""))


def knock(request: Request, sent: Sent) -> Response:
    """POST /join: wait at the room's door."""
    code, name = sent.get("code", ""), sent.get("name", "")
    try:
        with write() as db:
            visitor = visitor_of(request, db)
            if _would_sign_out(visitor, sent):
                return _door(request, visitor, code=code, name=name, status=409)
            token = members.knock(db, code, name, network=network(request), at=now())
            if token is not None:
                return sign_in(db, request, home(), token)
        return _door(request, code=code, name=name, sentence=NOBODY_ANSWERS, status=404)
    except McmError as error:
        return _door(request, code=code, name=name, sentence=str(error), status=status_of(error))


def _button(
    request: Request, visitor: Visitor | None, *, until: str = "until the sessions are over", status: int = 200
) -> Response:
    clear = is_in_the_clear(request.scope)
    return page("join.html", status=status, here=_signed_in(visitor), until=until, in_the_clear=clear)


def _door(
    request: Request,
    visitor: Visitor | None = None,
    *,
    code: str = "",
    name: str = "",
    sentence: str = "",
    status: int = 200,
) -> Response:
    clear = is_in_the_clear(request.scope)
    here = _signed_in(visitor)
    return page("door.html", status=status, here=here, code=code, name=name, sentence=sentence, in_the_clear=clear)


def _signed_in(visitor: Visitor | None) -> Visitor | None:
    return visitor if visitor and visitor.role in SIGNED_IN else None


def _is_in(request: Request, db: Session) -> bool:
    token = cookie.read(request.cookies) or ""
    return members.has_used_link(db, request.path_params["token"], browser_token=token, at=now())


def _is_guest(request: Request, db: Session) -> bool:
    token = cookie.read(request.cookies) or ""
    return guests.is_guest(db, request.path_params["token"], browser_token=token, at=now())


def _would_sign_out(visitor: Visitor | None, sent: Sent) -> bool:
    """Whether joining would sign somebody out here who has not been asked."""
    return _signed_in(visitor) is not None and "instead" not in sent
