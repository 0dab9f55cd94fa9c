"""Strangers at a real server: guesses, floods and sockets of others. The long variants are in `make security`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.security import flood, guesses
from tests.security.line import PATIENCE, Refused, open_line
from tests.security.weakened import CLEARED
from tests.security.world import World, a_world, rows, rss

UNHARMED = ("another session", "still there")
WEAKENED = "tests.security.weakened"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world(WEAKENED, members=flood.MEMBERS + 1, MCM_TEST_WITHOUT="") as made:
        yield made


def test_guesses_of_the_room_code_tell_nothing_and_soon_reach_nothing(world: World) -> None:
    before = rows()
    tried = guesses.guess(world, 200, networks=10)
    changed = {table for table, was in before.items() if was != rows()[table]}

    assert tried.disclosed == []
    assert changed <= {"attempt"}
    most = 60 + 3 * 11  # everybody's in a minute, and three an hour of each of the eleven networks
    assert tried.statuses[guesses.LOOKED_UP] <= most
    assert tried.statuses[guesses.TOO_OFTEN] >= 200 - most


def test_without_the_throttle_every_guess_is_looked_up() -> None:
    with a_world(WEAKENED, MCM_TEST_WITHOUT="throttle") as open_house:
        assert guesses.guess(open_house, 100).statuses[guesses.LOOKED_UP] == 100


def test_the_right_code_opens_a_knock_and_names_nobody(world: World) -> None:
    line = HTTPConnection(world.address)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": "198.18.0.1"}
    line.request("POST", "/join", urlencode({"code": world.code, "name": "Eve"}), headers)
    answer = line.getresponse()
    body = answer.read().decode()
    line.close()

    assert answer.status in (303, 429)  # 429 when the guesses above have used up the minute of everybody
    assert not any(name in body for name in (world.cohort.name, "Member 1", "Fay"))


def test_members_hardly_notice_ten_flooding_clients_in_their_own_network(world: World) -> None:
    found = flood.flood(world, 5.0)  # how long members waited is for `make security`: machines differ

    assert not found.lost, found
    assert found.votes.waits
    assert found.memory < flood.MEMORY_MAX, found
    assert found.did["thrown out"] >= flood.CLIENTS / 2
    assert CLEARED not in world.log


def test_without_the_guard_the_same_flood_stops_everybody_and_strangers_empty_the_caches() -> None:
    """The negative control."""
    with a_world(WEAKENED, members=flood.MEMBERS + 1, MCM_TEST_WITHOUT="sockets") as unguarded:
        found = flood.flood(unguarded, 5.0)
        log = unguarded.log

    assert not found.bearable(anywhere=True), found
    assert CLEARED in log


def test_a_stolen_session_id_opens_nothing_and_the_owner_goes_on(world: World) -> None:
    assert asyncio.run(_steal(world)) == UNHARMED


def test_without_the_guard_a_stolen_session_id_is_enough() -> None:
    """The negative control."""
    with a_world(WEAKENED, MCM_TEST_WITHOUT="resume") as unguarded:
        assert asyncio.run(_steal(unguarded, patience=5.0)) != UNHARMED


async def _steal(world: World, patience: float = PATIENCE) -> tuple[str, str]:
    """What a thief without the cookie gets who knows the id of a member's session, and what the member notices."""
    victim = await open_line(world.address, world.tokens[0], "notes")
    assert await victim.runs()
    thief = await open_line(world.address, page="notes", network="198.18.0.2", resume=victim.session)
    await thief.runs()
    got = "the same session" if thief.session == victim.session else "another session"
    still = "still there" if await victim.runs(patience) and victim.socket.close_code is None else "cut off"
    for line in (victim, thief):
        await line.close()
    return got, still


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200), ("/vote", 200), ("/no-such-page", 404), ("/favicon.png", 200), ("/static/js/none.js", 200),
        ("/_stcore/health", 200), ("/_stcore/host-config", 200), ("/_stcore/metrics", 404), ("/_stcore/agent/mcp", 404),
        ("/media/abc.png", 404), ("/join", 200), ("/j/x", 200), ("/report/mine", 404), ("/live", 403), ("//x", 400),
    ],
)  # fmt: skip
def test_every_answer_of_the_real_server_carries_the_headers(world: World, path: str, status: int) -> None:
    for claims in ("http", "https"):  # the proxy on this machine is believed
        line = HTTPConnection(world.address)
        line.request("GET", path, headers={"X-Forwarded-Proto": claims, "X-Forwarded-For": "198.18.0.9"})
        answer = line.getresponse()
        answer.read()
        line.close()

        assert answer.status == status
        assert "frame-ancestors 'none'" in answer.getheader("Content-Security-Policy", "")
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("Referrer-Policy") == "no-referrer"
        assert answer.getheader("Cross-Origin-Opener-Policy") == "same-origin"
        assert answer.getheader("Cache-Control") == "no-store"
        assert bool(answer.getheader("Strict-Transport-Security")) is (claims == "https")
        assert answer.getheader("Server") is None
        cookies = answer.headers.get_all("Set-Cookie") or []
        assert all("Secure" in cookie for cookie in cookies) or claims == "http"


def test_nobody_leaves_a_file_here(world: World) -> None:
    before = rss(world.server.pid)
    for _ in range(20):
        line = HTTPConnection(world.address)
        line.request("PUT", "/_stcore/upload_file/a/b", b"x" * 1_000_000, {"X-Forwarded-For": "198.18.0.8"})
        assert line.getresponse().status == 404
        line.close()

    assert rss(world.server.pid) - before < 20


@pytest.mark.parametrize("origin", [None, "http://evil.example", "http://localhost:1"])
def test_no_socket_opens_from_another_page_nor_without_one(world: World, origin: str | None) -> None:
    with pytest.raises(Refused):
        asyncio.run(_open(world, origin))


@pytest.mark.parametrize("frame", ["text", b"\xff" * 5, b"x" * (300 * 1024)], ids=["text", "junk", "too long"])
def test_what_no_browser_sends_ends_the_connection_and_leaves_no_trace_of_our_insides(
    world: World, frame: bytes | str
) -> None:
    async def send() -> tuple[int | None, list[bytes]]:
        line = await open_line(world.address, page="notes", network=f"198.18.1{len(frame) % 9}.3")
        await line.send(frame)
        await asyncio.wait_for(line.socket.wait_closed(), 10)
        return line.socket.close_code, line.heard

    code, heard = asyncio.run(send())

    assert code in (1008, 1009)
    assert heard == []
    assert "Traceback" not in world.log


async def _open(world: World, origin: str | None) -> None:
    line = await open_line(world.address, world.tokens[0], origin=origin)
    await line.send(BackMsg(app_heartbeat=True).SerializeToString())
    await line.close()
