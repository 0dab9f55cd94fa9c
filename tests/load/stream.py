"""The browser's side of the event stream, as listener.js uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

COOKIE = "mcm"


async def get(address: str, path: str, token: str) -> tuple[int, dict[str, str], bytes]:
    """The status, headers and body of an answer, over a connection of its own, as after a pause."""
    reader, writer = await asyncio.open_connection(*address.split(":"))
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {COOKIE}={token}\r\n\r\n".encode())
        status = int((await reader.readline()).split()[1])
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    finally:
        writer.close()
    return status, headers, body


class Stream:
    """An EventSource that tells when the number on the stream is not the one that the page was drawn with."""

    def __init__(self, address: str, path: str, token: str, drawn: int, tell: Callable[[], Awaitable[None]]) -> None:
        self.path, self.drawn, self.tell = path, drawn, tell
        self.is_open = False
        self._address, self._token = address, token
        self._task = asyncio.create_task(self._follow())

    def stop(self) -> None:
        """Stop listening."""
        self._task.cancel()

    async def close(self) -> None:
        """Stop listening, and wait until the connection has gone."""
        self.stop()
        with suppress(asyncio.CancelledError, OSError):
            await self._task

    async def _follow(self) -> None:
        reader, writer = await asyncio.open_connection(*self._address.split(":"))
        asked = (
            f"GET {self.path} HTTP/1.1\r\nHost: {self._address}\r\nAccept: text/event-stream\r\n"
            f"Cookie: {COOKIE}={self._token}\r\n\r\n"
        )
        try:
            writer.write(asked.encode())
            self.is_open = b" 200 " in await reader.readline()
            async for line in reader:
                if line.startswith(b"data: "):
                    await self._hear(int(line[6:]))
        finally:
            self.is_open = False
            writer.close()

    async def _hear(self, number: int) -> None:
        if number != self.drawn:
            self.drawn = number
            await self.tell()
