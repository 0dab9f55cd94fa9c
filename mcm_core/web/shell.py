"""Streamlit's page with what stands on every page of ours: the way out, the help, and a neutral name from the start.

They are part of the page itself, so they work before the first word has arrived, after the server has gone, and when
the app in between has fallen over.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from mcm_core.web import replies
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import text_of
from mcm_core.web.way_out import way_out

#: What is Streamlit's own in the page, and what stands there instead.
OURS = {
    r"<title>.*?</title>": "<title>Session</title>",
    r'<link rel="shortcut icon"[^>]*>': '<link rel="shortcut icon" href="/assets/icon.svg">',
    r"<noscript>.*?</noscript>": "<noscript><p>This page needs JavaScript, which is switched off in this browser. "
    "Switch it on and load the page again.</p></noscript>",
}


class Word(Convertor[str]):
    """A path of one plain word, as our pages have; files and Streamlit's own addresses look different."""

    regex = "[a-z_]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class Elsewhere(Word):
    """Every other path that is not Streamlit's own. One that ends in a slash Streamlit sends on without it."""

    regex = (
        r"(?!(?:static|_stcore|media|component|app/static|auth)/|(?:oauth2callback|favicon\.png|manifest\.json)$)"
        r"[^/](?:.*[^/])?"
    )


def routes(pages: Collection[str]) -> list[Route]:
    """GET / and the pages of the app with these addresses; everywhere else is a page of ours that says so.

    To be put after all other routes.
    """

    def show(request: Request, _sent: Sent) -> Response:
        return HTMLResponse(page(way_out())) if request.path_params.get("page", "") in pages else nowhere()

    paths = ("/", "/{page:word}", "/{page:elsewhere}")
    return [Route(path, careful(show), methods=["GET"]) for path in paths]


def nowhere() -> Response:
    """There is no such page. Streamlit would show its own, without the way out and the help."""
    return replies.page("nowhere.html", status=404)


@cache
def page(leads_to: str) -> str:
    """Streamlit's index.html with our head and our bar in it."""
    made = _streamlit_index().read_text(encoding="utf-8")
    for theirs, ours in OURS.items():
        made = re.sub(theirs, ours, made, count=1, flags=re.DOTALL)
    head, bar = text_of("shell_head.html", way_out=leads_to), text_of("bar.html", way_out=leads_to)
    return made.replace("</head>", f"{head}</head>", 1).replace("<body>", f"<body>{bar}", 1)


def _streamlit_index() -> Path:
    found = find_spec("streamlit")
    if found is None or found.origin is None:
        raise FileNotFoundError("Streamlit is not installed")
    return Path(found.origin).parent / "static" / "index.html"


register_url_convertor("word", Word())
register_url_convertor("elsewhere", Elsewhere())
