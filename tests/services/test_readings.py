"""What is stored of a ballot, who may send one, and what the sender is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import func, select

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.services import focuses, instruments, members, readings, rounds
from mcm_core.services import visitors as visitor_service
from mcm_core.store import engine as store
from mcm_core.store.engine import write
from mcm_core.store.tables import ReadingRow
from tests.services.people import NOW, signed_in
from tests.services.stories import (
    a_card,
    a_group,
    an_open_round,
    answer,
    choose_focus,
    close_and_reveal,
    connections,
    during,
    run_round,
)


@pytest.fixture
def group(db):
    return a_group(db)


@pytest.fixture
def ada(group, db):
    """A member who has said which relationship they have in mind."""
    choose_focus(db, group.members[0], connections())
    return group.members[0]


@pytest.fixture(autouse=True)
def noise(request):
    """Another cohort in the middle of voting."""
    if "db" not in request.fixturenames:
        return None
    db = request.getfixturevalue("db")
    other = a_group(db, username="olga", name="Other group")
    opened = an_open_round(db, other.facilitator, other.cohort)
    answer(db, opened, other.members, [(4, 4)] * 5, at=opened.opened_at)
    return other, opened


def stored(db, round_):
    """Every stored answer of a round as (theme, current, desired)."""
    rows = select(ReadingRow.theme, ReadingRow.current, ReadingRow.desired).where(ReadingRow.round_id == round_.id)
    return [tuple(row) for row in db.execute(rows)]


def test_an_answer_is_stored_and_returned_as_stored(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)

    saved = readings.cast(db, ada, opened.id, "tools", Reading(2, 4), at=NOW)

    assert (saved.current, saved.desired, saved.saved_at) == (2, 4, NOW)
    assert readings.mine(db, ada, opened.id) == {"tools": saved}


def test_answering_again_updates_and_never_duplicates(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)

    for pair in ((1, None), (1, 2), (3, 2)):
        readings.cast(db, ada, opened.id, "tools", Reading(*pair), at=NOW)

    assert stored(db, opened) == [("tools", 3, 2)]


def test_an_answer_after_the_close_is_refused_and_nothing_is_stored(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)
    readings.cast(db, ada, opened.id, "tools", Reading(2, 4), at=NOW)
    closed = rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)

    for theme in ("tools", "space"):
        with pytest.raises(Refused, match=r"closed, so this last answer was not saved\. Earlier answers are safe"):
            readings.cast(db, ada, closed.id, theme, Reading(1, 1), at=NOW)

    assert stored(db, opened) == [("tools", 2, 4)]


def test_whoever_was_told_saved_is_stored_when_the_round_closes_under_their_thumb(database):
    """Five phones answer while the facilitator closes: what was said to be saved is, and nothing else is."""
    with write() as db:
        group = a_group(db)
        opened = an_open_round(db, group.facilitator, group.cohort)
        for member in group.members:
            choose_focus(db, member, connections())
    told: list[tuple[str, str]] = []

    def vote(member):
        for theme in opened.card.asked:
            try:
                with write() as db:
                    readings.cast(db, member, opened.id, theme.key, Reading(2, 3), at=NOW)
            except Refused:
                return
            told.append((member.member_id, theme.key))

    voters = [Thread(target=vote, args=(member,)) for member in group.members]
    for voter in voters:
        voter.start()
    with write() as db:
        rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)
    for voter in voters:
        voter.join(30)

    with write() as db:
        rows = db.execute(select(ReadingRow.member_id, ReadingRow.theme).where(ReadingRow.round_id == opened.id))
        assert sorted(map(tuple, rows)) == sorted(told)


@pytest.mark.parametrize("pair", [(5, 2), (0, 2), (-4, None), (2, 5), (2, 0), (99, 99)])
def test_a_level_that_does_not_exist_is_refused(db, group, ada, pair):
    opened = an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(Refused, match="That level does not exist here, so nothing was saved"):
        readings.cast(db, ada, opened.id, "tools", Reading(*pair), at=NOW)

    assert stored(db, opened) == []


@pytest.mark.parametrize("theme", ["space", "weather", ""])
def test_a_theme_that_is_not_asked_is_refused(db, group, ada, theme):
    opened = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]))

    with pytest.raises(Refused, match="not part of this round"):
        readings.cast(db, ada, opened.id, theme, Reading(2, 3), at=NOW)


def test_a_hope_needs_a_now(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(Refused, match="Say first where it is now"):
        readings.cast(db, ada, opened.id, "tools", Reading(None, 3), at=NOW)


@pytest.mark.parametrize("now", [NonAnswer.DOES_NOT_APPLY, NonAnswer.PASS])
def test_no_hope_is_kept_where_none_is_asked(db, group, ada, now):
    opened = an_open_round(db, group.facilitator, group.cohort)

    saved = readings.cast(db, ada, opened.id, "tools", Reading(now, 3), at=NOW)

    assert (saved.current, saved.desired) == (now, None)


def test_easing_back_is_accepted(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)

    assert readings.cast(db, ada, opened.id, "tools", Reading(3, 2), at=NOW).eases_back


def test_an_instrument_of_one_question_stores_one_answer(db, group, ada):
    card = a_card(instruments.offered()["participation"])
    opened = an_open_round(db, group.facilitator, group.cohort, card=card)

    with pytest.raises(Refused, match="one question only"):
        readings.cast(db, ada, opened.id, "taking_part", Reading(2, 3), at=NOW)
    saved = readings.cast(db, ada, opened.id, "taking_part", Reading(2), at=NOW)

    assert saved == Reading(2, None, NOW, focus=None)


def test_a_relationship_is_chosen_first(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(Refused, match="Choose first which relationship"):
        readings.cast(db, group.members[0], opened.id, "tools", Reading(2, 3), at=NOW)

    assert stored(db, opened) == []


def test_another_cohorts_round_takes_no_answer(db, group, ada, noise):
    other, others_round = noise
    before = stored(db, others_round)

    for who in (ada, group.facilitator, other.facilitator):
        with pytest.raises(NotAllowed):
            readings.cast(db, who, others_round.id, "tools", Reading(1, 1), at=NOW)
    with pytest.raises(NotAllowed):
        readings.cast(db, ada, "no such round", "tools", Reading(1, 1), at=NOW)

    assert stored(db, others_round) == before


def test_nobody_reads_another_members_answers(db, group, noise):
    opened = an_open_round(db, group.facilitator, group.cohort)
    answer(db, opened, group.members, [(1, 2), None, (3, 4), None, None], at=NOW)
    other, _ = noise

    for who in (group.members[1], group.facilitator, other.members[0], other.facilitator):
        assert readings.mine(db, who, opened.id) == {}
    assert {reading.current for reading in readings.mine(db, group.members[0], opened.id).values()} == {1}


def test_a_second_phone_reads_nothing_until_it_is_let_in(db, group):
    """A personal link that was used before may be in somebody else's hands."""
    ada = group.members[0]
    opened = an_open_round(db, group.facilitator, group.cohort)
    answer(db, opened, [ada], [(1, 2)], at=NOW)
    link = members.link_token(db, group.facilitator, ada.member_id)
    joined = members.join_by_link(db, link, browser_token=None, at=NOW)
    phone = signed_in(db, joined.token)

    assert joined.waiting
    assert readings.mine(db, phone, opened.id) == {}
    for verb in (
        lambda: readings.cast(db, phone, opened.id, "tools", Reading(4, 4), at=NOW),
        lambda: readings.last_time(db, phone, opened.id, "tools"),
        lambda: readings.turnout(db, phone, opened.id, at=NOW),
        lambda: focuses.mine(db, phone),
        lambda: choose_focus(db, phone, connections(), "calls"),
    ):
        with pytest.raises(NotAllowed):
            verb()

    (knock,) = members.at_the_door(db, group.facilitator, group.cohort.id)
    members.let_in(db, group.facilitator, knock.id, ada.member_id, at=NOW)
    assert readings.mine(db, phone, opened.id) == readings.mine(db, ada, opened.id)


