"""The least that could do the same: the yardstick that makes the bench comparable between machines.

Two radios in a fragment, one upsert with synchronous=FULL, a count on another page, pushed. Who somebody is stands in
their cookie as "<group>-<number>"; nobody is checked. `MCM_LOCAL` is the folder of its database.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

LEVELS = ["Early stages", "Forming", "Maturing", "Embedded"]
COALESCE = 0.25
CORE = Path(__file__).resolve().parents[2] / "mcm_core"
LISTENER = "".join(file.read_text() for file in (CORE / "live" / "listener.js", CORE / "ui" / "assets" / "latest.js"))
FILE = Path(os.environ.get("MCM_LOCAL", ".")) / "minimal.sqlite3"
TABLE = "CREATE TABLE IF NOT EXISTS vote (member TEXT PRIMARY KEY, cohort TEXT, current INTEGER, desired INTEGER)"
UPSERT = (
    "INSERT INTO vote VALUES (?, ?, ?, ?) "
    "ON CONFLICT (member) DO UPDATE SET current = excluded.current, desired = excluded.desired"
)

_listener = st.components.v2.component("mcm_listener", html="<span></span>", js=LISTENER)
_local = threading.local()
_sequence: Counter[str] = Counter()
_waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
_loop: list[asyncio.AbstractEventLoop] = []


def database() -> sqlite3.Connection:
    """This thread's connection."""
    if not hasattr(_local, "connection"):
        _local.connection = sqlite3.connect(FILE, timeout=10, isolation_level=None)
        _local.connection.execute("PRAGMA synchronous=FULL")
    return _local.connection


def publish(topic: str) -> None:
    """Tell the streams of a topic, from any thread."""
    _sequence[topic] += 1
    _loop[0].call_soon_threadsafe(lambda: [signal.set() for signal in _waiting[topic]])


async def live(request: Request) -> StreamingResponse:
    """GET /live?follow=<topic>"""
    topic = request.query_params["follow"]
    return StreamingResponse(_events(topic), media_type="text/event-stream")


async def _events(topic: str) -> AsyncIterator[str]:
    signal = asyncio.Event()
    _waiting[topic].add(signal)
    try:
        while True:
            signal.clear()
            yield f"data: {_sequence[topic]}\n\n"
            await asyncio.sleep(COALESCE)
            await signal.wait()
    finally:
        _waiting[topic].discard(signal)


def home() -> None:
    """Nobody comes here."""


def vote() -> None:
    """Where is it now, and where should it be?"""
    member = st.context.cookies["mcm"]
    cohort = member.split("-")[0]
    st.title("Vote")
    waits(f"phase-{cohort}")
    ballot(member, cohort)


@st.fragment
def ballot(member: str, cohort: str) -> None:
    """The two radios; what differs from the stored vote is stored."""
    row = database().execute("SELECT current, desired FROM vote WHERE member = ?", (member,)).fetchone()
    stored = row or (None, None)
    picked = tuple(
        st.radio(question, range(1, 5), index=saved and saved - 1, format_func=lambda code: LEVELS[code - 1], key=key)
        for question, saved, key in (("Now?", stored[0], "m.current"), ("Hoped for?", stored[1], "m.desired"))
    )
    if picked != stored:
        database().execute(UPSERT, (member, cohort, *picked))
        if None not in picked:
            publish(f"count-{cohort}")
    if picked[0]:
        st.html("<p>Saved</p>")


def room() -> None:
    """How many are in."""
    st.title("Room")
    count(st.context.cookies["mcm"].split("-")[0])


@st.fragment
def count(cohort: str) -> None:
    """The number that changes."""
    listen(f"count-{cohort}")
    asked = "SELECT count(*) FROM vote WHERE cohort = ? AND desired IS NOT NULL"
    (complete,) = database().execute(asked, (cohort,)).fetchone()
    st.html(f"<p>{complete} of 20 in</p>")


@st.fragment
def waits(topic: str) -> None:
    """What a phone runs again when the facilitator moves on."""
    listen(topic)


def listen(topic: str) -> None:
    """Run the surrounding fragment again when the topic changes."""
    data = {"address": f"/live?follow={topic}", "drawn": _sequence[topic]}
    _listener(data=data, key="listener", on_changed_change=lambda: None, height=1)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Make the table and remember the loop."""
    database().execute(TABLE)
    _loop.append(asyncio.get_running_loop())
    yield {}


app = st.App(
    Path(__file__).with_name("minimal_script.py"), routes=[Route("/live", live, methods=["GET"])], lifespan=lifespan
)
