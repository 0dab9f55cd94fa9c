"""Streamlit's websocket without a browser: run a page, see which widgets it registered, and fire any of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

from tests.load.stream import COOKIE

PATIENCE = 30.0


@dataclass(frozen=True)
class Widget:
    """Something that a page registered: its kind, its id, and the fragment that drew it."""

    kind: str
    id: str
    fragment: str

    def fired(self) -> WidgetState:
        """The state of somebody who presses it, ticks it or writes into it."""
        match self.kind:
            case "button":
                return WidgetState(id=self.id, trigger_value=True)
            case "checkbox":
                return WidgetState(id=self.id, bool_value=True)
            case "number_input" | "slider":
                return WidgetState(id=self.id, double_value=3)
            case _:
                return WidgetState(id=self.id, string_value="Mallory")


class Wire:
    """One session over an open websocket."""

    def __init__(self, socket: ClientConnection, address: str) -> None:
        self._socket, self._address = socket, address
        self.hash = ""  # how Streamlit calls the page that this session is on
        self.widgets: dict[str, Widget] = {}
        self.said: list[str] = []

    def run(self, page: str = "", *, states: Iterable[WidgetState] = (), fragment: str = "", hash_: str = "") -> None:
        """Ask for a run and wait until it, and every run that it asks for itself, has finished."""
        self.ask(page, states=states, fragment=fragment, hash_=hash_)
        while not self._finished(ForwardMsg.FromString(self._socket.recv(timeout=PATIENCE))):  # type: ignore[arg-type]
            pass

    def ask(self, page: str = "", *, states: Iterable[WidgetState] = (), fragment: str = "", hash_: str = "") -> None:
        """Ask for a run. For a fragment that this session does not have, nothing ever comes back."""
        message = BackMsg()
        asked = message.rerun_script
        asked.page_name, asked.page_script_hash, asked.fragment_id = page, hash_ or self.hash, fragment
        asked.context_info.timezone, asked.context_info.locale = "Europe/London", "en-GB"
        asked.context_info.url = f"http://{self._address}/{page}"
        asked.widget_states.widgets.extend(states)
        self._socket.send(message.SerializeToString())

    def _finished(self, message: ForwardMsg) -> bool:
        match message.WhichOneof("type"):
            case "delta":
                self._note(message.delta)
            case "navigation":
                self.hash = message.navigation.page_script_hash
            case "script_finished":
                return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    def _note(self, delta: Any) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        kind = delta.new_element.WhichOneof("type")
        element = getattr(delta.new_element, kind)
        if "id" in element.DESCRIPTOR.fields_by_name and element.id:
            self.widgets[element.id] = Widget(kind, element.id, delta.fragment_id)
        if kind in ("alert", "exception"):
            self.said.append(element.body if kind == "alert" else f"{element.type}: {element.message}")


@contextmanager
def wired(address: str, token: str | None) -> Iterator[Wire]:
    """A session with the cookie of a browser, or with none."""
    with connect(
        f"ws://{address}/_stcore/stream",
        subprotocols=["streamlit"],  # type: ignore[list-item]
        origin=f"http://{address}",  # type: ignore[arg-type]
        additional_headers={"Cookie": f"{COOKIE}={token}"} if token else {},
        max_size=None,
    ) as socket:
        yield Wire(socket, address)
