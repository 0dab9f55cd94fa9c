"""GET /my-plan: a plan for oneself, written and saved on the phone. Nothing of it reaches this server."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mcm_core.store import prepare_texts
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import page


def show(_request: Request, _sent: Sent) -> Response:
    """The empty page, for everybody: it knows nobody, and its form leads nowhere."""
    return page("own_plan.html", words=prepare_texts.own_plan())


routes: list[Route] = [Route("/my-plan", careful(show), methods=["GET"])]
