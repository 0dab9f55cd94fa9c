"""A bad connection between a phone and the server: slow, and cut at any moment, also when the answer is on its way."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

FORWARD, BACK = "before the server has heard it", "after the server has answered"


class BadLine:
    """Listens on a port of its own and passes on. `cut`: the chance that it breaks, on either way, every time."""

    def __init__(self, address: str, *, delay: float = 0.0, cut: float = 0.0, seed: int = 0) -> None:
        self._to, self._delay, self._cut, self._chance = address, delay, cut, random.Random(seed)
        self.cuts = {FORWARD: 0, BACK: 0}
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()
        return f"{host}:{port}"

    async def __aenter__(self) -> BadLine:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _pass_on(self, phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            asked = await _message(phone)
            await asyncio.sleep(self._delay / 2)
            if not self._breaks(FORWARD):
                server, to_server = await asyncio.open_connection(*self._to.split(":"))
                to_server.write(asked)
                answer = await server.read()
                to_server.close()
                await asyncio.sleep(self._delay / 2)
                if not self._breaks(BACK):
                    to_phone.write(answer)
                    await to_phone.drain()
        to_phone.close()

    def _breaks(self, where: str) -> bool:
        broken = self._chance.random() < self._cut
        self.cuts[where] += broken
        return broken


async def _message(reader: asyncio.StreamReader) -> bytes:
    """One request with its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return head + await reader.readexactly(int(length.partition(b":")[2]))
