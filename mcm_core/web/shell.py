"""Streamlit's page with what stands on every page of ours: the way out, the help, and a neutral name from the start.

They are part of the page itself, so they work before the first word has arrived, after the server has gone, and when
the app in between has fallen over.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

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


def show(_request: Request, _sent: Sent) -> Response:
    """GET / and every page of the app."""
    return HTMLResponse(page(way_out()))


@cache
def page(leads_to: str) -> str:
    """Streamlit's index.html with our head and our bar in it."""
    made = _streamlit_index().read_text(encoding="utf-8")
    for theirs, ours in OURS.items():
        made = re.sub(theirs, ours, made, count=1, flags=re.DOTALL)
    head, bar = text_of("head.html", way_out=leads_to), text_of("bar.html", way_out=leads_to)
    return made.replace("</head>", f"{head}</head>", 1).replace("<body>", f"<body>{bar}", 1)


def _streamlit_index() -> Path:
    found = find_spec("streamlit")
    if found is None or found.origin is None:
        raise FileNotFoundError("Streamlit is not installed")
    return Path(found.origin).parent / "static" / "index.html"


register_url_convertor("word", Word())
#: After all other routes: the second one takes every word that nobody else has taken.
routes: list[Route] = [Route(path, careful(show), methods=["GET"]) for path in ("/", "/{page:word}")]
