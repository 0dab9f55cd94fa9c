"""A socket to Streamlit without a browser: what a few lines of Python can send, and all that comes back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

PATIENCE = 60.0


class Refused(Exception):
    """The server did not take the connection."""


@dataclass
class Line:
    """An open socket. `heard` is every frame that came back, as bytes."""

    socket: ClientConnection
    address: str
    page: str
    heard: list[bytes] = field(default_factory=list)
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    session: str = ""
    reading: asyncio.Task[None] | None = None

    async def send(self, frame: bytes | str) -> bool:
        """Send a frame; False when the line is dead."""
        try:
            await self.socket.send(frame)
        except ConnectionClosed:
            return False
        return True

    async def runs(self, patience: float = PATIENCE) -> bool:
        """Ask for the page, and wait until its script has finished; False when that does not come about."""
        self.finished.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                return await self.send(self.rerun()) and await self.finished.wait()
        return False

    def rerun(self) -> bytes:
        """What a browser sends when it opens the page."""
        return rerun(self.address, self.page).SerializeToString()

    async def close(self) -> None:
        """Hang up, politely for two seconds."""
        with suppress(ConnectionClosed, OSError, TimeoutError):
            async with asyncio.timeout(2):
                await self.socket.close()
        self.socket.transport.abort()
        if self.reading:
            self.reading.cancel()
        await asyncio.sleep(0)

    async def read(self) -> None:
        """Note what comes."""
        with suppress(ConnectionClosed):
            async for frame in self.socket:
                assert isinstance(frame, bytes)
                self.heard.append(frame)
                message = ForwardMsg.FromString(frame)
                match message.WhichOneof("type"):
                    case "new_session":
                        self.session = message.new_session.initialize.session_id
                    case "script_finished":
                        self.finished.set()
        self.finished.set()


def rerun(address: str, page: str) -> BackMsg:
    """The message with which a browser asks for a page."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    message.rerun_script.page_name = page
    message.rerun_script.context_info.timezone = "Europe/London"
    message.rerun_script.context_info.url = f"http://{address}/{page}"
    return message


async def open_line(
    address: str, token: str = "", page: str = "", *, origin: str | None = "", resume: str = "", network: str = ""
) -> Line:
    """Open a socket as the browser with this cookie would. Raises Refused.

    `network` is where the browser seems to be: the server takes the word of a proxy on its own machine.
    """
    headers = {"Cookie": f"mcm={token}"} if token else {}
    headers |= {"X-Forwarded-For": network} if network else {}
    try:
        socket = await connect(
            f"ws://{address}/_stcore/stream",
            subprotocols=["streamlit", *(["x", resume] if resume else [])],
            origin=f"http://{address}" if origin == "" else origin,
            additional_headers=headers,
            compression=None,
            max_size=None,
            ping_interval=None,
            open_timeout=PATIENCE,
        )
    except (InvalidHandshake, OSError, TimeoutError) as error:
        raise Refused(str(error)) from error
    line = Line(socket, address, page)
    line.reading = asyncio.create_task(line.read())
    return line
