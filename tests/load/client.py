"""One browser tab, as far as a server can tell: Streamlit's websocket, what a page left in it, and the live stream.

It keeps what a browser keeps: which elements stand on the page, the value of every widget, big messages that the server
need not send twice, and the timers that a page asked for. Reading what a server sends costs CPU, so tabs live in
processes of their own (phones.py).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Radio_pb2 import Radio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.load.stream import COOKIE, Stream, get

OPENING = 30.0  # seconds that a page may take to load before we call it broken
LISTENER, EARLY, TURNOUT = "mcm_listener", "mcm_early", "mcm_turnout"
_TRIGGER = "$$STREAMLIT_INTERNAL_KEY_{}__events"  # how Streamlit names the trigger of a component


class Broken(Exception):
    """The page did not load, or the server closed the connection."""


@dataclass
class Shown:
    """An element on the page, the fragment that drew it and the run in which it did."""

    element: Element
    fragment: str
    run: str


class Tab:
    """A tab with one page open. `told` hears every element as it arrives, and the moment of it.

    `pictured` hears the moment of a picture that came ahead of its page, `counted` a count in words and its moment.
    """

    def __init__(self, address: str, token: str, page: str, *, query: str = "") -> None:
        self.told: Callable[[Delta, float], None] = lambda _delta, _at: None
        self.started: Callable[[], None] = lambda: None
        self.pictured: Callable[[float], object] = lambda _at: None
        self.counted: Callable[[str, float], None] = lambda _words, _at: None
        self.runs_finished = asyncio.Event()
        self.complaints: list[str] = []
        self.address, self.token, self._page, self._query = address, token, page, query
        self._hash = self._run = ""
        self._shown: dict[tuple[int, ...], Shown] = {}
        self._values: dict[str, str | None] = {}
        self._kept: dict[str, ForwardMsg] = {}
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._streams: dict[str, Stream] = {}
        self._turn: asyncio.Task[None] | None = None
        self._ws: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None

    async def open(self) -> float:
        """Connect, load the page and return the seconds until its script had finished."""
        self._ws = await connect(
            f"ws://{self.address}/_stcore/stream",
            subprotocols=["streamlit"],
            origin=f"http://{self.address}",
            additional_headers={"Cookie": f"{COOKIE}={self.token}"},
            compression=None,
            max_size=None,
            ping_interval=None,  # browsers answer pings and send none
        )
        self._reading = asyncio.create_task(self._read(self._ws))
        return await self.load()

    async def load(self) -> float:
        """Run the whole script, as a reload does, and return the seconds it took."""
        self.runs_finished.clear()
        began = time.monotonic()
        await self.rerun()
        try:
            async with asyncio.timeout(OPENING):
                await self.runs_finished.wait()
        except TimeoutError:
            raise Broken(f"/{self._page} did not finish loading within {OPENING:.0f} s") from None
        if self.complaints:
            raise Broken(f"/{self._page}: {self.complaints[0]}")
        return time.monotonic() - began

    @property
    def listens(self) -> bool:
        """Whether the page's listeners have their event streams open."""
        return bool(self._streams) and all(stream.is_open for stream in self._streams.values())

    async def close(self) -> None:
        """End the timers, the stream and the connection."""
        for timer in self._timers.values():
            timer.cancel()
        if self._turn:
            self._turn.cancel()
        for stream in self._streams.values():
            await stream.close()
        if self._ws:
            await self._ws.close()

    def radios(self) -> Iterator[tuple[Radio, str]]:
        """The radios on the page, each with its fragment."""
        for shown in self._shown.values():
            if shown.element.WhichOneof("type") == "radio" and not shown.element.radio.form_id:
                yield shown.element.radio, shown.fragment

    def component(self, name: str) -> dict[str, Any] | None:
        """What the component of this name was given to draw, or None when the page has none."""
        for shown in self._shown.values():
            drawn = shown.element.bidi_component
            if shown.element.WhichOneof("type") == "bidi_component" and drawn.component_name.endswith(name):
                return json.loads(drawn.json)  # type: ignore[no-any-return]
        return None

    def radio(self, ending: str) -> tuple[Radio, str]:
        """The one radio whose key ends like this, and its fragment."""
        found = [pair for pair in self.radios() if pair[0].id.endswith(ending)]
        if len(found) != 1:
            raise Broken(f"/{self._page} shows {len(found)} radios “…{ending}”, expected one")
        return found[0]

    async def choose(self, radio: Radio, fragment: str, option: int) -> None:
        """Tap one option of a radio."""
        self._values[radio.id] = radio.options[option]
        await self.rerun(fragment)

    async def press(self, label: str) -> None:
        """Press the button with these words. Raises Broken when the page has none."""
        for shown in self._shown.values():
            if shown.element.WhichOneof("type") == "button" and shown.element.button.label == label:
                await self.rerun(shown.fragment, pressed=shown.element.button.id)
                return
        raise Broken(f"/{self._page} shows no button “{label}”")

    async def rerun(self, fragment: str = "", *, by_timer: bool = False, trigger: str = "", pressed: str = "") -> None:
        """Ask for a run of the page, or of one fragment, with the value of every widget on the page."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash = self._query, self._hash
        asked.page_name = "" if self._hash else self._page  # only until the server has told which page that is
        asked.fragment_id, asked.is_auto_rerun = fragment, by_timer
        asked.cached_message_hashes.extend(self._kept)
        asked.context_info.timezone, asked.context_info.locale = "Europe/London", "en-GB"
        asked.context_info.url = f"http://{self.address}/{self._page}"
        asked.context_info.color_scheme = "light"
        for id_, value in self._values.items():
            widget = asked.widget_states.widgets.add(id=id_)
            if value is not None:
                widget.string_value = value
        if pressed:
            asked.widget_states.widgets.add(id=pressed, trigger_value=True)
        if trigger:
            pulled = json.dumps([{"event": "changed", "value": int(time.time() * 1000)}])
            asked.widget_states.widgets.add(id=_TRIGGER.format(trigger), json_trigger_value=pulled)
        with suppress(ConnectionClosed):
            await self._socket.send(message.SerializeToString())

    @property
    def _socket(self) -> ClientConnection:
        if self._ws is None:
            raise Broken("the tab is not open")
        return self._ws

    async def _read(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for data in socket:
                at = time.monotonic()
                message = ForwardMsg.FromString(data)
                if message.metadata.cacheable:
                    self._kept[message.hash] = message
                self._take(message, at)

    def _take(self, message: ForwardMsg, at: float) -> None:
        match message.WhichOneof("type"):
            case "delta":
                self._draw(message.delta, message, at)
            case "ref_hash":
                self._draw(self._kept[message.ref_hash].delta, message, at)
            case "new_session":
                self._begin(message)
            case "navigation":
                self._hash = message.navigation.page_script_hash
            case "script_finished":
                self._finish(message)
            case "auto_rerun":
                self._keep_asking(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._stop_asking(fragment)

    def _begin(self, message: ForwardMsg) -> None:
        self._run = message.metadata.run.script_run_id
        if not message.metadata.run.fragment_ids:
            for fragment in list(self._timers):
                self._stop_asking(fragment)
        self.started()

    def _draw(self, delta: Delta, message: ForwardMsg, at: float) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        element, path = delta.new_element, tuple(message.metadata.delta_path)
        self._shown[path] = Shown(element, delta.fragment_id, self._run)
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.complaints.append(f"{element.exception.type} {element.exception.message}")
        elif kind == "alert" and element.alert.format == Alert.ERROR:
            self.complaints.append(element.alert.body)
        if kind == "radio" and not element.radio.form_id:
            self._seed(element.radio)
        elif kind == "bidi_component" and element.bidi_component.component_name.endswith(LISTENER):
            self._listen(element.bidi_component.id, delta.fragment_id, json.loads(element.bidi_component.json))
        self.told(delta, at)

    def _seed(self, radio: Radio) -> None:
        if radio.set_value:
            self._values[radio.id] = radio.raw_value
        elif radio.id not in self._values:
            self._values[radio.id] = radio.options[radio.default] if radio.HasField("default") else None

    def _finish(self, message: ForwardMsg) -> None:
        """Drop what the run did not draw again, and the values of widgets that are gone."""
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return
        run, fragments = message.metadata.run.script_run_id, set(message.metadata.run.fragment_ids)
        stays = {
            path: shown
            for path, shown in self._shown.items()
            if shown.run == run or (fragments and shown.fragment not in fragments)
        }
        self._shown = stays
        here = {radio.id for radio, _ in self.radios()}
        self._values = {id_: value for id_, value in self._values.items() if id_ in here}
        self.runs_finished.set()

    def _keep_asking(self, fragment: str, seconds: float) -> None:
        self._stop_asking(fragment)
        self._timers[fragment] = asyncio.create_task(self._ask_every(fragment, seconds))

    def _stop_asking(self, fragment: str) -> None:
        if timer := self._timers.pop(fragment, None):
            timer.cancel()

    async def _ask_every(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self.rerun(fragment, by_timer=True)

    def _listen(self, component: str, fragment: str, data: dict[str, str | int]) -> None:
        """What listener.js does when it is drawn."""
        address, drawn = str(data["address"]), int(data["drawn"])

        async def tell() -> None:
            counts = self.component(TURNOUT) or {}
            if counts.get("follows") == address and await self._counts(counts["ask"]):
                return
            if self._turn:
                self._turn.cancel()
            self._turn = asyncio.create_task(self._picture_first(lambda: self.rerun(fragment, trigger=component)))

        known = self._streams.get(component)
        if known and known.path == address:
            known.drawn, known.tell = drawn, tell
            return
        if known:
            known.stop()
        self._streams[component] = Stream(self.address, address, self.token, drawn, tell)

    async def _counts(self, address: str) -> bool:
        """What turnout.js does with a change: a few words in place of a run. Whether it got them."""
        with suppress(OSError, asyncio.IncompleteReadError):
            status, _, words = await get(self.address, address, self.token)
            if status == 200:
                self.counted(words.decode(), time.monotonic())
                return True
        return False

    async def _picture_first(self, ask: Callable[[], Awaitable[None]]) -> None:
        """What early.js does with a change, where the page has it: the picture at once, and the run in its turn."""
        if early := self.component(EARLY):
            with suppress(OSError, asyncio.IncompleteReadError):
                status, headers, _ = await get(self.address, early["address"], self.token)
                if status == 200:
                    self.pictured(time.monotonic())
                    await asyncio.sleep(int(headers["mcm-wait"]) / 1000)
        await ask()
