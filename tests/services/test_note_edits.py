"""Changing a note: nothing that somebody typed is lost, whoever saves first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.note import Note
from mcm_core.domain.visitor import Visitor
from mcm_core.services import notes, passwords
from mcm_core.services.notes import Edited
from mcm_core.store.engine import write
from mcm_core.store.tables import NoteRow
from tests.services.note_world import World, a_note, a_world, later

TEXTS = tuple(f"Text of device {number}" for number in range(6))


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", 4)


def an_edit(db: Session, visitor: Visitor, note: Note, body: str, *, version: int = 1, **choices: Any) -> Edited:
    sent = {"kind": "experience", "audience": "cohort", "attribution": "role only"} | choices
    return notes.edit(db, visitor, note.id, body=body, version=version, at=later(5), **sent)


def test_a_change_is_stored_whole(db: Session) -> None:
    world = a_world(db)
    note = a_note(db, world.ada, world.cohort)

    edited = an_edit(db, world.ada, note, " Better ", kind="story", audience="network", attribution="name")

    assert not edited.kept
    assert [(n.body, n.kind, n.audience, n.by, n.version) for n in notes.wall(db, world.ben, world.cohort.id)] == [
        ("Better", "story", "network", "Ada Lovelace", 2)
    ]
    assert edited.note.changed_at == later(5)
    assert notes.wall(db, world.ben, world.cohort.id, search="better")


def test_the_text_that_came_second_is_kept_for_its_author_alone(db: Session) -> None:
    world = a_world(db)
    note = a_note(db, world.ada, world.cohort)
    an_edit(db, world.ada, note, "From the phone")

    edited = an_edit(db, world.ada, note, "From the laptop")

    assert edited.kept
    assert (edited.note.body, edited.note.kept_texts) == ("From the phone", ("From the laptop",))
    assert notes.wall(db, world.ada, world.cohort.id)[0].kept_texts == ("From the laptop",)
    assert notes.wall(db, world.ben, world.cohort.id)[0].kept_texts == ()
    assert notes.wall(db, world.fay, world.cohort.id)[0].kept_texts == ()


def test_of_two_choices_at_once_the_more_private_one_holds(db: Session) -> None:
    world = a_world(db)
    note = a_note(db, world.ada, world.cohort, attribution="name")
    an_edit(db, world.ada, note, "First", audience="network", attribution="name")

    edited = an_edit(db, world.ada, note, "Second", audience="only me", attribution="none")

    assert (edited.note.audience, edited.note.attribution, edited.note.version) == ("only me", "none", 3)
    assert notes.wall(db, world.ben, world.cohort.id) == ()


def test_a_late_change_does_not_open_a_note_that_was_closed(db: Session) -> None:
    world = a_world(db)
    note = a_note(db, world.ada, world.cohort)
    an_edit(db, world.ada, note, "First", audience="only me", attribution="none")

    edited = an_edit(db, world.ada, note, "Second", audience="network", attribution="name")

    assert (edited.note.audience, edited.note.attribution) == ("only me", "none")


def test_a_double_tap_on_save_is_one_change(db: Session) -> None:
    world = a_world(db)
    note = a_note(db, world.ada, world.cohort)

    taps = [an_edit(db, world.ada, note, "Better") for _ in range(2)]
    late_taps = [an_edit(db, world.ada, note, "Late") for _ in range(2)]

    assert [tap.kept for tap in taps + late_taps] == [False, False, True, True]
    assert late_taps[1].note.kept_texts == ("Late",)


def test_merging_drops_the_texts_that_were_seen_and_no_other(db: Session) -> None:
    world = a_world(db)
    note = a_note(db, world.ada, world.cohort)
    for text in ("First", "Second", "Third"):
        an_edit(db, world.ada, note, text)

    notes.settle(db, world.ada, note.id, seen=("Second",))

    assert notes.wall(db, world.ada, world.cohort.id)[0].kept_texts == ("Third",)


def test_a_change_that_cannot_be_stored_changes_nothing(db: Session) -> None:
    world = a_world(db)
    note = a_note(db, world.ada, world.cohort)

    refused: list[dict[str, Any]] = [{"body": ""}, {"body": "x" * 5000}, {"body": "x", "audience": "public"}]
    for sent in refused:
        with pytest.raises(Refused):
            an_edit(db, world.ada, note, **sent)

    assert notes.wall(db, world.ada, world.cohort.id)[0] == note


def test_changing_a_note_that_was_deleted_meanwhile_says_so(db: Session) -> None:
    world = a_world(db)
    note = a_note(db, world.ada, world.cohort)
    notes.withdraw(db, world.ada, note.id)

    with pytest.raises(NotAllowed, match="was deleted"):
        an_edit(db, world.ada, note, "Better")


def _at_once(save: Callable[[str], None]) -> None:
    """Call `save` with every text, each in a thread of its own, all at the same moment."""
    gate = threading.Barrier(len(TEXTS))

    def run(text: str) -> None:
        gate.wait()
        save(text)

    threads = [threading.Thread(target=run, args=(text,)) for text in TEXTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _stored_note(database: str) -> tuple[World, Note]:
    with write(database) as db:
        world = a_world(db)
        return world, a_note(db, world.ada, world.cohort)


def _texts_of(database: str, world: World) -> set[str]:
    with write(database) as db:
        note = notes.wall(db, world.ada, world.cohort.id)[0]
    return {note.body, *note.kept_texts}


def test_of_six_devices_that_save_at_once_one_wins_and_no_text_is_lost(database: str) -> None:
    world, note = _stored_note(database)
    kept: list[bool] = []

    def save(text: str) -> None:
        with write(database) as db:
            kept.append(an_edit(db, world.ada, note, text).kept)

    _at_once(save)

    assert sorted(kept) == [False, True, True, True, True, True]
    assert _texts_of(database, world) == set(TEXTS)


def test_the_same_texts_are_lost_without_the_version(database: str) -> None:
    """The negative control: if nothing is lost here, the test above proves nothing any more."""
    world, note = _stored_note(database)

    def save(text: str) -> None:
        with write(database) as db:
            db.execute(update(NoteRow).where(NoteRow.id == note.id).values(body=text))

    _at_once(save)

    assert len(_texts_of(database, world)) == 1
