"""Phones and room of the raw server: a websocket each, and nothing else."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed


class RawTab:
    """A connection to the raw server. `heard` is told every text and its moment; a token is "<cohort>-<number>"."""

    listens = True

    def __init__(self, address: str, token: str, page: str) -> None:
        self.heard: Callable[[str, float], None] = lambda _text, _at: None
        self.complaints: list[str] = []
        self._cohort = token.partition("-")[0]
        self._vote: dict[str, str | int | None] = {"member": token, "cohort": self._cohort}
        self._vote |= {"current": None, "desired": None}
        self._address = f"ws://{address}/{page}?cohort={self._cohort}"
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._saved: asyncio.Future[float] | None = None

    async def open(self) -> None:
        """Connect and listen."""
        self._socket = await connect(self._address, compression=None, ping_interval=None)
        self._reading = asyncio.create_task(self._read(self._socket))

    async def tap(self, question: str, option: int) -> float:
        """Send one answer; the moment at which "saved" came."""
        assert self._socket is not None
        self._vote[question] = option + 1
        self._saved = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps(self._vote))
        return await self._saved

    async def close(self) -> None:
        """End the connection."""
        if self._socket:
            await self._socket.close()

    async def _read(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for text in socket:
                self.heard(str(text), time.monotonic())
                if text == "saved" and self._saved and not self._saved.done():
                    self._saved.set_result(time.monotonic())