def test_somebody_elses_visitor_value_proves_nothing(db, group, ada):
    """A visitor is what a cookie said; every verb asks the database again."""
    opened = an_open_round(db, group.facilitator, group.cohort)
    readings.cast(db, ada, opened.id, "tools", Reading(2, 4), at=NOW)
    forged = replace(group.members[1], member_id=ada.member_id)

    assert readings.mine(db, forged, opened.id) == {}
    visitor_service.leave(db, "not a token")
    assert readings.mine(db, replace(ada, sign_in="made up"), opened.id) == {}


def test_last_time_is_told_only_after_answering_this_time(db, group, ada):
    run_round(db, group.facilitator, group.cohort, group.members[:1], 1, [(1, 3)])
    opened = an_open_round(db, group.facilitator, group.cohort, 2)

    before = readings.last_time(db, ada, opened.id, "tools")
    readings.cast(db, ada, opened.id, "tools", Reading(2, 3), at=NOW)
    after = readings.last_time(db, ada, opened.id, "tools")

    assert before is None
    assert (after.current, after.desired) == (1, 3)


def test_last_time_is_the_latest_time(db, group, ada):
    for number, now in ((1, 1), (2, 2), (3, 3)):
        run_round(db, group.facilitator, group.cohort, group.members[:1], number, [(now, 4)])
    opened = an_open_round(db, group.facilitator, group.cohort, 4)
    readings.cast(db, ada, opened.id, "tools", Reading(4, 4), at=NOW)

    assert readings.last_time(db, ada, opened.id, "tools").current == 3


