"""The page on what is kept, in words for everybody."""

from __future__ import annotations

import os

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mcm_core.store import texts
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import page


def show(_request: Request, _sent: Sent) -> Response:
    """GET /privacy: for everybody, signed in or not."""
    words = texts.privacy()
    operator = os.environ.get("MCM_OPERATOR", "").strip() or words.unnamed_operator
    contact = os.environ.get("MCM_CONTACT", "").strip() or words.unnamed_contact

    def filled(sentence: str) -> str:
        return sentence.replace("{operator}", operator).replace("{contact}", contact)

    return page("privacy.html", words=words, filled=filled)


routes: list[Route] = [Route("/privacy", careful(show), methods=["GET"])]
