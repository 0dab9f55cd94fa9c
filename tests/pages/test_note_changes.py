"""Changing and deleting a note on its page: for its author alone, and both texts are kept."""

from __future__ import annotations

import pytest

from mcm_core.services import passwords
from mcm_core.store.engine import write
from mcm_core.ui.pieces import plain
from tests.pages.conftest import Open
from tests.pages.note_page import cards, edited_elsewhere, field, html, press, stored, write_note, written
from tests.services.note_world import World, a_world

HOSTILE = "<img src=x onerror=alert(1)> ![x](http://t/p.png) **bold** $x$ :red[y]"


@pytest.fixture
def world(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(passwords, "COST", 4)
    with write() as db:
        return a_world(db)


def test_hostile_text_is_shown_as_it_was_typed(open_page: Open, world: World) -> None:
    app = write_note(open_page("notes", as_=world.ada), HOSTILE)
    app = press(app, "Change")
    assert field(app, "text_area", "Change your note").value == HOSTILE
    app = press(app, "Leave it as it was")

    assert cards(app) == [HOSTILE.replace("<", "&lt;").replace(">", "&gt;")]
    assert not any("onerror" in each.value or "p.png" in each.value for each in app.markdown)


def test_only_the_author_can_change_a_note(open_page: Open, world: World) -> None:
    stored(world, world.ada, "Mine")

    for other in (world.ben, world.fay):
        labels = [button.label for button in open_page("notes", as_=other).button]
        assert "Change" not in labels
        assert "Delete it for good" not in labels

    app = press(open_page("notes", as_=world.ada), "Change")
    field(app, "text_area", "Change your note").input("Better")
    app = press(app, "Save the change")
    assert cards(app) == ["Better"]
    assert [note.body for note in written(world, world.ben)] == ["Better"]


def test_a_change_that_cannot_be_stored_stays_in_the_box(open_page: Open, world: World) -> None:
    stored(world, world.ada, "Mine")
    app = press(open_page("notes", as_=world.ada), "Change")
    field(app, "text_area", "Change your note").input("y" * 5000)

    app = press(app, "Save the change")

    assert "too long" in app.error[0].value
    assert field(app, "text_area", "Change your note").value == "y" * 5000
    assert [note.body for note in written(world)] == ["Mine"]


def test_two_devices_at_once_leave_both_texts_and_a_way_to_merge_them(open_page: Open, world: World) -> None:
    note = stored(world, world.ada, "Mine")
    app = press(open_page("notes", as_=world.ada), "Change")
    edited_elsewhere(world, note, "From the phone")
    field(app, "text_area", "Change your note").input("From the laptop")

    app = press(app, "Save the change")
    assert cards(app) == ["From the phone", "From the laptop"]
    assert "Both texts are here" in app.warning[0].value
    assert "From the laptop" not in html(open_page("notes", as_=world.ben))

    app = press(open_page("notes", as_=world.ada), "Put them into one box")
    assert field(app, "text_area", "Change your note").value == "From the phone\n\nFrom the laptop"
    app = press(press(app, "Save the change"), "I have merged them")
    assert cards(app) == ["From the phone\n\nFrom the laptop"]
    assert not app.warning


def test_the_author_deletes_a_note(open_page: Open, world: World) -> None:
    stored(world, world.ada, "Mine")

    app = press(open_page("notes", as_=world.ada), "Delete it for good")

    assert written(world) == ()
    assert [said.value for said in app.success] == [plain("The note is deleted.")]
