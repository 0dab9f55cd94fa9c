"""Messages that lie and texts that bite, in short. The long variants are in `make security`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import chromium  # noqa: F401 -- a fixture
from tests.security import fuzz, hostile
from tests.security.strings import FAR, NUMBER
from tests.security.strings import hostile as texts
from tests.security.world import World, a_world


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world(**fuzz.WIDE_OPEN) as made:
        yield made


def test_mutated_messages_break_nothing_store_nothing_wrong_and_learn_nothing(world: World) -> None:
    print(fuzz.check(world, 500))


def test_the_check_of_what_was_told_notices_a_traceback() -> None:
    """The negative control."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    message = ForwardMsg()
    message.delta.new_element.exception.message = 'File "/srv/app.py", line 3'

    assert len(fuzz.gave_away([message.SerializeToString()])) == 2


def test_there_are_two_hundred_and_fifty_hostile_texts() -> None:
    assert len(set(texts())) == NUMBER == 250


def test_hostile_texts_stay_texts_on_every_page_and_in_every_export(world: World, chromium: Browser) -> None:  # noqa: F811
    seen = hostile.crawl(chromium, world, texts()[::13][:20])

    assert seen.harmless, seen
    assert seen.pages > 50
    assert seen.stored > 80


def test_the_check_notices_when_a_text_becomes_more(world: World, chromium: Browser) -> None:  # noqa: F811
    """The negative control: the same texts, put into the same page as HTML."""
    seen = hostile.Seen()
    reader = hostile.Reader(chromium, world, seen, world.tokens[0])
    reader.read("/notes")
    assert seen.harmless
    reader.page.evaluate(
        "(texts) => document.body.insertAdjacentHTML('beforeend', texts.join('\\n'))",
        [f"<img src={FAR}/i.png>", "<img src=x onerror=alert(1)>"],
    )
    reader.page.wait_for_timeout(500)
    reader.look()
    reader.context.close()

    assert seen.fetched
    assert seen.ran
    assert seen.became
