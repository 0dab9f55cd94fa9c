"""Help and support: the panel of every page, and the same as a page of its own."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mcm_core.domain.cohort import nearest
from mcm_core.domain.errors import McmError
from mcm_core.domain.signposting import Signposting
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, signposting
from mcm_core.store.engine import read
from mcm_core.web.browser import now, visitor_of
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import page


def show(request: Request, _sent: Sent) -> Response:
    """GET /help: for everybody, signed in or not."""
    return page("help.html", signs=signs_for(request))


def show_words(request: Request, _sent: Sent) -> Response:
    """GET /help/words: what the panel holds, renewed while the page stays."""
    return page("help_words.html", signs=signs_for(request))


def signs_for(request: Request) -> Signposting | None:
    """What the visitor's facilitator has written; None, and so the general words, for everybody else.

    Help must not fail: whatever is the matter, there are the general words.
    """
    try:
        with read() as db:
            visitor = visitor_of(request, db)
            cohort_id = visitor and (visitor.cohort_id or _facilitated(request, db, visitor))
            return signposting.of(db, visitor, cohort_id) if visitor and cohort_id else None
    except McmError:
        return None


def _facilitated(request: Request, db: Session, visitor: Visitor) -> str | None:
    """The facilitator's cohort that the page is about, or the one that meets today or nearest to it."""
    mine = cohorts.of_visitor(db, visitor)
    asked = request.query_params.get("cohort")
    if asked in {cohort.id for cohort in mine} or not mine:
        return asked if mine else None
    return nearest(mine, now()).id


routes: list[Route] = [
    Route("/help", careful(show), methods=["GET"]),
    Route("/help/words", careful(show_words), methods=["GET"]),
]
