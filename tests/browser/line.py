"""The line between a phone and the server, which can be cut and mended. (Chromium's own "offline" leaves an open
websocket open.)"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Line:
    """Carries bytes from a port of its own to the server, while it is whole."""

    def __init__(self, server: str) -> None:
        self._port_of_server = urlsplit(server).port
        self._whole = True
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._ready.wait()

    def cut(self) -> None:
        """End every connection, and refuse new ones."""
        self._whole = False
        self._loop.call_soon_threadsafe(self._end_all)

    def mend(self) -> None:
        self._whole = True

    def close(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with await asyncio.start_server(self._carry, "127.0.0.1", 0) as listening:
            self.url = f"http://localhost:{listening.sockets[0].getsockname()[1]}"
            self._ready.set()
            await self._stop.wait()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            self._end_all()
            await asyncio.wait(others, timeout=0.1)

    def _end_all(self) -> None:
        for writer in list(self._open):
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._port_of_server)
        self._open |= {writer, back}
        try:
            await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))
        finally:
            self._open -= {writer, back}

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
        writer.close()


@contextmanager
def a_line(server: str) -> Iterator[Line]:
    """A line to the server at this address. Closed when the block ends."""
    made = Line(server)
    try:
        yield made
    finally:
        made.close()
