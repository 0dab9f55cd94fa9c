"""What members say yes and no to: dated, in which words, and with an effect."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.consent import Purpose
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.services import consents, members, notes, reports
from mcm_core.store.tables import ConsentRow
from tests.services.people import NOW
from tests.services.stories import Group, a_group, run_round


@pytest.fixture
def group(db: Session) -> Group:
    """Two who wrote with their names, beside another cohort that says no to everything."""
    other = a_group(db, 5, username="olga", name="Other group")
    for member in other.members:
        for purpose in set(Purpose) - {Purpose.TAKING_PART}:
            consents.say(db, member, purpose, yes=False, at=NOW)
    made = a_group(db, 6)
    for who, attribution in zip(made.members, (Attribution.NAME, Attribution.FIRST_NAME), strict=False):
        notes.add(
            db, who, made.cohort.id, session_number=1, theme=None, instrument=None, kind=Kind.STORY,
            audience=Audience.NETWORK, attribution=attribution, body=f"by {attribution}", at=NOW,
        )  # fmt: skip
    return made


def choice(db: Session, group: Group, purpose: Purpose):
    return next(one for one in consents.mine(db, group.members[0]) if one.wording.purpose is purpose)


def test_before_anything_is_said_the_choice_for_each_note_stands(db: Session, group: Group) -> None:
    assert {one.yes for one in consents.mine(db, group.members[0])} == {True}
    assert {one.said_at for one in consents.mine(db, group.members[0])} == {None}
    assert {note.by for note in notes.wall(db, group.members[3], group.cohort.id)} == {"Ada", "Ben"}


def test_a_word_is_kept_with_its_moment_and_the_version_that_was_read(db: Session, group: Group) -> None:
    consents.acknowledge(db, group.members[0], at=NOW)
    consents.acknowledge(db, group.members[0], at=NOW + timedelta(hours=1))

    kept = choice(db, group, Purpose.TAKING_PART)

    assert (kept.yes, kept.said_at, kept.version) == (True, NOW, "1")
    assert consents.is_told(db, group.members[0])
    assert not consents.is_told(db, group.members[1])


def test_a_no_takes_the_name_off_and_a_yes_puts_it_back(db: Session, group: Group) -> None:
    seen = []
    for yes in (False, True, True, False):
        consents.say(db, group.members[0], Purpose.NAME_WITH_NOTES, yes=yes, at=NOW)
        seen.append({note.by for note in notes.wall(db, group.members[3], group.cohort.id)})

    assert seen == [{"", "Ben"}, {"Ada", "Ben"}, {"Ada", "Ben"}, {"", "Ben"}]
    own = select(ConsentRow.yes).where(ConsentRow.member_id == group.members[0].member_id).order_by(ConsentRow.number)
    assert db.scalars(own).all() == [False, True, False]


def test_the_author_still_sees_what_they_chose(db: Session, group: Group) -> None:
    consents.say(db, group.members[0], Purpose.NAME_WITH_NOTES, yes=False, at=NOW)

    (mine,) = [note for note in notes.wall(db, group.members[0], group.cohort.id) if note.mine]

    assert (mine.attribution, mine.by) == (Attribution.NAME, "")


def test_a_no_keeps_ones_notes_in_the_group(db: Session, group: Group) -> None:
    consents.say(db, group.members[0], Purpose.NOTES_BEYOND, yes=False, at=NOW)

    to_share = reports.ours(db, group.facilitator, group.cohort.id, to_share=True)

    assert [note.body for note in to_share.notes] == ["by first name"]
    assert len(reports.ours(db, group.facilitator, group.cohort.id).notes) == 2


def test_a_no_keeps_every_picture_in_the_group_and_tells_nobody_whose_it_was(db: Session, group: Group) -> None:
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 6)
    before = reports.ours(db, group.facilitator, group.cohort.id, to_share=True)
    pages = []
    for member in group.members[:2]:
        consents.say(db, member, Purpose.TOTALS_BEYOND, yes=False, at=NOW)
        pages.append(reports.ours(db, group.facilitator, group.cohort.id, to_share=True))
        consents.say(db, member, Purpose.TOTALS_BEYOND, yes=True, at=NOW)

    assert before.journeys
    assert not before.kept_inside
    assert pages[0] == pages[1]
    assert pages[0].kept_inside
    assert pages[0].journeys == ()
    assert reports.ours(db, group.facilitator, group.cohort.id, to_share=True) == before


def test_taking_part_has_no_switch_and_nobody_speaks_for_a_member(db: Session, group: Group) -> None:
    with pytest.raises(Refused, match="erase what is yours"):
        consents.say(db, group.members[0], Purpose.TAKING_PART, yes=False, at=NOW)
    with pytest.raises(NotAllowed):
        consents.say(db, group.facilitator, Purpose.NAME_WITH_NOTES, yes=True, at=NOW)


def test_what_somebody_said_goes_with_them(db: Session, group: Group) -> None:
    consents.say(db, group.members[0], Purpose.TOTALS_BEYOND, yes=False, at=NOW)

    members.erase(db, group.members[0], keep_notes=False)

    assert not consents.is_anybody_against(db, group.cohort.id, Purpose.TOTALS_BEYOND)
