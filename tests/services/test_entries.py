"""What members write for themselves is theirs alone: until they share an entry, and then it is a note."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.entry import EntryKind, Said
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.visitor import Visitor
from mcm_core.services import entries, members, notes
from mcm_core.store import texts
from mcm_core.store.tables import EntryRow
from tests.services.people import NOW
from tests.services.stories import Group, a_group, during

TRY = Said({"apply": "Ask about the best time to call", "team": "They like it"}, ("told my team",))


@pytest.fixture
def group(db: Session) -> Group:
    return a_group(db, 5)


def written(
    db: Session, by: Visitor, kind: EntryKind = EntryKind.DIARY, words: str = "A good week", minutes: int = 0
) -> str:
    name = next(iter(texts.between()[kind].questions))
    return entries.add(db, by, kind, Said({name: words}), at=NOW + timedelta(minutes=minutes)).id


def test_every_kind_of_entry_is_kept_as_it_was_said(db: Session, group: Group) -> None:
    ada = group.members[0]
    entries.set_wellbeing(db, ada, yes=True, at=NOW)
    said = {
        EntryKind.TRY: TRY,
        EntryKind.LEARNING: Said({"what": "A talk", "link": "https://example.org/talk"}, minutes=45),
        EntryKind.DIARY: Said({"words": "I was heard"}, ("feelings", "joys")),
        EntryKind.WELLBEING: Said({"note": "Slept well"}, ("calm",), energy=3),
    }
    for kind, one in said.items():
        entries.add(db, ada, kind, one, at=NOW)

    assert {one.kind: one.said for one in entries.mine(db, ada)} == said
    assert not any(one.is_note for one in entries.mine(db, ada))


def test_nobody_else_reads_changes_deletes_or_shares_an_entry(db: Session, group: Group) -> None:
    ada, ben = group.members[:2]
    entry_id = written(db, ada)

    assert entries.mine(db, ben) == ()
    choice = {"kind": Kind.STORY, "audience": Audience.COHORT, "attribution": Attribution.NONE}
    for one in (ben, group.facilitator):
        for tried in (
            lambda one=one: entries.change(db, one, entry_id, Said({"words": "x"}), at=NOW),
            lambda one=one: entries.remove(db, one, entry_id),
            lambda one=one: entries.share(db, one, entry_id, body="x", at=NOW, **choice),
        ):
            with pytest.raises(NotAllowed):
                tried()
    with pytest.raises(NotAllowed):
        entries.mine(db, group.facilitator)


def test_an_entry_is_changed_and_deleted_at_once(db: Session, group: Group) -> None:
    ada = group.members[0]
    entry_id = written(db, ada)
    changed = entries.change(db, ada, entry_id, Said({"words": "Better"}, ("joys",)), at=NOW + timedelta(hours=1))
    assert (changed.said, changed.written_at) == (Said({"words": "Better"}, ("joys",)), NOW)

    entries.remove(db, ada, entry_id)
    assert entries.mine(db, ada) == ()
    with pytest.raises(NotAllowed):
        entries.remove(db, ada, entry_id)


def test_the_same_entry_twice_within_a_minute_is_one(db: Session, group: Group) -> None:
    ada = group.members[0]

    assert written(db, ada) == written(db, ada)
    assert written(db, ada) != written(db, ada, minutes=2)


def test_a_flood_is_refused_with_the_words_kept(db: Session, group: Group) -> None:
    for number in range(10):
        written(db, group.members[0], words=str(number))

    with pytest.raises(Refused, match="your words are still there"):
        written(db, group.members[0], words="one more")


def test_sharing_makes_a_note_with_a_notes_rules_and_the_entry_stays_private(db: Session, group: Group) -> None:
    ada, ben = group.members[:2]
    entry_id = written(db, ada)
    choice = {"kind": Kind.EXPERIENCE, "audience": Audience.FACILITATOR, "attribution": Attribution.FIRST_NAME}
    entries.share(db, ada, entry_id, body="In other words", at=during(group.cohort, 2), **choice)

    assert notes.wall(db, ben, group.cohort.id) == ()
    (note,) = notes.wall(db, group.facilitator, group.cohort.id)
    assert (note.body, note.by, note.session_number) == ("In other words", "Ada", 2)
    (entry,) = entries.mine(db, ada)
    assert (entry.said.texts, entry.is_note) == ({"words": "A good week"}, True)
    with pytest.raises(Refused, match="shared this entry already"):
        entries.share(db, ada, entry_id, body="again", at=NOW, **choice)

    notes.withdraw(db, ada, note.id)
    db.expire_all()
    assert [one.is_note for one in entries.mine(db, ada)] == [False]


def test_how_i_am_is_off_until_i_say_yes_never_shared_and_gone_when_i_stop(db: Session, group: Group) -> None:
    ada = group.members[0]
    assert entries.wellbeing_since(db, ada) is None
    with pytest.raises(Refused, match="Say yes first"):
        entries.add(db, ada, EntryKind.WELLBEING, Said({}, ("calm",)), at=NOW)

    entries.set_wellbeing(db, ada, yes=True, at=NOW)
    entries.set_wellbeing(db, ada, yes=True, at=NOW + timedelta(days=1))
    assert entries.wellbeing_since(db, ada) == NOW
    entry = entries.add(db, ada, EntryKind.WELLBEING, Said({}, ("calm",), energy=2), at=NOW)
    with pytest.raises(Refused, match="Choose one"):
        entries.add(db, ada, EntryKind.WELLBEING, Said({}, ("calm", "tired")), at=NOW)
    with pytest.raises(Refused, match="for you alone"):
        entries.share(
            db, ada, entry.id, kind=Kind.STORY, audience=Audience.COHORT, attribution=Attribution.NONE, body="x", at=NOW
        )
    diary = written(db, ada)

    entries.set_wellbeing(db, ada, yes=False, at=NOW)

    assert [one.id for one in entries.mine(db, ada)] == [diary]
    assert entries.wellbeing_since(db, ada) is None


def test_tries_are_a_count_of_everybodys_once_five_people_planned_one(db: Session, group: Group) -> None:
    at = during(group.cohort, 2)
    entries.add(db, group.members[0], EntryKind.TRY, TRY, at=during(group.cohort, 1))  # another week's
    for number, one in enumerate(group.members):
        assert entries.tries_planned(db, group.facilitator, group.cohort.id, at=at) == "", number
        entries.add(db, one, EntryKind.TRY, TRY, at=at)
    entries.add(db, group.members[0], EntryKind.TRY, Said({"apply": "A second one"}), at=at)

    assert entries.tries_planned(db, group.members[1], group.cohort.id, at=at) == "6 tries are planned."


def test_everything_written_goes_with_its_author(db: Session, group: Group) -> None:
    ada = group.members[0]
    written(db, ada)
    written(db, group.members[1])

    members.erase(db, ada, keep_notes=True)

    assert db.scalar(select(func.count()).select_from(EntryRow)) == 1
