"""GET /calendar/<token>.ics, which calendars follow by themselves; and /calendar/<cohort>/sessions.ics, to take the
meetings in once."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mcm_core.domain.errors import NotAllowed
from mcm_core.services import calendars
from mcm_core.services.calendar_file import MEDIA_TYPE, NAME
from mcm_core.store.engine import read
from mcm_core.web.browser import now, visitor_of
from mcm_core.web.careful import Sent, careful


def follow(request: Request, _sent: Sent) -> Response:
    """The calendar behind a member's own address; whoever has it needs no sign-in, as a calendar has none."""
    with read() as db:
        return _file(calendars.followed(db, request.path_params["token"], at=now()))


def take(request: Request, _sent: Sent) -> Response:
    """The meetings of the cohort of whoever is signed in, once."""
    with read() as db:
        visitor = visitor_of(request, db)
        if visitor is None:
            raise NotAllowed("You are not signed in any more. Open your link and try again.")
        return _file(calendars.take(db, visitor, request.path_params["cohort_id"], at=now()))


def _file(made: bytes) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{NAME}"'}
    return Response(made, headers={"Content-Type": MEDIA_TYPE, **disposition})


routes: list[Route] = [
    Route("/calendar/{token}.ics", careful(follow), methods=["GET"]),
    Route("/calendar/{cohort_id}/" + NAME, careful(take), methods=["GET"]),
]
