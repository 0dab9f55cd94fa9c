"""What our own pages are made of, and how an error becomes one."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from mcm_core.charts.palette import DARK, LIGHT
from mcm_core.domain.errors import Conflict, McmError, NotAllowed, Reconfirm, Refused
from mcm_core.domain.signposting import parted
from mcm_core.services.throttle import Throttled
from mcm_core.store import texts
from mcm_core.store.engine import DatabaseUnavailable
from mcm_core.web.connection import FOR_MEMBERS
from mcm_core.web.policy import TEMPLATES, for_own_pages
from mcm_core.web.way_out import way_out

#: From the special to the general: the first that fits decides.
STATUS: dict[type[McmError], int] = {
    NotAllowed: 404,
    Reconfirm: 403,
    Conflict: 409,
    Throttled: 429,
    Refused: 400,
    DatabaseUnavailable: 503,
}


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """One of the templates, filled in; every value is escaped."""
    policed = {"Content-Security-Policy": for_own_pages()}
    return HTMLResponse(text_of(template, **values), status, policed)


def text_of(template: str, **values: object) -> str:
    """The HTML of a template, filled in, with the way out and the general words of help; every value is escaped."""
    always = {"way_out": way_out(), "help": texts.help_(), "country": texts.country(), "signs": None}
    return _templates().get_template(template).render(always | values)


def sorry(sentence: str, status: int) -> Response:
    """A page that says what is the matter, and leads back."""
    return page("sorry.html", status=status, sentence=sentence)


def sorry_in_place(sentence: str, status: int) -> Response:
    """The same for a page that asked by itself and shows the sentence where it is."""
    return JSONResponse({"error": sentence}, status)


async def refused(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    """Answer a request, or a page that wants a socket, in the place of the app."""
    if scope["type"] == "websocket":
        await receive()
    if scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
        await answer(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})


def status_of(error: McmError) -> int:
    """The HTTP status for an error that a person can act on."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def home() -> Response:
    """On to the app itself."""
    return RedirectResponse("/", 303)


@cache
def _templates() -> Environment:
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.globals.update(light=LIGHT, dark=DARK, not_encrypted=FOR_MEMBERS)
    made.filters["parted"] = parted
    return made
