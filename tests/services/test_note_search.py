"""Finding notes by words: the same notes on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.services import notes, passwords
from tests.services.note_world import a_note, a_world

TEXTS = (
    "The café was full; people felt WELCOME.",
    "100% of us use snake_case",
    "1000 of us use snakeXcase",
    "Straße, Übung, naïve, Ελλάδα, \u00c5ngström",
    "C:\\notes and a/b",
    "𝐁𝐨𝐥𝐝 letters, and ℡ 7",
)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("cafe", {0}),
        ("CAFÉ", {0}),
        ("cafe\u0301", {0}),
        ("welcome people", {0}),
        ("  welcome \n  full ", {0}),
        ("welcome nobody", set()),
        ("elcom", {0}),
        ("100%", {1}),
        ("%", {1}),
        ("snake_case", {1}),
        ("_", {1}),
        ("snake", {1, 2}),
        ("strasse ubung", {3}),
        ("ελλαδα", {3}),
        ("ΕΛΛΆΔΑ", {3}),
        ("angstrom", {3}),
        ("\\", {4}),
        ("a/b", {4}),
        ("/", {4}),
        ("bold", {5}),
        ("BOLD TEL", {5}),
        ("' OR 1=1 --", set()),
        ("we\x00lcome", {0}),
        ("", set(range(6))),
        ("   ", set(range(6))),
    ],
)
def test_search_finds(db: Session, monkeypatch: pytest.MonkeyPatch, search: str, found: set[int]) -> None:
    monkeypatch.setattr(passwords, "COST", 4)
    world = a_world(db)
    for text in TEXTS:
        a_note(db, world.ada, world.cohort, text)

    wall = notes.wall(db, world.ben, world.cohort.id, search=search)

    assert {TEXTS.index(note.body) for note in wall} == found


def test_search_does_not_reach_what_the_reader_may_not_read(db: Session) -> None:
    world = a_world(db)
    a_note(db, world.ada, world.cohort, "A secret", audience="only me")

    assert notes.wall(db, world.ben, world.cohort.id, search="secret") == ()
    assert notes.wall(db, world.ben, world.cohort.id, search="other cohort") == ()
    assert len(notes.wall(db, world.ada, world.cohort.id, search="secret")) == 1


def test_a_search_for_a_whole_page_is_refused_in_a_sentence(db: Session) -> None:
    world = a_world(db)

    with pytest.raises(Refused, match="few words"):
        notes.wall(db, world.ada, world.cohort.id, search="x" * 100_000)
