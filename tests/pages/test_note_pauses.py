"""A facilitator pauses a note on its card and shows it again; its author and the group are told what is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mcm_core.services import note_pauses, notes, passwords
from mcm_core.store.engine import write
from tests.pages.conftest import CLOCK, Open
from tests.pages.note_page import cards, field, html, press, stored, written
from tests.pages.test_every_page_listens import followed
from tests.services.note_world import World, a_world, later

WORDS = "Mrs. Miller wept"


@pytest.fixture
def world(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(passwords, "COST", 4)
    with write() as db:
        return a_world(db)


def test_from_the_pause_to_the_changed_note(open_page: Open, world: World) -> None:
    note = stored(world, world.ada, WORDS)
    fays = press(open_page("notes", as_=world.fay), "Pause this note")
    assert "Paused notes: 1" in [fold.label for fold in fays.expander]
    assert "has not changed it yet" in html(fays)

    bens = open_page("notes", as_=world.ben)
    assert cards(bens) == []
    assert "A note was paused." in html(bens)
    adas = open_page("notes", as_=world.ada)
    assert cards(adas) == [WORDS]
    assert "Paused by a facilitator" in html(adas)
    assert "A note was paused." not in html(adas)

    chosen = {"kind": note.kind, "audience": note.audience, "attribution": note.attribution}
    with write() as db:
        notes.edit(db, world.ada, note.id, body="Somebody wept", version=1, at=CLOCK + timedelta(minutes=9), **chosen)
    fays = open_page("notes", as_=world.fay)
    assert "Its author has changed it since" in html(fays)
    fays = press(fays, "Show it again")
    assert cards(fays) == ["Somebody wept"]
    assert not any(fold.label.startswith("Paused") for fold in fays.expander)
    assert cards(open_page("notes", as_=world.ben)) == ["Somebody wept"]


def test_only_a_facilitator_has_the_button_and_for_notes_of_others_that_the_group_reads(
    open_page: Open, world: World
) -> None:
    stored(world, world.ada, "for facilitators", audience="facilitator")
    stored(world, world.fay, "her own")
    for who in (world.fay, world.ada, world.ben):
        assert "Pause this note" not in [button.label for button in open_page("notes", as_=who).button]
    assert field(open_page("notes", as_=world.cofay), "button", "Pause this note")


@pytest.mark.parametrize("page", ["notes", "review", "between"])
def test_pages_that_show_notes_hear_of_a_pause(open_page: Open, world: World, page: str) -> None:
    heard = f"notes%3A{world.cohort.id}"
    assert any(heard in address for address in followed(open_page(page, as_=world.ben)))


def test_my_data_says_so(open_page: Open, world: World) -> None:
    note = stored(world, world.ada, WORDS)
    with write() as db:
        note_pauses.pause(db, world.fay, note.id, at=later(1))

    assert "A facilitator paused it on 5 January 2026" in html(open_page("my_data", as_=world.ada))
    assert [one.body for one in written(world)] == [WORDS]
