"""The two ways in which a phone answers: our component's request for every tap, and Streamlit's radios."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.Delta_pb2 import Delta

from tests.load.client import Tab
from tests.load.stream import COOKIE


class Ballot:
    """What ui/assets/ballot.js does with a tap, over one connection that stays open, as a browser keeps it."""

    def __init__(self, tab: Tab, drawn: dict[str, Any]) -> None:
        self._tab, self._drawn = tab, drawn
        self._chosen: dict[str, int] = {}
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def tap(self, question: str, option: int) -> float:
        """Send one tap; the moment at which the answer was there. An error is among the tab's complaints."""
        self._chosen[question] = self._drawn["options"][option]["code"]
        theme = self._drawn["themes"][0]["key"]
        sent = {"round": self._drawn["round"], "theme": theme, "tapped": question, **self._chosen}
        status, said = await self._post(self._drawn["address"], urlencode(sent).encode())
        at = time.monotonic()
        if status != 200 or not said.get("saved_at"):
            self._tab.complaints.append(str(said.get("error", status)))
            raise TimeoutError
        return at

    async def _post(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if self._connection is None:
            self._connection = await asyncio.open_connection(*self._tab.address.split(":"))
        reader, writer = self._connection
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._tab.address}\r\nOrigin: http://{self._tab.address}\r\n"
            f"Sec-Fetch-Site: same-origin\r\nCookie: {COOKIE}={self._tab.token}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(line for line in answer.lower().splitlines() if line.startswith("content-length:"))
        said = json.loads(await reader.readexactly(int(length.partition(":")[2])))
        return int(answer.split()[1]), said


class Radios:
    """Streamlit's own way: the value goes to the server, which runs the fragment and draws "Saved"."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._tab.told, self._tab.started = self._see, self._run_starts
        self._new_run = False
        self._saved: asyncio.Future[float] | None = None

    async def tap(self, question: str, option: int) -> float:
        """Tap an option; the moment at which "Saved" was there."""
        radio, fragment = self._tab.radio(f".{question}")
        self._saved, self._new_run = asyncio.get_running_loop().create_future(), False
        await self._tab.choose(radio, fragment, option)
        try:
            return await self._saved
        finally:
            self._saved = None

    def _run_starts(self) -> None:
        self._new_run = True

    def _see(self, delta: Delta, at: float) -> None:
        if self._saved is None or self._saved.done() or not self._new_run:
            return
        if delta.fragment_id and ">Saved" in delta.new_element.html.body:
            self._saved.set_result(at)
