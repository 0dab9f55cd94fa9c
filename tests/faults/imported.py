"""What every life of a server needs, imported once in the process that they are forked from."""

from __future__ import annotations

import os

from tests.faults.life import NO_LIMITS

os.environ.update(NO_LIMITS)  # app.py reads them when it is imported

import anyio._backends._asyncio  # noqa: F401 (imported when first used, else)
import uvicorn
from sqlalchemy.orm import configure_mappers
from starlette.applications import Starlette
from starlette.middleware import Middleware

import app
import tests.faults.weakened  # noqa: F401
from mcm_core.services import instruments
from mcm_core.web.sockets import Sockets

uvicorn.Config("app:app", ws="websockets-sansio").load()  # so that its own parts are imported, too
#: Streamlit's own sockets are guarded by these two; nothing else is left out.
GUARDS = [guard for guard in app.guards if guard.cls not in {Sockets, app.SameBrowser}]


def serve_routes(port: int) -> None:
    """Serve our own routes alone."""
    bare = Starlette(routes=app.ROUTES, middleware=[Middleware(guard.cls, *guard.args) for guard in GUARDS])
    uvicorn.run(bare, host="127.0.0.1", port=port, ws="none", access_log=False, log_level="warning")


configure_mappers()  # and what a server does once: the tables' classes are joined, the instruments are read
instruments.offered()
