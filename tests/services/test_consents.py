"""What members say yes and no to: dated, in which words, and with an effect."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.consent import Purpose
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.note import Attribution, Audience, Kind, Note
from mcm_core.domain.visitor import Visitor
from mcm_core.services import consents, members, notes, reports
from mcm_core.store.notice import notice
from mcm_core.store.tables import ConsentRow
from tests.services.people import NOW
from tests.services.stories import Group, a_group, run_round


@pytest.fixture
def group(db: Session) -> Group:
    """Two who wrote with their names for the network, beside another cohort that has said nothing at all."""
    a_group(db, 5, username="olga", name="Other group")
    made = a_group(db, 6)
    for who, attribution in zip(made.members, (Attribution.NAME, Attribution.FIRST_NAME), strict=False):
        notes.add(
            db, who, made.cohort.id, session_number=1, theme=None, instrument=None, kind=Kind.STORY,
            audience=Audience.NETWORK, attribution=attribution, body=f"by {attribution}", at=NOW,
        )  # fmt: skip
    return made


def choice(db: Session, group: Group, purpose: Purpose):
    return next(one for one in consents.mine(db, group.members[0]) if one.wording.purpose is purpose)


def stand(db: Session, member: Visitor) -> dict[Purpose, bool]:
    """What holds for a member."""
    return {one.wording.purpose: one.yes for one in consents.mine(db, member)}


def test_everything_but_taking_part_is_off_until_somebody_says_yes(db: Session, group: Group) -> None:
    assert [purpose for purpose, yes in stand(db, group.members[3]).items() if yes] == [Purpose.TAKING_PART]
    assert {one.said_at for one in consents.mine(db, group.members[3])} == {None}


def test_what_is_chosen_for_a_note_is_a_dated_yes_to_just_that(db: Session, group: Group) -> None:
    quiet = write_a_note(db, group, 2, Audience.COHORT, Attribution.ROLE)
    first = write_a_note(db, group, 3, Audience.COHORT, Attribution.FIRST_NAME)
    wide = write_a_note(db, group, 4, Audience.NETWORK, Attribution.ROLE)

    asked = (Purpose.NAME_WITH_NOTES, Purpose.NOTES_BEYOND, Purpose.TOTALS_BEYOND)
    said = [[stand(db, group.members[place])[purpose] for purpose in asked] for place in (2, 3, 4)]

    assert said == [[False, False, False], [True, False, False], [False, True, False]]
    assert (quiet.by, first.by, wide.by) == ("a member", "Dev", "a member")
    assert consents.mine(db, group.members[3])[1].said_at == NOW


def test_a_change_to_a_note_can_say_yes_and_never_turns_a_no_over(db: Session, group: Group) -> None:
    note = write_a_note(db, group, 2, Audience.COHORT, Attribution.ROLE)
    consents.say(db, group.members[2], Purpose.NOTES_BEYOND, yes=False, at=NOW)

    changed = notes.edit(
        db, group.members[2], note.id, body=note.body, kind=note.kind, audience=Audience.NETWORK,
        attribution=Attribution.NAME, version=note.version, at=NOW,
    ).note  # fmt: skip

    assert changed.by == "Cleo"
    assert not stand(db, group.members[2])[Purpose.NOTES_BEYOND]
    assert note.id not in [one.id for one in reports.ours(db, group.facilitator, group.cohort.id, to_share=True).notes]


def write_a_note(db: Session, group: Group, place: int, audience: Audience, attribution: Attribution) -> Note:
    return notes.add(
        db, group.members[place], group.cohort.id, session_number=1, theme=None, instrument=None, kind=Kind.STORY,
        audience=audience, attribution=attribution, body="words", at=NOW,
    )  # fmt: skip


def test_a_word_is_kept_with_its_moment_and_the_version_that_was_read(db: Session, group: Group) -> None:
    consents.acknowledge(db, group.members[0], at=NOW)
    consents.acknowledge(db, group.members[0], at=NOW + timedelta(hours=1))

    kept = choice(db, group, Purpose.TAKING_PART)

    assert (kept.yes, kept.said_at, kept.version) == (True, NOW, notice().version)
    assert consents.is_told(db, group.members[0])
    assert not consents.is_told(db, group.members[1])


def test_a_no_takes_the_name_off_and_a_yes_puts_it_back(db: Session, group: Group) -> None:
    seen = []
    for yes in (False, True, True, False):
        consents.say(db, group.members[0], Purpose.NAME_WITH_NOTES, yes=yes, at=NOW)
        seen.append({note.by for note in notes.wall(db, group.members[3], group.cohort.id)})

    assert seen == [{"", "Ben"}, {"Ada", "Ben"}, {"Ada", "Ben"}, {"", "Ben"}]
    own = (
        select(ConsentRow.yes)
        .where(ConsentRow.member_id == group.members[0].member_id, ConsentRow.purpose == Purpose.NAME_WITH_NOTES.value)
        .order_by(ConsentRow.number)
    )
    assert db.scalars(own).all() == [True, False, True, False]


def test_the_author_still_sees_what_they_chose(db: Session, group: Group) -> None:
    consents.say(db, group.members[0], Purpose.NAME_WITH_NOTES, yes=False, at=NOW)

    (mine,) = [note for note in notes.wall(db, group.members[0], group.cohort.id) if note.mine]

    assert (mine.attribution, mine.by) == (Attribution.NAME, "")


def test_a_no_keeps_ones_notes_in_the_group(db: Session, group: Group) -> None:
    consents.say(db, group.members[0], Purpose.NOTES_BEYOND, yes=False, at=NOW)

    to_share = reports.ours(db, group.facilitator, group.cohort.id, to_share=True)

    assert [note.body for note in to_share.notes] == ["by first name"]
    assert len(reports.ours(db, group.facilitator, group.cohort.id).notes) == 2


def test_pictures_leave_the_group_when_all_who_joined_say_yes_and_no_page_tells_who_did_not(
    db: Session, group: Group
) -> None:
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 6)
    members.add(db, group.facilitator, group.cohort.id, "Zoe", at=NOW)  # has not joined, so no total counts her
    assert reports.ours(db, group.facilitator, group.cohort.id, to_share=True).kept_inside
    for member in group.members:
        consents.say(db, member, Purpose.TOTALS_BEYOND, yes=True, at=NOW)
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


def test_a_new_link_does_not_turn_a_silence_into_a_yes(db: Session, group: Group) -> None:
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 6)
    for member in group.members[1:]:
        consents.say(db, member, Purpose.TOTALS_BEYOND, yes=True, at=NOW)

    members.reissue(db, group.facilitator, group.members[0].member_id or "", at=NOW)

    assert not consents.does_everybody_agree(db, group.cohort.id, Purpose.TOTALS_BEYOND)


def test_taking_part_has_no_switch_and_nobody_speaks_for_a_member(db: Session, group: Group) -> None:
    with pytest.raises(Refused, match="erase what is yours"):
        consents.say(db, group.members[0], Purpose.TAKING_PART, yes=False, at=NOW)
    with pytest.raises(NotAllowed):
        consents.say(db, group.facilitator, Purpose.NAME_WITH_NOTES, yes=True, at=NOW)


def test_what_somebody_said_goes_with_them(db: Session, group: Group) -> None:
    for member in group.members[1:]:
        consents.say(db, member, Purpose.TOTALS_BEYOND, yes=True, at=NOW)
    consents.say(db, group.members[0], Purpose.TOTALS_BEYOND, yes=False, at=NOW)

    members.erase(db, group.members[0], keep_notes=False)

    assert consents.does_everybody_agree(db, group.cohort.id, Purpose.TOTALS_BEYOND)
