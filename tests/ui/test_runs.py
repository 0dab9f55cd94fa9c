"""What a page drew and what somebody pressed arrives, also in the moments in which Streamlit would lose it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import streamlit as st
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner import RerunData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache

from mcm_core.ui import runs
from tests.ui.screen import Screen

PAGE = "from tests.ui import test_runs\ntest_runs.PLAYED[-1].draw()"
PATIENCE = 5.0
pytestmark = pytest.mark.usefixtures("streamlit_alone")
Meanwhile = Callable[["Played"], None]


class Played:
    """A tab with one page: a part with a button, and a line before and after it. `meanwhile` happens as it is drawn."""

    def __init__(self, folder: Path) -> None:
        script = folder / "page.py"
        script.write_text(PAGE, encoding="utf-8")
        self.session = AppSession(
            script_data=ScriptData(str(script), is_hello=False),
            uploaded_file_manager=MagicMock(),
            script_cache=ScriptCache(),
            message_enqueued_callback=None,
            user_info={},
        )
        self.meanwhile: Meanwhile | None = None
        self.shows_nothing_more: Callable[[], None] | None = None
        self.fragment = self.button = ""
        self.pressed = self.drawn = 0
        self.words: list[str] = []
        self.screen = Screen()
        self._goes_on = threading.Event()

    def draw(self) -> None:
        """The page. From its beginning on the loop is busy, as it may be while forty others are drawn."""
        if self.meanwhile:
            self.session._event_loop.call_soon_threadsafe(self.meanwhile, self)
            self.meanwhile = None
            self._goes_on.wait(PATIENCE)
        st.text("the beginning")
        if self.shows_nothing_more:
            return self.shows_nothing_more()
        st.fragment(self.part)()
        st.text("the end")
        self.drawn += 1
        return None

    def part(self) -> None:
        st.button("Press", on_click=self.press, key="press")

    def press(self) -> None:
        self.pressed += 1

    def thread_ends(self) -> None:
        """Wait until the run has drawn everything. What it drew waits for the loop."""
        self._goes_on.set()
        runner = self.session._scriptrunner
        assert runner
        assert runner._script_thread
        runner._script_thread.join()

    def asks(self, fragment: str, page: str | None = None) -> None:
        """The message of a browser in which the button was pressed."""
        asked = ClientState(fragment_id=fragment)
        asked.page_script_hash = self.session._client_state.page_script_hash if page is None else page
        asked.widget_states.widgets.append(WidgetState(id=self.button, trigger_value=True))
        self.session.request_rerun(asked)

    async def arrives(self) -> None:
        """Take what reaches the browser, until nothing more comes."""
        quiet = 0
        async with asyncio.timeout(PATIENCE):
            while quiet < 20:
                await asyncio.sleep(0.01)
                came = self.session.flush_browser_queue()
                for message in came:
                    self.screen.take(message)
                for drawn in (each.delta for each in came if each.HasField("delta")):
                    self.words.append(drawn.new_element.text.body)
                    if id_ := drawn.new_element.button.id:
                        self.button, self.fragment = id_, drawn.fragment_id
                quiet = 0 if came or self.session._scriptrunner else quiet + 1


PLAYED: list[Played] = []


async def played(folder: Path, meanwhile: Meanwhile) -> Played:
    """A tab in which the page was opened, and drawn once more while something happened."""
    tab = Played(folder)
    PLAYED.append(tab)
    tab.session.request_rerun(None)
    await tab.arrives()
    tab.words.clear()
    tab.meanwhile = meanwhile
    tab.session.request_rerun(None)
    await tab.arrives()
    tab.session.shutdown()
    return tab


def asks_for_a_part(tab: Played) -> None:
    tab.thread_ends()
    tab.asks(tab.fragment)


def asks_for_a_part_that_is_on_its_way(tab: Played) -> None:
    tab.asks(tab.fragment)
    tab.thread_ends()


def presses_what_is_gone(tab: Played) -> None:
    tab.thread_ends()
    tab.session._fragment_storage.clear()
    tab.asks(tab.fragment)


def presses_on_a_page_that_was_left(tab: Played) -> None:
    tab.thread_ends()
    tab.asks("gone", page="another page")


def test_what_a_page_drew_arrives_although_a_part_is_asked_for_meanwhile(tmp_path: Path) -> None:
    runs.lose_nothing()

    tab = asyncio.run(played(tmp_path, asks_for_a_part))

    assert "the end" in tab.words
    assert tab.pressed == 1


def test_streamlit_alone_loses_it(tmp_path: Path) -> None:
    """The negative control; when it fails, Streamlit has been mended and `waiting` in ui/runs.py can go."""
    tab = asyncio.run(played(tmp_path, asks_for_a_part))

    assert "the end" not in tab.words
    assert tab.pressed == 1


def test_what_stands_beneath_a_part_stays_although_the_part_is_asked_for_while_the_page_is_drawn(
    tmp_path: Path,
) -> None:
    runs.lose_nothing()

    tab = asyncio.run(played(tmp_path, asks_for_a_part_that_is_on_its_way))

    assert tab.screen.words() == ["the beginning", "Press", "the end"]
    assert tab.pressed == 1


def test_streamlit_alone_draws_the_part_over_it(tmp_path: Path) -> None:
    """The negative control; when it fails, Streamlit has been mended and `unless_for_a_part` can go."""
    tab = asyncio.run(played(tmp_path, asks_for_a_part_that_is_on_its_way))

    assert tab.screen.words() == ["the beginning", "Press"]
    assert tab.pressed == 1


def test_a_press_on_a_part_that_is_being_redrawn_runs_the_whole_page(tmp_path: Path) -> None:
    runs.lose_nothing()

    tab = asyncio.run(played(tmp_path, presses_what_is_gone))

    assert (tab.pressed, tab.drawn) == (1, 3)


def test_streamlit_alone_does_not_hear_that_press(tmp_path: Path) -> None:
    """The negative control."""
    tab = asyncio.run(played(tmp_path, presses_what_is_gone))

    assert (tab.pressed, tab.drawn) == (0, 2)


def test_what_was_pressed_on_a_page_that_was_left_leads_nowhere(tmp_path: Path) -> None:
    runs.lose_nothing()

    tab = asyncio.run(played(tmp_path, presses_on_a_page_that_was_left))

    assert (tab.pressed, tab.drawn) == (0, 2)


async def left(folder: Path, ends: Callable[[], None]) -> Played:
    """A tab whose page ends early the second time, and in which a part of the first is asked for then."""
    tab = Played(folder)
    PLAYED.append(tab)
    tab.session.request_rerun(None)
    await tab.arrives()
    tab.shows_nothing_more = ends
    tab.session.request_rerun(None)
    await tab.arrives()
    tab.words.clear()
    tab.session._create_scriptrunner(RerunData(fragment_id_queue=[tab.fragment]))
    await tab.arrives()
    tab.session.shutdown()
    return tab


def test_a_part_of_the_page_before_is_not_drawn_into_a_page_that_ended_early(tmp_path: Path) -> None:
    """The browser would fall over it: "Bad delta path index" (streamlit#15084)."""
    assert asyncio.run(left(tmp_path, lambda: None)).words == []


def test_after_st_stop_it_would_be(tmp_path: Path) -> None:
    """The negative control; no page of ours calls it (tests/test_architecture.py)."""
    assert asyncio.run(left(tmp_path, st.stop)).words != []
