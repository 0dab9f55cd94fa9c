"""A stolen Streamlit session id opens nothing: the thief gets a tab of their own, and the victim notices nothing.

It needs the running server, as the comparison is made at the websocket's handshake; no browser takes part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from mcm_core.services import visitors
from mcm_core.store.engine import engine, write
from tests.browser.conftest import Server
from tests.services.people import a_facilitator

INSIDE = "Your first cohort"


@pytest.fixture(scope="module")
def cookie(server: Server) -> Iterator[str]:
    """The cookie of a facilitator's browser."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MCM_LOCAL", str(server.local))
        patch.delenv("MCM_DATABASE_URL", raising=False)
        patch.delenv("MCM_SECRET", raising=False)
        with write() as db:
            fay = a_facilitator(db, at=datetime.now(UTC))
            token = visitors.admit(db, facilitator_id=fay.facilitator_id, at=datetime.now(UTC))
        yield token
        engine(f"sqlite:///{server.local / 'mcm.sqlite3'}").dispose()


async def open_tab(server: Server, cookie: str | None, session_id: str | None = None, **more: str) -> ClientConnection:
    """A websocket as Streamlit's page opens it; with a session id it asks to go on with that tab."""
    address = server.url.removeprefix("http://")
    headers = {"Cookie": f"mcm={cookie}"} if cookie else {}
    return await connect(
        f"ws://{address}/_stcore/stream",
        subprotocols=["streamlit", *(["x", session_id] if session_id else [])],  # type: ignore[list-item]
        origin=server.url,  # type: ignore[arg-type]
        additional_headers={**headers, **more},
        max_size=None,
    )


async def load(tab: ClientConnection) -> tuple[str, str]:
    """Run the script; returns the session's id and everything that was drawn."""
    rerun = BackMsg()
    rerun.rerun_script.query_string = ""
    await tab.send(rerun.SerializeToString())
    session_id, drawn = "", ""
    async with asyncio.timeout(30):
        while True:
            message = ForwardMsg()
            message.ParseFromString(bytes(await tab.recv()))  # type: ignore[arg-type]
            if message.WhichOneof("type") == "new_session":
                session_id = message.new_session.initialize.session_id or session_id
            drawn += str(message.delta) if message.WhichOneof("type") == "delta" else ""
            finished = message.WhichOneof("type") == "script_finished" and session_id
            if finished and (INSIDE in drawn or "Username" in drawn):
                return session_id, drawn


@pytest.mark.parametrize(
    "claims", [{}, {"x-mcm-browser": "whatever the thief likes"}], ids=["plainly", "with a header"]
)
def test_a_stolen_session_id_gives_a_strangers_view_and_leaves_the_victim_alone(
    server: Server, cookie: str, claims: dict[str, str]
) -> None:
    async def steal() -> None:
        victim = await open_tab(server, cookie)
        session_id, drawn = await load(victim)
        assert INSIDE in drawn

        thief = await open_tab(server, None, session_id, **claims)
        stolen_id, seen = await load(thief)

        assert stolen_id != session_id
        assert INSIDE not in seen
        again, drawn = await load(victim)
        assert again == session_id
        assert INSIDE in drawn
        await thief.close()
        await victim.close()

    asyncio.run(steal())


def test_the_same_browser_does_go_on_with_its_tab(server: Server, cookie: str) -> None:
    """The negative control: with the cookie a session id takes the tab over, so it is the cookie that decides."""

    async def reconnect() -> None:
        before = await open_tab(server, cookie)
        session_id, _ = await load(before)
        after = await open_tab(server, cookie, session_id)

        resumed, _ = await load(after)

        assert resumed == session_id
        await after.close()
        await before.close()

    asyncio.run(reconnect())
