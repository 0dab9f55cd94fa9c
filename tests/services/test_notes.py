"""Who may read, write and take back a note."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import notes, passwords
from tests.services.note_world import NOISE, World, a_note, a_world, connections, later


@pytest.fixture
def world(db: Session, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(passwords, "COST", 4)
    return a_world(db)


def bodies(db: Session, visitor: Visitor, world: World, **filters: Any) -> list[str]:
    return [note.body for note in notes.wall(db, visitor, world.cohort.id, **filters)]


READERS = {
    "only me": {"ada"},
    "facilitator": {"ada", "fay", "cofay"},
    "cohort": {"ada", "ben", "fay", "cofay"},
    "network": {"ada", "ben", "fay", "cofay"},
}


@pytest.mark.parametrize("audience", READERS)
def test_a_member_s_note_is_read_by_its_audience_and_nobody_else(db: Session, world: World, audience: str) -> None:
    a_note(db, world.ada, world.cohort, "Mine", audience=audience, theme="tools")

    for name in ("ada", "ben", "fay", "cofay"):
        expected = ["Mine"] if name in READERS[audience] else []
        assert bodies(db, getattr(world, name), world) == expected, name
        assert len(notes.counts_behind(db, getattr(world, name), world.cohort.id)) == len(expected), name


@pytest.mark.parametrize("audience", READERS)
def test_a_facilitator_s_note_for_herself_is_hidden_from_her_co_facilitator(
    db: Session, world: World, audience: str
) -> None:
    a_note(db, world.fay, world.cohort, "Mine", audience=audience)

    assert bodies(db, world.fay, world) == ["Mine"]
    assert bodies(db, world.cofay, world) == ([] if audience == "only me" else ["Mine"])
    assert bodies(db, world.ada, world) == (["Mine"] if audience in ("cohort", "network") else [])


@pytest.mark.parametrize("name", ["zoe", "gil"])
def test_people_of_another_cohort_can_do_nothing_with_ours(db: Session, world: World, name: str) -> None:
    stranger = getattr(world, name)
    note = a_note(db, world.ada, world.cohort, audience="network")
    changed = {"kind": "story", "audience": "network", "attribution": "name", "version": 1, "at": later(1)}

    for verb in (
        lambda: notes.wall(db, stranger, world.cohort.id),
        lambda: notes.counts_behind(db, stranger, world.cohort.id),
        lambda: a_note(db, stranger, world.cohort),
        lambda: notes.edit(db, stranger, note.id, body="Theirs", **changed),  # type: ignore[arg-type]
        lambda: notes.settle(db, stranger, note.id, seen=()),
        lambda: notes.withdraw(db, stranger, note.id),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert bodies(db, world.ben, world) == [note.body]


@pytest.mark.parametrize("name", ["ben", "fay"])
def test_only_the_author_changes_or_deletes_a_note(db: Session, world: World, name: str) -> None:
    other = getattr(world, name)
    note = a_note(db, world.ada, world.cohort)
    sent = {"kind": "story", "audience": "cohort", "attribution": "name", "version": 1, "at": later(1)}

    with pytest.raises(NotAllowed, match="not yours"):
        notes.edit(db, other, note.id, body="Theirs", **sent)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="not yours"):
        notes.withdraw(db, other, note.id)
    with pytest.raises(NotAllowed, match="not yours"):
        notes.withdraw(db, world.ada, "no-such-note")

    notes.withdraw(db, world.ada, note.id)
    assert bodies(db, world.ada, world) == []


@pytest.mark.parametrize(
    ("attribution", "by"),
    [("name", "Ada Lovelace"), ("first name", "Ada"), ("role only", "a member"), ("none", "")],
)
def test_others_read_the_name_that_the_author_chose(db: Session, world: World, attribution: str, by: str) -> None:
    a_note(db, world.ada, world.cohort, attribution=attribution)

    for_others = notes.wall(db, world.fay, world.cohort.id)[0]
    for_herself = notes.wall(db, world.ada, world.cohort.id)[0]

    assert (for_others.by, for_others.mine) == (by, False)
    assert (for_herself.by, for_herself.mine) == (by, True)
    assert "Ada" not in repr(for_others) or attribution in ("name", "first name")


def test_a_facilitator_is_a_facilitator_by_role(db: Session, world: World) -> None:
    a_note(db, world.fay, world.cohort)

    assert notes.wall(db, world.ada, world.cohort.id)[0].by == "a facilitator"


def test_the_wall_is_newest_first_and_narrowed_by_session_theme_and_type(db: Session, world: World) -> None:
    a_note(db, world.ada, world.cohort, "one", session=1, theme="tools", minutes=1)
    a_note(db, world.ben, world.cohort, "two", session=2, theme="tools", kind="story", minutes=2)
    a_note(db, world.fay, world.cohort, "three", session=2, minutes=3)

    assert bodies(db, world.ada, world) == ["three", "two", "one"]
    assert bodies(db, world.ada, world, session_number=2) == ["three", "two"]
    assert bodies(db, world.ada, world, theme="tools") == ["two", "one"]
    assert bodies(db, world.ada, world, kind="story", theme="tools", session_number=2) == ["two"]
    assert bodies(db, world.ada, world, session_number=9, theme="x' OR 1=1") == []


def test_a_note_says_its_theme_in_the_words_of_the_instrument(db: Session, world: World) -> None:
    note = a_note(db, world.ada, world.cohort, theme="tools")

    assert (note.theme, note.theme_label) == ("tools", "Tools")
    assert a_note(db, world.ada, world.cohort, "Another").theme_label is None


def test_notes_behind_a_shift_are_counted_by_session_and_theme(db: Session, world: World) -> None:
    for number in range(3):
        a_note(db, world.ada, world.cohort, f"tools {number}", theme="tools")
    a_note(db, world.ada, world.cohort, "another session", theme="tools", session=4)
    a_note(db, world.ben, world.cohort, "no theme")

    assert notes.counts_behind(db, world.ben, world.cohort.id) == {(3, "tools"): 3, (4, "tools"): 1}


def test_a_hundred_notes_cost_as_many_queries_as_one(db: Session, world: World) -> None:
    def queries() -> int:
        seen: list[str] = []
        db.flush()
        listen = lambda _c, _u, statement, *_rest: seen.append(statement)  # noqa: E731 -- removed again below
        event.listen(db.get_bind(), "before_cursor_execute", listen)
        notes.wall(db, world.ada, world.cohort.id)
        notes.counts_behind(db, world.ada, world.cohort.id)
        event.remove(db.get_bind(), "before_cursor_execute", listen)
        return len(seen)

    a_note(db, world.ada, world.cohort, theme="tools")
    queries()  # the instrument's words are read once for ever
    one = queries()
    for number in range(100):
        a_note(db, world.ben, world.cohort, f"note {number}", theme="tools", minutes=number)

    assert queries() == one == 7


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"body": "  \n "}, "The note is empty"),
        ({"body": "x" * 5000}, "1,000 characters too long .* still in the box"),
        ({"kind": "gossip"}, "not on the list"),
        ({"audience": "public"}, "not on the list"),
        ({"attribution": "x"}, "not on the list"),
        ({"session": 0}, "one of the six sessions"),
        ({"session": 7}, "one of the six sessions"),
        ({"theme": "no_such_theme"}, "theme is not on the list"),
    ],
)
def test_what_cannot_be_stored_is_refused_in_a_sentence(
    db: Session, world: World, sent: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        a_note(db, world.ada, world.cohort, **sent)

    assert bodies(db, world.ada, world) == []


def test_a_theme_needs_its_instrument(db: Session, world: World) -> None:
    sent = {"kind": "story", "audience": "cohort", "attribution": "none", "body": "x", "at": later(0)}

    with pytest.raises(Refused, match="theme is not on the list"):
        notes.add(db, world.ada, world.cohort.id, session_number=1, theme="tools", instrument=None, **sent)  # type: ignore[arg-type]
    note = notes.add(
        db,
        world.ada,
        world.cohort.id,
        session_number=1,
        theme=None,
        instrument=connections(),
        **sent,  # type: ignore[arg-type]
    )
    assert note.theme is None


def test_saving_twice_by_a_double_tap_makes_one_note(db: Session, world: World) -> None:
    first, second = a_note(db, world.ada, world.cohort), a_note(db, world.ada, world.cohort)
    wider = a_note(db, world.ada, world.cohort, audience="network")
    days_later = a_note(db, world.ada, world.cohort, minutes=2000)
    by_somebody_else = a_note(db, world.ben, world.cohort)

    assert first.id == second.id
    assert len({first.id, wider.id, days_later.id, by_somebody_else.id}) == 4


def test_an_author_has_room_for_two_hundred_notes_a_session(
    db: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "NOTES_MAX", 2)
    for number in range(2):
        a_note(db, world.ada, world.cohort, f"note {number}")

    with pytest.raises(Refused, match="2 notes about this session"):
        a_note(db, world.ada, world.cohort, "one more")
    a_note(db, world.ada, world.cohort, "one more", session=4)
    a_note(db, world.ben, world.cohort, "one more")


def test_an_author_writes_ten_notes_a_minute(db: Session, world: World) -> None:
    for number in range(10):
        a_note(db, world.ada, world.cohort, f"note {number}", session=1 + number % 6)

    with pytest.raises(Refused, match="10 notes within a minute"):
        a_note(db, world.ada, world.cohort, "one more")
    a_note(db, world.ben, world.cohort, "one more")
    a_note(db, world.ada, world.cohort, "one more", minutes=1)


def test_without_the_limits_an_author_would_write_on(
    db: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the two above."""
    monkeypatch.setattr(notes, "NOTES_MAX", 2)
    monkeypatch.setattr(notes, "_refuse_flood", lambda *_args: None)
    before = len(bodies(db, world.ada, world))
    for number in range(11):
        a_note(db, world.ada, world.cohort, f"note {number}")

    assert len(bodies(db, world.ada, world)) == before + 11


def test_the_other_cohort_still_has_its_own_two(db: Session, world: World) -> None:
    """Guards the guard: the noise that all tests above must not meet is really there."""
    assert {note.body for note in notes.wall(db, world.gil, world.elsewhere.id)} == set(NOISE)
    assert {note.body for note in notes.wall(db, world.zoe, world.elsewhere.id)} == set(NOISE)
