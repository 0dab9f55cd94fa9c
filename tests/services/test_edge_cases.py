"""Situations that cross several parts: very small cohorts, and one person in two of them (domain.md §5)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.instrument import Text
from mcm_core.domain.mode import Mode
from mcm_core.domain.news import window
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Visitor
from mcm_core.services import (
    catch_ups,
    cohorts,
    digest,
    focuses,
    instruments,
    journeys,
    members,
    my_catch_ups,
    news,
    note_reading,
    notes,
    pulses,
    readings,
    releases,
    rounds,
)
from mcm_core.store.tables import ReleaseRow
from tests.services.note_world import a_note
from tests.services.people import NOW, a_member
from tests.services.stories import Group, a_card, a_group, an_open_round, connections, during, run_round

SAME = (2, 3)


def frozen(db: Session, round_: Round) -> str:
    """The stored pictures of a round, to the letter."""
    rows = db.execute(
        select(ReleaseRow.theme, ReleaseRow.picture).where(ReleaseRow.round_id == round_.id).order_by(ReleaseRow.theme)
    )
    return json.dumps([list(row) for row in rows])


def shown(db: Session, who: Visitor, round_: Round) -> bool:
    return any(picture.current for picture in releases.of_round(db, who, round_).values())


def partners(db: Session, member: Visitor) -> list[str]:
    return sorted(partner.name for one in my_catch_ups.mine(db, member)[:1] for partner in one.partners)


def share_week(db: Session, group: Group, number: int) -> None:
    catch_ups.suggest(db, group.facilitator, group.cohort.id, number, at=NOW)
    version = catch_ups.rounds(db, group.facilitator, group.cohort.id)[0].version
    catch_ups.share(db, group.facilitator, group.cohort.id, number, version=version, at=NOW)


def nothing_is_anonymous_any_more(db: Session, group: Group, session_number: int) -> None:
    """No vote is offered as anonymous, and nobody is asked the pulse."""
    with pytest.raises(Refused, match="anonymous"):
        an_open_round(db, group.facilitator, group.cohort, session_number, card=a_card(mode=Mode.ANONYMOUS))
    opens = window(group.cohort.sessions, session_number).opens_at
    assert pulses.settle(db, group.cohort.id, at=opens) == 0
    week = next(
        one
        for one in news.weeks(db, group.facilitator, group.cohort.id, at=opens)
        if one.meeting.number == session_number
    )
    assert week.pulse is None
    assert week.too_few == len(members.roster(db, group.facilitator, group.cohort.id))


def test_three_people_are_a_cohort(db: Session) -> None:
    group = a_group(db, 3)
    first = run_round(db, group.facilitator, group.cohort, group.members, 1, [SAME] * 3)
    share_week(db, group, 1)

    assert not shown(db, group.members[0], first)
    assert len(journeys.mine(db, group.members[0])) == 1, "everybody has their own line"
    assert [len(partners(db, one)) for one in group.members] == [2, 2, 2], "one trio"
    nothing_is_anonymous_any_more(db, group, 2)


def test_a_cohort_that_falls_below_five_keeps_what_it_saw_and_goes_on_as_a_small_one(db: Session) -> None:
    group = a_group(db, 5)
    first = run_round(db, group.facilitator, group.cohort, group.members, 1, [SAME] * 5)
    before = frozen(db, first)
    share_week(db, group, 1)
    leaver, *left = group.members

    members.erase(db, leaver, keep_notes=True)

    assert shown(db, left[0], first)
    assert frozen(db, first) == before, "nothing that was shown is drawn anew"
    assert all(partners(db, one) for one in left), "nobody waits for somebody who has left"
    assert not any(leaver.name in partners(db, one) for one in left)
    second = run_round(db, group.facilitator, group.cohort, left, 2, [SAME] * 4)
    assert not shown(db, left[0], second)
    assert not any(one.shifts and one.shifts[0].current for one in releases.of_round(db, left[0], second).values())
    nothing_is_anonymous_any_more(db, group, 3)


def test_one_person_in_two_cohorts_at_once_is_two_members(db: Session) -> None:
    here, there = a_group(db, 5), a_group(db, 5, username="olga", name="Friday group")
    mine, mine_there = (a_member(db, group.facilitator, group.cohort, "Zed") for group in (here, there))
    first, second = (an_open_round(db, group.facilitator, group.cohort) for group in (here, there))
    at = during(here.cohort, 1)
    for who, round_, level, label in ((mine, first, 1, "outreach"), (mine_there, second, 4, "school")):
        card = round_.card
        party, constellation = str(card.instrument.parties[0]), str(card.instrument.constellations[0])
        focuses.choose(db, who, card.instrument, party=party, constellation=constellation, label=label, at=at)
        readings.cast(db, who, round_.id, "tools", Reading(level, level), at=at)

    assert readings.mine(db, mine, first.id)["tools"].current == 1
    assert readings.mine(db, mine_there, second.id)["tools"].current == 4
    assert [getattr(focuses.mine(db, who), "label", None) for who in (mine, mine_there)] == ["outreach", "school"]
    for who, round_ in ((mine, second), (mine_there, first)):
        with pytest.raises(NotAllowed):
            rounds.get(db, who, round_.id)
        with pytest.raises(NotAllowed):
            readings.cast(db, who, round_.id, "tools", Reading(2, 2), at=at)

    members.erase(db, mine, keep_notes=False)

    assert readings.mine(db, mine_there, second.id)["tools"].current == 4, "leaving one group leaves the other alone"


def test_readings_in_other_words_are_another_line_and_are_not_compared(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = a_group(db, 5)
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 5)
    changed = replace(connections(), version="2.0", how_to=Text("Other words.", "ours"))
    monkeypatch.setattr(instruments, "offered", lambda: {changed.key: changed})
    instruments.register(db)

    second = run_round(db, group.facilitator, group.cohort, group.members, 2, [(3, 3)] * 5, card=a_card(changed))

    pictures = releases.of_round(db, group.members[0], second)
    assert all(picture.current and not picture.shifts for picture in pictures.values())
    assert len(journeys.mine(db, group.members[0])) == 2


def test_a_late_joiner_reads_what_was_written_before_only_once_the_group_said_yes(db: Session) -> None:
    group = a_group(db, 3)
    ada, ben, _ = group.members
    for body, audience in (("Among us", "cohort"), ("For all", "network")):
        a_note(db, ada, group.cohort, body, audience=audience)
    late = a_member(db, group.facilitator, group.cohort, "Zed", at=NOW + timedelta(minutes=5))
    a_note(db, ben, group.cohort, "With Zed", minutes=6)
    a_note(db, late, group.cohort, "Mine", audience="only me", minutes=7)

    def read_by(who: Visitor) -> set[str]:
        on_the_wall = {note.body for note in notes.wall(db, who, group.cohort.id)}
        of_the_week = {note.body for note in digest.of_week(db, who, group.cohort.id, at=NOW).notes}
        assert of_the_week <= on_the_wall, "the digest is no way round it"
        return on_the_wall

    assert read_by(late) == {"For all", "With Zed", "Mine"}
    assert note_reading.hides_earlier(db, late, group.cohort.id)
    assert read_by(ada) == read_by(group.facilitator) == {"Among us", "For all", "With Zed"}
    assert not any(note_reading.hides_earlier(db, who, group.cohort.id) for who in (ada, ben, group.facilitator))

    cohorts.let_newcomers_read(db, group.facilitator, group.cohort.id, yes=True)
    assert read_by(late) == {"Among us", "For all", "With Zed", "Mine"}
    assert not note_reading.hides_earlier(db, late, group.cohort.id)

    cohorts.let_newcomers_read(db, group.facilitator, group.cohort.id, yes=False)
    assert "Among us" not in read_by(late)
