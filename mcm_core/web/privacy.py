"""The page on what is kept, in words for everybody."""

from __future__ import annotations

import os
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mcm_core.store import texts
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import page


def show(_request: Request, _sent: Sent) -> Response:
    """GET /privacy: for everybody, signed in or not."""
    words, country = texts.privacy(), texts.country()
    filled = partial(words.filled, **who_runs_it(), authority=country.authority.name)
    return page("privacy.html", words=words, filled=filled, authority=country.authority)


def who_runs_it() -> dict[str, str]:
    """Operator and contact as they are set; "" for what is not."""
    return {name: os.environ.get(f"MCM_{name.upper()}", "").strip() for name in ("operator", "contact")}


routes: list[Route] = [Route("/privacy", careful(show), methods=["GET"])]
