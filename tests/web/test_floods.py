"""How often is too often, and who is counted together."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg

from mcm_core.store.secret import digest
from mcm_core.web import limits, sockets
from mcm_core.web.callers import Callers
from mcm_core.web.limits import Limits
from mcm_core.web.pace import Bucket, Penalties
from mcm_core.web.requests import Requests
from mcm_core.web.sockets import Sockets
from tests.web.asking import Behind, ask, scope_of

MEMBERS = {"ada", "bo"}
RERUN = BackMsg(rerun_script={"query_string": ""}).SerializeToString()


class Clock:
    """A clock that the test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def callers() -> Callers:
    return Callers(is_signed_in=MEMBERS.__contains__)


class Streamlit:
    """Stands behind the guard: accepts, and notes every message that reaches it."""

    def __init__(self) -> None:
        self.reached: list[bytes] = []

    async def __call__(self, scope, receive, send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            self.reached.append(message["bytes"])


class Page:
    """A page's end of the socket: sends `frames`, then stays until it is told to leave."""

    def __init__(self, frames: list[Message | bytes]) -> None:
        self.frames, self.sent, self.leave = [{"type": "websocket.connect"}, *frames], [], asyncio.Event()

    async def receive(self) -> Message:
        if self.frames:
            frame = self.frames.pop(0)
            return frame if isinstance(frame, dict) else {"type": "websocket.receive", "bytes": frame}
        await self.leave.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def is_settled(self) -> bool:
        return self.refused or self.thrown_out or (bool(self.sent) and not self.frames)

    @property
    def refused(self) -> bool:
        return any(m.get("status") == 429 for m in self.sent)

    @property
    def thrown_out(self) -> bool:
        return any(m["type"] == "websocket.close" for m in self.sent)


Play = Callable[..., Awaitable[Page]]


def play(scenes: Callable[[Play, Streamlit, Clock], Awaitable[None]], allowed: Limits | None = None) -> Streamlit:
    """Run scenes in which `open_` opens pages before one guard."""
    behind, clock = Streamlit(), Clock()

    async def run() -> None:
        guard = Sockets(behind, allowed or Limits(), callers(), clock)
        tasks, pages = [], []

        async def open_(*frames: Message | bytes, cookie: str = "", network: str = "203.0.113.7"):
            page = Page([*frames])
            headers = {"cookie": f"mcm={cookie}"} if cookie else {}
            scope = scope_of("websocket", "/_stcore/stream", network=network, **headers)
            tasks.append(asyncio.create_task(guard(scope, page.receive, page.send)))
            pages.append(page)
            for _ in range(500):  # a busy machine takes its time
                await asyncio.sleep(0.01)
                if page.is_settled:
                    break
            await asyncio.sleep(0.01)
            return page

        await scenes(open_, behind, clock)
        for page in pages:
            page.leave.set()
        await asyncio.gather(*tasks)

    asyncio.run(run())
    return behind


def test_a_page_that_is_used_by_a_person_is_never_in_the_way() -> None:
    async def scenes(open_: Play, behind: Streamlit, clock: Clock) -> None:
        page = await open_(*[RERUN] * 15, cookie="ada")
        assert not page.thrown_out

    assert len(play(scenes).reached) == 15


def test_a_flood_ends_the_connection_and_then_waits_longer_each_time() -> None:
    async def scenes(open_: Play, behind: Streamlit, clock: Clock) -> None:
        for pause in (10, 20, 40):
            assert (await open_(*[RERUN] * 100, cookie="ada")).thrown_out
            clock.now += pause - 1
            assert (await open_(cookie="ada")).refused
            clock.now += 2
        assert not (await open_(cookie="ada")).refused

    assert len(play(scenes).reached) == 45


def test_without_the_guard_every_message_of_a_flood_is_a_run_of_a_page() -> None:
    """The negative control of the test above."""
    behind = Streamlit()

    async def run() -> None:
        page = Page([RERUN] * 100)
        page.leave.set()
        await behind(scope_of("websocket"), page.receive, page.send)

    asyncio.run(run())

    assert len(behind.reached) == 100


def test_a_flooding_stranger_stops_strangers_of_that_network_and_no_member_in_the_same_hall() -> None:
    async def scenes(open_: Play, behind: Streamlit, clock: Clock) -> None:
        assert (await open_(*[RERUN] * 100)).thrown_out
        assert (await open_()).refused
        assert (await open_(cookie="made up")).refused
        assert not (await open_(cookie="ada")).refused
        assert not (await open_(network="198.51.100.9")).refused

    play(scenes)


def test_a_flooding_member_stops_nobody_else() -> None:
    async def scenes(open_: Play, behind: Streamlit, clock: Clock) -> None:
        assert (await open_(*[RERUN] * 100, cookie="ada")).thrown_out
        assert not (await open_(cookie="bo")).refused
        assert not (await open_()).refused

    play(scenes)


@pytest.mark.parametrize(
    "frame",
    [
        BackMsg(clear_cache=True),
        BackMsg(load_git_info=True),
        BackMsg(set_run_on_save=True),
        BackMsg(stop_script=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(file_urls_request={"request_id": "x"}),
        BackMsg(backend_operation_request={"request_id": "x"}),
    ],
    ids=lambda message: message.WhichOneof("type"),
)
def test_what_no_page_of_ours_asks_for_does_not_reach_streamlit(frame: BackMsg) -> None:
    async def scenes(open_: Play, behind: Streamlit, clock: Clock) -> None:
        page = await open_(frame.SerializeToString(), RERUN, cookie="ada")
        assert not page.thrown_out

    assert play(scenes).reached == [RERUN]


@pytest.mark.parametrize(
    "frame",
    [{"type": "websocket.receive", "text": "hello"}, b"", b"\xff" * 20, b"\x00" * (256 * 1024 + 1)],
    ids=["text", "nothing", "junk", "too long"],
)
def test_what_no_browser_sends_ends_the_connection(frame: Message | bytes) -> None:
    async def scenes(open_: Play, behind: Streamlit, clock: Clock) -> None:
        assert (await open_(frame, RERUN, cookie="ada")).thrown_out

    assert play(scenes).reached == []


def test_without_the_guard_a_message_of_any_length_would_reach_streamlit() -> None:
    """The negative control."""
    behind = Streamlit()

    async def run() -> None:
        page = Page([b"\x00" * (256 * 1024 + 1)])
        page.leave.set()
        await behind(scope_of("websocket"), page.receive, page.send)

    asyncio.run(run())

    assert [len(message) for message in behind.reached] == [256 * 1024 + 1]


def test_there_are_only_so_many_open_pages() -> None:
    few = Limits(sockets=8, network_sockets=3, visitor_sockets=2)

    async def scenes(open_: Play, behind: Streamlit, clock: Clock) -> None:
        assert [(await open_(cookie="ada")).refused for _ in range(3)] == [False, False, True]
        assert [(await open_()).refused for _ in range(4)] == [False, False, False, True]
        assert [(await open_(network="198.51.100.9")).refused for _ in range(2)] == [False, True]  # half is for members
        assert [(await open_(cookie="bo")).refused for _ in range(3)] == [False, False, True]

    play(scenes, few)


def test_that_no_place_is_left_is_said_to_whoever_runs_the_server_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenes(open_: Play, behind: Streamlit, clock: Clock) -> None:
        for name in ("ada", "bo", "cy", "di"):
            await open_(cookie=name)
        assert caplog.text.count("MCM_LIMIT_SOCKETS") == 1
        clock.now += 60
        assert (await open_(cookie="cy")).refused

    play(scenes, Limits(sockets=2))

    assert caplog.text.count("All 2 pages that this process serves at once are open") == 2
    assert {one.levelname for one in caplog.records} == {"ERROR"}


def test_a_session_of_twenty_cohorts_finds_places_and_files() -> None:
    cohorts, a_cohort = 20, 20 + 2 + 1  # phones, desks, the room
    assert Limits().sockets >= 2 * cohorts * a_cohort, "everybody may have a second page open"
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        assert limits.allow_files(512) == resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 512
        assert limits.allow_files(300) == 512, "what there is stays"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_without_the_limits_as_many_open_as_are_asked_for() -> None:
    """The negative control."""
    many = Limits(sockets=10_000, network_sockets=10_000, visitor_sockets=10_000)

    async def scenes(open_: Play, behind: Streamlit, clock: Clock) -> None:
        assert not any([(await open_(cookie="ada")).refused for _ in range(13)])  # one more than a browser may have

    play(scenes, many)


def test_a_member_taps_fast_and_a_hall_joins_through_one_address() -> None:
    behind, clock = Behind(), Clock()
    guard = Requests(behind, Limits(), callers(), clock)

    def post(**headers: str) -> int:
        return ask(guard, behind, scope_of(path="/vote", method="POST", **headers)).status

    assert [post(cookie="mcm=ada") for _ in range(31)] == [200] * 30 + [429]
    clock.now += 1
    assert [post(cookie="mcm=ada") for _ in range(6)] == [200] * 5 + [429]
    assert post(cookie="mcm=bo") == 200
    assert [post() for _ in range(241)] == [200] * 240 + [429]
    assert post(cookie="mcm=made-up") == 429
    assert post(network="198.51.100.9") == 200
    assert ask(guard, behind, scope_of(path="/static/js/x.js")).status == 200


def test_made_up_cookies_do_not_keep_the_database_busy() -> None:
    asked = []
    guard = Callers(is_signed_in=lambda token: bool(asked.append(token)))

    async def run() -> None:
        for number in range(2000):
            await guard.of(scope_of(cookie=f"mcm=made-up-{number}"))

    asyncio.run(run())

    assert len(asked) < 700


def test_a_bucket_fills_again_with_time() -> None:
    bucket = Bucket(rate=2, burst=3)

    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(1.0) for _ in range(3)] == [True, True, False]
    assert [bucket.take(99.0) for _ in range(4)] == [True, True, True, False]


def test_pauses_stop_growing_and_are_forgiven() -> None:
    penalties, now = Penalties(first=10), 0.0
    lengths = []
    for _ in range(8):
        penalties.strike("ada", now)
        lengths.append(next(second for second in range(1, 400) if not penalties.bars("ada", now + second)))
        now += lengths[-1] + 1
    penalties.strike("ada", now + 2000)

    assert lengths == [10, 20, 40, 80, 160, 300, 300, 300]
    assert not penalties.bars("ada", now + 2010)


def test_the_operator_sets_limits_and_a_slip_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_LIMIT_SOCKETS", "1500")
    assert limits.from_environment().sockets == 1500

    monkeypatch.setenv("MCM_LIMIT_SOCKETS", "many")
    with pytest.raises(limits.BadLimit, match="MCM_LIMIT_SOCKETS"):
        limits.from_environment()


def test_the_streams_of_a_phone_that_vanished_end_and_those_of_a_page_loaded_anew_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only sockets are pinged: the stream of a phone without a battery would stay for a quarter of an hour."""
    ended: list[str] = []
    monkeypatch.setattr(sockets, "ORPHANED", 0.05)
    monkeypatch.setattr(sockets.bus, "end", ended.append)

    async def scenes(open_: Play, behind: Streamlit, clock: Clock) -> None:
        first = await open_(cookie="ada")
        first.leave.set()
        await asyncio.sleep(0.01)
        again = await open_(cookie="ada")
        await asyncio.sleep(0.2)
        assert ended == []
        again.leave.set()
        await asyncio.sleep(0.2)
        assert ended == [f"visitor:{digest('ada')}"]

    play(scenes)
