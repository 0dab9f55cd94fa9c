"""GET /assets/…: the few files of ours that pages load, and no other, as the list is made at the start."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mcm_core.domain.errors import NotAllowed
from mcm_core.web.careful import Sent, careful

FOLDER = Path(__file__).parent / "assets"
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
FILES = {file.name: (file.read_bytes(), KINDS[file.suffix]) for file in sorted(FOLDER.iterdir())}


def show(request: Request, _sent: Sent) -> Response:
    """GET /assets/<name>: a script or a style."""
    found = FILES.get(request.path_params["name"])
    if found is None:
        raise NotAllowed
    body, kind = found
    return Response(body, headers={"Content-Type": kind})


routes: list[Route] = [Route("/assets/{name}", careful(show), methods=["GET"])]
