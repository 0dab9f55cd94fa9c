"""Who follows a link gets there, also when a part of the page before asks to be drawn anew in that moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.scriptrunner import RerunData
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests

from mcm_core.ui import runs
from tests.ui.test_runs import PLAYED, Played

pytestmark = pytest.mark.usefixtures("streamlit_alone")


class TwoPages(Played):
    """A tab of an app with two pages. Both have a part at the same place; only what stands in it tells them apart."""

    alike = True

    def draw(self) -> None:
        pages = [st.Page(self.first, default=True), st.Page(self.second)]
        self.hashes = [page._script_hash for page in pages]
        page = st.navigation(pages, position="hidden")
        if self.meanwhile and page is pages[1]:
            self.session._event_loop.call_soon_threadsafe(self.meanwhile, self)
            self._goes_on.wait(5)
        page.run()

    def first(self) -> None:
        st.text("the first page")
        st.fragment(self.part)()

    def second(self) -> None:
        st.text("the second page")
        st.fragment(self.part if self.alike else self.other_part)()

    def other_part(self) -> None:
        st.text("another part")

    def follows_the_link(self) -> None:
        self.session.request_rerun(ClientState(page_script_hash=self.hashes[1]))

    def asks_from_the_first_page(self) -> None:
        """As the browser does until it hears of the second."""
        self.asks(self.fragment, page=self.hashes[0])

    @property
    def page(self) -> int:
        """On which page the server believes this tab to be."""
        return self.hashes.index(self.session._client_state.page_script_hash)


Way = Callable[[TwoPages], Awaitable[None]]


async def at_once(tab: TwoPages) -> None:
    tab.follows_the_link()
    tab.asks_from_the_first_page()
    await tab.arrives()


async def while_it_is_drawn(tab: TwoPages) -> None:
    def meanwhile(_: Played) -> None:
        tab.asks_from_the_first_page()
        tab._goes_on.set()

    tab.meanwhile = meanwhile
    tab.follows_the_link()
    await tab.arrives()


async def on_a_slow_line(tab: TwoPages) -> None:
    tab.follows_the_link()
    await tab.arrives()
    tab.asks_from_the_first_page()
    await tab.arrives()


async def pressing_what_is_gone(tab: TwoPages) -> None:
    tab.follows_the_link()
    tab.asks("gone", page=tab.hashes[0])
    await tab.arrives()


async def on_the_way(folder: Path, way: Way, *, alike: bool) -> TwoPages:
    tab = TwoPages(folder)
    tab.alike = alike
    PLAYED.append(tab)
    tab.session.request_rerun(ClientState())
    await tab.arrives()
    await way(tab)
    tab.session.shutdown()
    return tab


WAYS = (at_once, while_it_is_drawn, on_a_slow_line)


@pytest.mark.parametrize("alike", [True, False])
@pytest.mark.parametrize("way", [*WAYS, pressing_what_is_gone])
def test_the_second_page_stands_whatever_the_first_asks_for(tmp_path: Path, way: Way, *, alike: bool) -> None:
    runs.lose_nothing()

    tab = asyncio.run(on_the_way(tmp_path, way, alike=alike))

    assert tab.page == 1
    assert tab.screen.words() == ["the second page", "Press" if alike else "another part"]


@pytest.mark.parametrize("way", WAYS)
def test_streamlit_alone_takes_it_off_the_screen_and_goes_back(tmp_path: Path, way: Way) -> None:
    """The negative control; when it fails, Streamlit has been mended and `on_its_page` and `after_the_link` can go."""
    tab = asyncio.run(on_the_way(tmp_path, way, alike=True))

    assert "the second page" not in tab.screen.words()
    assert tab.page == 0


def test_a_part_that_is_asked_for_before_the_page_begins_waits_for_that_page() -> None:
    asked = ScriptRequests()
    runs.lose_nothing()

    asked.request_rerun(RerunData(page_script_hash="second"))
    asked.request_rerun(RerunData(page_script_hash="first", fragment_id="part"))

    found = asked.on_scriptrunner_ready().rerun_data
    assert (found.page_script_hash, found.fragment_id_queue) == ("second", [])


def test_streamlit_alone_draws_the_page_before_again() -> None:
    """The negative control."""
    asked = ScriptRequests()

    asked.request_rerun(RerunData(page_script_hash="second"))
    asked.request_rerun(RerunData(page_script_hash="first", fragment_id="part"))

    assert asked.on_scriptrunner_ready().rerun_data.page_script_hash == "first"
