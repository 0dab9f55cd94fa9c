"""Phones without a browser: each holds what a browser's tab holds, a websocket and an event stream, and votes by the
same requests. Twelve browsers cost more than a story needs; what a server sees of twelve phones is this."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any

import httpx2

from mcm_core.domain.reading import Reading
from mcm_core.web.voting import ADDRESS
from tests.load.client import Tab
from tests.load.stream import COOKIE

PATIENCE = 30.0  # seconds


class Connections:
    """The phones of some members, open on the page of the vote. They live in a thread of their own."""

    def __init__(self, url: str, tokens: Iterable[str]) -> None:
        self._url = url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._tabs = [Tab(url.split("//")[1], token, "vote") for token in tokens]
        self._do(self._open())

    def vote(self, round_id: str, answers: Mapping[str, Mapping[str, Reading]]) -> int:
        """Wait until every page shows this round's ballot, and have each answer; token → theme → answer.

        Returns how many answers the server has said to be saved.
        """
        self._do(self._show(round_id))
        saved = 0
        for token, themes in answers.items():
            with httpx2.Client(base_url=self._url, cookies={COOKIE: token}) as phone:
                for theme, reading in themes.items():
                    saved += _tapped(phone, round_id, theme, reading)
        return saved

    def __enter__(self) -> Connections:
        return self

    def __exit__(self, *_: object) -> None:
        """Put every phone away."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(PATIENCE * 2)

    async def _open(self) -> None:
        for tab in self._tabs:
            await tab.open()
        async with asyncio.timeout(PATIENCE):
            while not all(tab.listens for tab in self._tabs):
                await asyncio.sleep(0.05)

    async def _show(self, round_id: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while any((tab.component("mcm_ballot") or {}).get("round") != round_id for tab in self._tabs):
                await asyncio.sleep(0.05)

    async def _close(self) -> None:
        for tab in self._tabs:
            await tab.close()


def _tapped(phone: httpx2.Client, round_id: str, theme: str, reading: Reading) -> bool:
    """Say where it is now, and then what is hoped for, as ballot.js does."""
    asked = {"round": round_id, "theme": theme, "current": reading.current}
    said = phone.post(ADDRESS, data={**asked, "tapped": "current"}).json()
    if reading.desired is not None:
        hoped = {"desired": reading.desired, "tapped": "desired", "on_purpose": "yes"}
        said = phone.post(ADDRESS, data={**asked, **hoped}).json()
    return bool(said.get("saved_at"))
