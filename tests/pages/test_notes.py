"""The notes page: writing at the top, the wall beneath, and nothing that was typed is lost."""

from __future__ import annotations

import pytest
import streamlit as st

from mcm_core.services import passwords
from mcm_core.store.engine import write
from mcm_core.ui import note_form
from mcm_core.ui.page import PAGES
from mcm_core.ui.pieces import plain
from tests.pages.conftest import Open
from tests.pages.note_page import cards, field, html, press, stored, write_note, written
from tests.services.note_world import NOISE, World, a_world, later
from tests.services.people import a_cohort


@pytest.fixture
def world(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(passwords, "COST", 4)
    with write() as db:
        return a_world(db)


def test_a_note_is_written_with_two_taps(open_page: Open, world: World) -> None:
    app = write_note(open_page("notes", as_=world.ada), "We learned to listen.")

    (note,) = written(world)
    assert (note.body, note.session_number, note.theme) == ("We learned to listen.", 1, None)
    assert (note.kind, note.audience, note.attribution) == ("experience", "cohort", "role only")
    assert cards(app) == ["We learned to listen."]
    assert [said.value for said in app.success] == [plain("Saved, for everybody in the cohort.")]
    assert field(app, "text_area", "Your note").value == ""


def test_session_and_theme_of_the_address_are_filled_in(open_page: Open, world: World) -> None:
    app = open_page("notes", as_=world.ada, session="3", theme="tools")
    assert "About session 3, Tools." in html(app)

    write_note(app, "About tools")

    (note,) = written(world)
    assert (note.session_number, note.theme, note.theme_label) == (3, "tools", "Tools")


@pytest.mark.parametrize("query", [{"session": "9"}, {"session": "x", "theme": "<b>", "type": "\x00"}])
def test_an_address_with_nonsense_is_the_page_without_it(open_page: Open, world: World, query: dict[str, str]) -> None:
    stored(world, world.ben, "Hello")

    app = open_page("notes", as_=world.ada, **query)

    assert not app.exception
    assert cards(app) == ["Hello"]
    assert "About session 1. For everybody in the cohort." in html(app)


def test_every_choice_can_be_changed(open_page: Open, world: World) -> None:
    app = open_page("notes", as_=world.ada)
    for label, value in [
        ("Session", "5"),
        ("Theme", "skills"),
        ("Type", "promising practice"),
        ("Who can read it", "only me"),
        ("The name others read", "first name"),
    ]:
        field(app, "selectbox", label).set_value(value).run()

    app = write_note(app, "Mine")

    (note,) = written(world)
    assert (note.session_number, note.theme, note.kind) == (5, "skills", "promising practice")
    assert (note.audience, note.by) == ("only me", "Ada")
    assert [said.value for said in app.success] == [plain("Saved, for me alone.")]
    assert written(world, world.fay) == ()


def test_an_empty_note_says_what_to_do(open_page: Open, world: World) -> None:
    app = press(open_page("notes", as_=world.ada), "Save this note")

    assert [error.value for error in app.error] == [plain("The note is empty. Write a few words first.")]
    assert written(world) == ()


def test_a_note_of_five_thousand_characters_says_what_to_do_and_stays_in_the_box(open_page: Open, world: World) -> None:
    app = write_note(open_page("notes", as_=world.ada), "x" * 5000)

    (error,) = app.error
    assert "1,000 characters too long" in error.value
    assert "still in the box" in error.value
    assert field(app, "text_area", "Your note").value == "x" * 5000

    app = write_note(app, "x" * 4000)
    assert [len(note.body) for note in written(world)] == [4000]


def test_a_draft_outlives_a_look_at_another_page(open_page: Open, world: World) -> None:
    app = open_page("notes", as_=world.ada, session="3", theme="tools")
    field(app, "text_area", "Your note").input("Half a thought").run()

    app = app.switch_page(str(PAGES / "today.py")).run()
    app = app.switch_page(str(PAGES / "notes.py")).run()

    assert field(app, "text_area", "Your note").value == "Half a thought"
    press(app, "Save this note")
    assert [(note.body, note.session_number, note.theme) for note in written(world)] == [("Half a thought", 3, "tools")]


def test_a_press_whose_run_is_interrupted_before_the_write_is_saved_by_the_next(
    open_page: Open, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when somebody's vote redraws the page in the same moment: Streamlit ends the run that the press began."""
    app = open_page("notes", as_=world.ada)
    field(app, "text_area", "Your note").input("A thought in a busy moment").run()
    interrupted = [True]

    def busy(*_: object) -> None:
        if interrupted.pop():
            st.stop()

    with monkeypatch.context() as patch:
        patch.setattr(note_form, "_save", busy)
        press(app, "Save this note")
    assert (interrupted, written(world)) == ([], ())

    app.run()

    assert [note.body for note in written(world)] == ["A thought in a busy moment"]
    assert field(app, "text_area", "Your note").value == ""


def test_several_cohorts_have_a_plain_chooser_that_begins_with_the_one_that_meets_next(
    open_page: Open, world: World
) -> None:
    app = open_page("notes", as_=world.fay)
    assert not [box for box in app.selectbox if box.label == "Cohort"]
    with write() as db:
        a_cohort(db, world.fay, "In a year", at=later(60 * 24 * 365))

    app = open_page("notes", as_=world.fay)

    assert field(app, "selectbox", "Cohort").value == world.cohort.id
    assert app.query_params["cohort"] == world.cohort.id


def test_of_two_cohorts_with_one_name_each_can_be_chosen(open_page: Open, world: World) -> None:
    with write() as db:
        a_cohort(db, world.fay, world.cohort.name, at=later(60 * 24 * 365))

    options = field(open_page("notes", as_=world.fay), "selectbox", "Cohort").options

    assert len(set(options)) == 2
    assert f"{world.cohort.name}, from 13 January 2026" in options


def test_words_begun_for_one_cohort_are_not_saved_in_another(open_page: Open, world: World) -> None:
    with write() as db:
        a_cohort(db, world.fay, "Friday group of Fay")
    app = open_page("notes", as_=world.fay)
    field(app, "text_area", "Your note").input("About these people").run()
    cohort = field(app, "selectbox", "Cohort")
    other = "Friday group of Fay" if cohort.value == world.cohort.id else world.cohort.name

    app = cohort.select(other).run()

    assert field(app, "text_area", "Your note").value == ""


def test_the_wall_shows_what_the_reader_may_read_by_session_newest_first(open_page: Open, world: World) -> None:
    stored(world, world.ben, "early", session=1, minutes=9)
    stored(world, world.ben, "older", session=2, minutes=1)
    stored(world, world.fay, "newer", session=2, minutes=2)
    stored(world, world.ben, "Ben alone", audience="only me")

    app = open_page("notes", as_=world.ada)

    assert cards(app) == ["newer", "older", "early"]
    assert [head.value for head in app.header] == ["Session 2", "Session 1"]
    assert not any(noise in html(app) for noise in NOISE)


def test_a_card_says_type_theme_author_and_audience_in_small_words(open_page: Open, world: World) -> None:
    stored(world, world.ben, "x", kind="story", theme="tools", attribution="name", audience="network")

    assert "Story · Tools · Ben · cohort and network" in html(open_page("notes", as_=world.ada))


def test_the_wall_is_filtered_by_session_theme_type_and_words(open_page: Open, world: World) -> None:
    stored(world, world.ben, "one", session=1, theme="tools")
    stored(world, world.ben, "two", session=2, theme="tools", kind="story")
    stored(world, world.ben, "Café", session=2, theme="skills")

    app = open_page("notes", as_=world.ada, theme="tools")
    assert cards(app) == ["two", "one"]
    app = field(app, "pills", "Type").set_value("story").run()
    assert cards(app) == ["two"]
    app = field(app, "text_input", "Find words in the notes").input("nothing").run()
    assert cards(app) == []
    assert "Take a filter away" in app.info[0].value

    app = open_page("notes", as_=world.ada)
    app = field(app, "text_input", "Find words in the notes").input("cafe").run()
    assert cards(app) == ["Café"]


def test_an_empty_wall_says_what_to_do_next(open_page: Open, world: World) -> None:
    app = open_page("notes", as_=world.ada)

    assert [info.value for info in app.info] == ["No notes yet. Write the first one above: one sentence is enough."]


def test_a_long_wall_shows_the_first_thirty_until_all_are_asked_for(open_page: Open, world: World) -> None:
    for number in range(33):
        stored(world, world.ben, f"note {number}", minutes=number)
    app = open_page("notes", as_=world.ada)
    assert len(cards(app)) == 30

    app = field(app, "toggle", "Show all 33 notes").set_value(True).run()

    assert len(cards(app)) == 33


def test_a_facilitator_writes_notes_too(open_page: Open, world: World) -> None:
    write_note(open_page("notes", as_=world.fay), "From the front")

    assert [(note.body, note.by) for note in written(world)] == [("From the front", "a facilitator")]


def test_a_stranger_sees_the_sign_in_and_no_note(open_page: Open, world: World) -> None:
    stored(world, world.ada, "Mine", audience="network")

    app = open_page("notes")

    assert not app.exception
    assert cards(app) == []
    assert not app.text_area
    assert "Mine" not in html(app)