def test_last_time_goes_by_when_people_answered_not_by_when_the_round_was_drafted(db, group, ada):
    """A careful facilitator drafts session 2 first."""
    second = rounds.draft(db, group.facilitator, group.cohort.session(2).id, a_card(), at=NOW)
    run_round(db, group.facilitator, group.cohort, group.members[:1], 1, [(1, 3)])
    opened = rounds.open_(db, group.facilitator, second.id, version=1, at=during(group.cohort, 2))
    readings.cast(db, ada, opened.id, "tools", Reading(2, 3), at=NOW)

    assert readings.last_time(db, ada, opened.id, "tools").current == 1


def test_last_time_is_about_the_same_relationship(db, group, ada):
    run_round(db, group.facilitator, group.cohort, group.members[:1], 1, [(1, 3)])
    choose_focus(db, ada, connections(), "the food bank")
    opened = an_open_round(db, group.facilitator, group.cohort, 2)
    readings.cast(db, ada, opened.id, "tools", Reading(2, 3), at=NOW)

    assert readings.last_time(db, ada, opened.id, "tools") is None


@pytest.mark.parametrize("words", [{"lens": "We"}, {"perspective": "organisation"}])
def test_last_time_is_about_the_same_question(db, group, ada, words):
    run_round(db, group.facilitator, group.cohort, group.members[:1], 1, [(1, 3)])
    opened = an_open_round(db, group.facilitator, group.cohort, 2, card=a_card(**words))
    readings.cast(db, ada, opened.id, "tools", Reading(2, 3), at=NOW)

    assert readings.last_time(db, ada, opened.id, "tools") is None


def test_a_changed_relationship_is_what_later_answers_are_about(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)
    first = readings.cast(db, ada, opened.id, "tools", Reading(2, 3), at=NOW)
    food_bank = choose_focus(db, ada, connections(), "the food bank")
    second = readings.cast(db, ada, opened.id, "space", Reading(2, 3), at=NOW)
    again = choose_focus(db, ada, connections(), "the food bank")

    assert first.focus != second.focus == food_bank.id == again.id
    assert focuses.mine(db, ada) == food_bank


def test_the_turnout_counts_finished_ballots_and_people_here(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools", "space"]), at=NOW)
    ballots = [
        (2, 3),
        {"tools": (2, 3)},
        {"tools": (2, 3), "space": (2, None)},
        {"tools": (NonAnswer.PASS, None), "space": (NonAnswer.NOT_SURE, 3)},
        None,
    ]
    answer(db, opened, group.members, ballots, at=NOW)

    assert readings.turnout(db, group.members[4], opened.id, at=NOW) == readings.Turnout(complete=2, here=5)
    tomorrow = readings.turnout(db, group.facilitator, opened.id, at=NOW + timedelta(days=1))
    assert tomorrow == readings.Turnout(complete=2, here=2)


def test_only_a_finished_ballot_is_announced_and_only_to_the_cohort_and_after_the_commit(database, monkeypatch):
    heard: list[frozenset[str]] = []
    with write() as db:
        group = a_group(db)
        opened = an_open_round(db, group.facilitator, group.cohort)
        choose_focus(db, group.members[0], connections())
    monkeypatch.setattr(store, "_listeners", [heard.append])

    for pair in ((2, None), (2, 3)):
        with write() as db:
            readings.cast(db, group.members[0], opened.id, "tools", Reading(*pair), at=NOW)
            inside = list(heard)

    assert inside == []
    assert heard == [frozenset({f"count:{group.cohort.id}"})]


def test_two_phones_of_one_member_leave_one_answer(database):
    with write() as db:
        group = a_group(db, 1)
        opened = an_open_round(db, group.facilitator, group.cohort)
        choose_focus(db, group.members[0], connections())

    def tap(level):
        for _ in range(5):
            with write() as db:
                readings.cast(db, group.members[0], opened.id, "tools", Reading(level, level), at=NOW)

    phones = [Thread(target=tap, args=(level,)) for level in (1, 4)]
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join(30)

    with write() as db:
        assert db.scalar(select(func.count()).select_from(ReadingRow)) == 1
        reading = readings.mine(db, group.members[0], opened.id)["tools"]
        assert reading.current == reading.desired


def test_a_revealed_round_takes_no_answer(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)
    revealed = close_and_reveal(db, group.facilitator, opened, at=NOW)

    with pytest.raises(Refused, match="Voting has closed"):
        readings.cast(db, ada, revealed.id, "tools", Reading(2, 3), at=NOW)


def test_coming_back_to_a_relationship_goes_on_with_its_line(db, group):
    member = group.members[0]
    first = choose_focus(db, member, connections(), "outreach calls")
    choose_focus(db, member, connections(), "school visits")

    again = choose_focus(db, member, connections(), "outreach calls")

    assert again == first
    assert focuses.mine(db, member) == first
