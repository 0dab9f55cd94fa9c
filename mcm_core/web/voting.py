"""One tap of a ballot, sent by ui/assets/ballot.js."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.reading import UNKNOWN_LEVEL, NonAnswer, Reading
from mcm_core.domain.visitor import Visitor
from mcm_core.services import ballots
from mcm_core.services.ballots import Ballot
from mcm_core.store.engine import read
from mcm_core.store.together import write_together
from mcm_core.web.browser import now, unproven, visitor_of
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import sorry_in_place

ADDRESS = "/vote/answer"
EASING_BACK = "You hope for less than there is now. Are you easing back on purpose?"
ON_PURPOSE = "Yes, on purpose"
GONE = "You are not signed in any more, so this was not saved. Open your personal link again."


def answer(request: Request, sent: Sent) -> Response:
    """POST /vote/answer: store the answer to one theme. Says what is stored, and thanks when nothing is left to answer.

    A hope below now is stored after one plain question: it comes back as `ask`, to be sent again with `on_purpose`.
    """
    picked = Reading(_code(sent, "current"), _code(sent, "desired"))
    if picked.eases_back and sent.get("tapped") == "desired" and "on_purpose" not in sent:
        return JSONResponse({"ask": EASING_BACK, "yes": ON_PURPOSE})
    round_id, theme, at = sent.get("round", ""), sent.get("theme", ""), now()

    def store(db: Session) -> Ballot:
        return _asked(db, request, lambda visitor: ballots.answer(db, visitor, round_id, theme, picked, at=at))

    ballot = write_together(store)
    return JSONResponse({**told(ballot, theme), "thanks": thanks(ballot)})


def look(request: Request, _sent: Sent) -> Response:
    """GET /vote/answer?round=…: the visitor's answers as stored by now, by theme; another phone may have sent them."""
    with read() as db:
        round_id = request.query_params.get("round", "")
        ballot = _asked(db, request, lambda visitor: ballots.mine(db, visitor, round_id, at=now()))
    return JSONResponse({theme: told(ballot, theme) for theme in ballot.readings})


def _asked(db: Session, request: Request, verb: Callable[[Visitor], Ballot]) -> Ballot:
    """What a verb returns that asks by itself who acts. Raises NotAllowed, and says so when the sign-in has ended."""
    try:
        return verb(unproven(request))
    except NotAllowed:
        if visitor_of(request, db) is None:
            raise NotAllowed(GONE) from None
        raise


def told(ballot: Ballot, theme: str) -> dict[str, Any]:
    """One theme's answer as the component reads it: level codes, when it was saved (ISO 8601), and last time's."""
    reading = ballot.readings.get(theme, Reading())
    before = ballot.before.get(theme)
    return {
        "current": reading.current,
        "desired": reading.desired,
        "saved_at": reading.saved_at.isoformat() if reading.saved_at else None,
        "last_time": _last_time(ballot.instrument, before) if before else None,
    }


def thanks(ballot: Ballot) -> str | None:
    """What a member reads who has answered everything."""
    if ballot.turnout is None:
        return None
    of = ballot.turnout
    return f"Thank you. {of}. You can change your mind until it closes."


def _last_time(instrument: Instrument, before: Reading) -> str:
    codes = [code for code in (before.current, before.desired) if code is not None]
    labels = [instrument.label(code) if code > 0 else NonAnswer(code).label for code in codes]
    return f"Last time: {' → '.join(labels)}"


def _code(sent: Sent, name: str) -> int | None:
    try:
        return int(sent[name]) if name in sent else None
    except ValueError:
        raise Refused(UNKNOWN_LEVEL) from None


routes = [
    Route(ADDRESS, careful(answer, sorry_in_place), methods=["POST"]),
    Route(ADDRESS, careful(look, sorry_in_place), methods=["GET"]),
]
