"""The server: Streamlit's pages behind our frame, with our own routes beside them.

`mcm serve` (what `make run` calls), `streamlit run app.py` and `uvicorn app:app` all start it.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pandas  # noqa: F401 (drawn by plotly and tables; two first imports at once have met half a module)
import plotly.graph_objects  # noqa: F401
import streamlit as st
from starlette.middleware import Middleware

from mcm_core.live.bus import bus
from mcm_core.services import provider
from mcm_core.start import housekeeping, prepare
from mcm_core.store import signals
from mcm_core.store.engine import database_url, on_commit
from mcm_core.ui import runs
from mcm_core.ui.errors import report_script_error
from mcm_core.ui.sitemap import ENTRIES
from mcm_core.web import cards, limits, live, logs, metrics, my_data, reports, shell, watch
from mcm_core.web.ahead import Ahead
from mcm_core.web.callers import Callers
from mcm_core.web.doors import Doors, Names
from mcm_core.web.headers import SafeHeaders
from mcm_core.web.health import Health
from mcm_core.web.mishaps import Mishaps
from mcm_core.web.requests import Requests
from mcm_core.web.routes import often, routes
from mcm_core.web.same_browser import SameBrowser
from mcm_core.web.sockets import Sockets

#: With three hundred open pages looking through everything takes 0.15 s, in which nobody is answered. So it is done
#: five times less often than Python does it by itself, which keeps some 10 MB of what is no longer needed for longer.
COLLECTED = (700, 10, 50)
ROOT = Path(__file__).resolve().parent
FILES_A_PAGE, OTHER_FILES = 3, 500  # a page has a websocket and an event stream, and asks for something now and then
PAGES = {entry.path for entry in ENTRIES}
#: In this order: the shell takes every path that is left, save Streamlit's own.
ROUTES = [*routes, *cards.routes, *reports.routes, *my_data.routes, *metrics.routes(), live.route, *shell.routes(PAGES)]


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Prepare the database, then let commits reach the screens that listen."""
    logs.set_up()
    logging.getLogger("uvicorn.access").disabled = True  # addresses hold people's links
    logging.getLogger("uvicorn.error").addFilter(lambda line: "completing handshake" not in line.msg)  # one per refusal
    prepare()
    limits.allow_files(FILES_A_PAGE * allowed.sockets + OTHER_FILES)
    bus.start()
    on_commit(bus.publish)
    gc.collect()
    gc.freeze()  # what is loaded by now stays for good: looking through it takes a third of a second each time
    gc.set_threshold(*COLLECTED)
    async with housekeeping(), signals.listening(database_url(), bus.publish, bus.missed):
        with watch.figures():
            yield {}


runs.lose_nothing()
allowed, callers = limits.from_environment(), Callers()
#: What a request passes on its way in, from the outside to Streamlit and to our routes.
guards = [
    *watch.outermost(),
    Middleware(SafeHeaders),  # on every answer, also on those of the others in this list
    Middleware(Health),
    Middleware(Mishaps),
    Middleware(Names),
    Middleware(Doors),
    Middleware(Requests, allowed, callers),
    Middleware(Sockets, allowed, callers),
    Middleware(SameBrowser),
    Middleware(Ahead, often),
    *watch.innermost(),
]

app = st.App(
    ROOT / "mcm_core" / "ui" / "frame.py",
    routes=ROUTES,
    middleware=guards,
    lifespan=lifespan,
    secrets=provider.settings(),
    on_script_error=report_script_error,
)
