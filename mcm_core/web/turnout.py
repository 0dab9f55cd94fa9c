"""How many are in, as a few words, for the screens that count (ui/assets/turnout.js)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mcm_core.domain.errors import NotAllowed
from mcm_core.services import readings
from mcm_core.store.engine import read
from mcm_core.web.browser import now, visitor_of
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import sorry_in_place

ADDRESS = "/turnout"


def look(request: Request, _sent: Sent) -> Response:
    """GET /turnout?round=…: "9 of 12 here are in". Raises NotAllowed for whoever has no part in the round's cohort."""
    with read() as db:
        visitor = visitor_of(request, db)
        if visitor is None:
            raise NotAllowed
        return PlainTextResponse(str(readings.turnout(db, visitor, request.query_params.get("round", ""), at=now())))


routes: list[Route] = [Route(ADDRESS, careful(look, sorry_in_place), methods=["GET"])]
