"""A facilitator pauses somebody else's note: everywhere at once, reversible, nothing deleted (domain.md §5 row 28)."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mcm_core.domain.entry import EntryKind, Said
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.note import Note
from mcm_core.domain.visitor import Visitor
from mcm_core.services import (
    audit,
    digest,
    entries,
    guests,
    members,
    my_data,
    note_pauses,
    note_reading,
    notes,
    passwords,
    reports,
)
from mcm_core.store.engine import read, write
from mcm_core.store.tables import AuditRow, NoteRow, SignInRow
from tests.services.note_world import World, a_note, a_world, later
from tests.services.people import NOW, a_member, signed_in
from tests.services.racing import race

WORDS = "Mrs. Miller of Elm Street wept"


@pytest.fixture
def world(db: Session, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(passwords, "COST", 4)
    return a_world(db)


@pytest.fixture
def note(db: Session, world: World) -> Note:
    return a_note(db, world.ada, world.cohort, WORDS, audience="network", theme="tools")


def a_pause(db: Session, world: World, note: Note, minutes: int = 5) -> None:
    note_pauses.pause(db, world.fay, note.id, at=later(minutes))


def everywhere(db: Session, world: World, who: Visitor) -> dict[str, bool]:
    """Where this person reads the note: by the wall, a search, the digest and what is printed for the group."""
    cohort_id = world.cohort.id
    found = {
        "wall": notes.wall(db, who, cohort_id),
        "search": notes.wall(db, who, cohort_id, search="elm street"),
        "digest": digest.of_week(db, who, cohort_id, at=NOW).notes,
        "review and report": reports.ours(db, who, cohort_id).notes,
        "report to share": reports.ours(db, who, cohort_id, to_share=True).notes,
        "beyond": note_reading.beyond(db, who, cohort_id),
    }
    return {where: any(WORDS in one.body for one in read_) for where, read_ in found.items()}


def test_at_once_nobody_reads_it_anywhere(db: Session, world: World, note: Note) -> None:
    for who in (world.ben, world.fay, world.cofay):
        assert all(everywhere(db, world, who).values())

    a_pause(db, world, note)

    for who in (world.ben, world.fay, world.cofay):
        assert not any(everywhere(db, world, who).values())
        assert notes.counts_behind(db, who, world.cohort.id) == {}


def test_a_guest_reads_it_no_more(db: Session, world: World, note: Note) -> None:
    token = guests.invite(db, world.fay, world.cohort.session(3).id, "Gus", at=NOW)
    guest = signed_in(db, guests.come_in(db, token, browser_token=None, at=NOW))
    assert [one.body for one in guests.screen(db, guest, at=NOW).notes] == [WORDS]

    a_pause(db, world, note)

    assert guests.screen(db, guest, at=NOW).notes == ()


def test_its_author_is_told_and_it_is_on_no_paper_of_theirs_either(db: Session, world: World, note: Note) -> None:
    a_pause(db, world, note)

    (own,) = notes.wall(db, world.ada, world.cohort.id)
    assert (own.body, own.paused_at) == (WORDS, later(5))
    (kept,) = my_data.everything(db, world.ada, at=NOW).notes
    assert kept.paused_at == later(5)
    assert reports.mine(db, world.ada).notes == ()
    assert reports.ours(db, world.ada, world.cohort.id).notes == ()
    assert digest.of_week(db, world.ada, world.cohort.id, at=NOW).notes == ()


def test_the_author_changes_it_and_a_facilitator_shows_it_again(db: Session, world: World, note: Note) -> None:
    a_pause(db, world, note)
    (waits,) = note_pauses.paused(db, world.cofay, world.cohort.id)
    assert (waits.body, waits.changed_since) == (WORDS, False)

    chosen = {"kind": note.kind, "audience": note.audience, "attribution": note.attribution}
    notes.edit(db, world.ada, note.id, body="Somebody wept", version=1, at=later(6), **chosen)
    assert notes.wall(db, world.ben, world.cohort.id) == (), "changing it does not show it"
    (waits,) = note_pauses.paused(db, world.cofay, world.cohort.id)
    assert (waits.body, waits.changed_since) == ("Somebody wept", True)

    note_pauses.show_again(db, world.cofay, note.id, at=later(7))

    assert [one.body for one in notes.wall(db, world.ben, world.cohort.id)] == ["Somebody wept"]
    assert note_pauses.paused(db, world.fay, world.cohort.id) == ()
    assert notes.wall(db, world.ada, world.cohort.id)[0].paused_at is None


def test_nothing_is_deleted_and_it_can_be_shown_as_it_was(db: Session, world: World, note: Note) -> None:
    a_pause(db, world, note)
    note_pauses.show_again(db, world.fay, note.id, at=later(6))

    assert all(everywhere(db, world, world.ben).values())


def test_the_group_is_told_only_of_what_it_may_have_seen(db: Session, world: World, note: Note) -> None:
    told = partial(note_pauses.told, db, cohort_id=world.cohort.id)
    db.execute(update(SignInRow).values(seen_at=later(-60)))
    a_pause(db, world, note)
    assert told(world.ben) == 0, "nobody had been here since it was written"

    note_pauses.show_again(db, world.fay, note.id, at=later(6))
    db.execute(update(SignInRow).where(SignInRow.token_hash == world.ben.sign_in).values(seen_at=later(6)))
    a_pause(db, world, note, minutes=7)

    assert told(world.ben) == 1
    assert told(world.ada) == 0, "it is hers, and she reads more about it"
    assert told(world.fay) == 0, "facilitators have it before them"


def test_who_came_after_it_was_paused_hears_nothing(db: Session, world: World, note: Note) -> None:
    db.execute(update(SignInRow).where(SignInRow.token_hash == world.ben.sign_in).values(seen_at=later(3)))
    a_pause(db, world, note)
    eve = a_member(db, world.fay, world.cohort, "Eve", at=later(9))
    assert note_pauses.told(db, eve, world.cohort.id) == 0
    assert note_pauses.told(db, world.ben, world.cohort.id) == 1

    chosen = {"kind": note.kind, "attribution": note.attribution}
    notes.edit(db, world.ada, note.id, body="x", audience="only me", version=1, at=later(6), **chosen)
    assert note_pauses.told(db, world.ben, world.cohort.id) == 0
    assert note_pauses.paused(db, world.fay, world.cohort.id) == (), (
        "and facilitators read no note that is for her alone"
    )


def test_what_waits_in_the_group_before_the_group_saw_it_is_not_told_later(db: Session, world: World) -> None:
    """Widened while it is paused: the group never had it before its eyes."""
    note = a_note(db, world.ada, world.cohort, WORDS)
    db.execute(update(SignInRow).values(seen_at=later(-60)))
    a_pause(db, world, note)
    db.execute(update(SignInRow).values(seen_at=later(30)))

    assert note_pauses.told(db, world.ben, world.cohort.id) == 0


@pytest.mark.parametrize("name", ["ada", "ben", "gil", "zoe"])
def test_only_facilitators_of_this_cohort_pause_and_show(db: Session, world: World, note: Note, name: str) -> None:
    who = getattr(world, name)
    for verb in (note_pauses.pause, note_pauses.show_again):
        with pytest.raises(NotAllowed):
            verb(db, who, note.id, at=NOW)
    with pytest.raises(NotAllowed):
        note_pauses.paused(db, who, world.cohort.id)


def test_nobody_pauses_their_own_or_shows_it_again(db: Session, world: World) -> None:
    own = a_note(db, world.fay, world.cohort, "Mine")
    with pytest.raises(Refused, match="your own"):
        note_pauses.pause(db, world.fay, own.id, at=NOW)
    note_pauses.pause(db, world.cofay, own.id, at=NOW)

    with pytest.raises(Refused, match="your own"):
        note_pauses.show_again(db, world.fay, own.id, at=NOW)
    assert note_pauses.paused(db, world.fay, world.cohort.id) == ()
    assert notes.wall(db, world.ben, world.cohort.id) == ()


def test_what_the_group_does_not_read_cannot_be_paused(db: Session, world: World) -> None:
    for audience in ("only me", "facilitator"):
        note = a_note(db, world.ada, world.cohort, "Mine", audience=audience)
        with pytest.raises(Refused, match="does not read"):
            note_pauses.pause(db, world.fay, note.id, at=NOW)


def test_the_log_has_both_presses_and_not_the_words(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", 4)
    with write() as db:
        world = a_world(db)
        note = a_note(db, world.ada, world.cohort, WORDS)
        for _ in range(2):  # a double tap
            a_pause(db, world, note)
        for _ in range(2):
            note_pauses.show_again(db, world.cofay, note.id, at=later(6))

    with read() as db:
        said = [line.sentence for line in audit.of_cohort(db, world.fay, world.cohort.id)]
        rows = db.scalars(select(AuditRow).where(AuditRow.about == note.id)).all()
        assert said.count("Fay paused a note.") == said.count("Cofay showed a paused note again.") == 1
        assert len(rows) == 2
        assert not any("Miller" in str(vars(row)) for row in rows)


def test_screens_that_show_notes_are_told(db: Session, world: World, note: Note) -> None:
    for act in (partial(a_pause, db, world, note),
                partial(note_pauses.show_again, db, world.fay, note.id, at=NOW),
                partial(notes.withdraw, db, world.ada, note.id)):  # fmt: skip
        db.info.pop("topics", None)
        act()
        assert db.info.get("topics") == {f"notes:{world.cohort.id}"}


def test_a_shared_diary_entry_is_paused_like_any_note(db: Session, world: World) -> None:
    entry = entries.add(db, world.ada, EntryKind.DIARY, Said({"words": WORDS}, ("joys",)), at=NOW)
    chosen = {"kind": "story", "audience": "cohort", "attribution": "none"}
    entries.share(db, world.ada, entry.id, body=WORDS, at=NOW, **chosen)
    (note,) = notes.wall(db, world.ben, world.cohort.id)

    a_pause(db, world, note)

    assert notes.wall(db, world.ben, world.cohort.id) == ()
    assert [one.said.texts for one in entries.mine(db, world.ada)] == [{"words": WORDS}], "her diary stays hers"


def test_whoever_leaves_takes_along_what_is_paused(db: Session, world: World, note: Note) -> None:
    stays = a_note(db, world.ada, world.cohort, "Stays")
    a_pause(db, world, note)

    members.erase(db, world.ada, keep_notes=True)

    assert db.scalars(select(NoteRow.id).where(NoteRow.cohort_id == world.cohort.id)).all() == [stays.id]


def test_two_facilitators_at_once_pause_it_once(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", 4)
    with write() as db:
        world = a_world(db)
        note = a_note(db, world.ada, world.cohort, WORDS)

    def press(who: Visitor) -> None:
        with write() as db:
            note_pauses.pause(db, who, note.id, at=later(1))

    assert race(*(partial(press, who) for who in (world.fay, world.cofay, world.fay, world.cofay))) == [None] * 4

    with read() as db:
        assert db.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.about == note.id)) == 1


def test_a_note_that_was_deleted_meanwhile_is_said_to_be_gone(db: Session, world: World, note: Note) -> None:
    notes.withdraw(db, world.ada, note.id)
    with pytest.raises(NotAllowed, match="was deleted"):
        a_pause(db, world, note)
