"""What our own pages are made of, and how an error becomes one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from mcm_core.charts.palette import DARK, LIGHT
from mcm_core.domain.errors import Conflict, McmError, NotAllowed, Reconfirm, Refused
from mcm_core.domain.signposting import parted
from mcm_core.services.throttle import Throttled
from mcm_core.store import texts
from mcm_core.store.engine import DatabaseUnavailable
from mcm_core.web.way_out import way_out

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Security-Policy": "frame-ancestors 'none'",
}
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
    return HTMLResponse(text_of(template, **values), status)


def text_of(template: str, **values: object) -> str:
    """The HTML of a template, filled in, with the way out and the general words of help; every value is escaped."""
    always = {"way_out": way_out(), "help": texts.help_(), "signs": None}
    return _templates().get_template(template).render(always | values)


def sorry(sentence: str, status: int) -> Response:
    """A page that says what is the matter, and leads back."""
    return page("sorry.html", status=status, sentence=sentence)


def sorry_in_place(sentence: str, status: int) -> Response:
    """The same for a page that asked by itself and shows the sentence where it is."""
    return JSONResponse({"error": sentence}, status)


def status_of(error: McmError) -> int:
    """The HTTP status for an error that a person can act on."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def home() -> Response:
    """On to the app itself."""
    return RedirectResponse("/", 303)


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    made = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.globals.update(light=LIGHT, dark=DARK)
    made.filters["parted"] = parted
    return made
