"""An anonymous round from its opening to its picture: whole ballots, once, and nobody's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mcm_core.domain import bag
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.mode import Mode
from mcm_core.domain.reading import Reading
from mcm_core.domain.release import Share
from mcm_core.domain.tally import Tally
from mcm_core.services import bags, cohorts, journeys, members, readings, releases, reports, rounds
from mcm_core.store.engine import read, write
from mcm_core.store.tables import AnsweredRow, ReadingRow, ReleaseRow
from tests.services.people import NOW
from tests.services.racing import race
from tests.services.stories import (
    a_card,
    a_group,
    an_anonymous_round,
    an_open_round,
    answer,
    close_and_reveal,
    drop,
    run_round,
)

EIGHT = [(1, 2), (2, 3), (2, 3), (2, 4), (2, 4), (3, 4), (3, 4), (3, 4)]


@pytest.fixture
def group(db):
    return a_group(db, 8)


@pytest.fixture
def round_(db, group):
    return an_anonymous_round(db, group)


def tools(db, group, round_):
    return releases.of_round(db, group.members[0], round_)["tools"]


def reveal(db, group, round_):
    return close_and_reveal(db, group.facilitator, round_, at=NOW)


def test_whole_ballots_make_a_picture_in_words(db, group, round_):
    drop(db, round_, group.members, EIGHT)

    shown = tools(db, group, reveal(db, group, round_))

    assert shown.current is None
    assert shown.current_shares == (Share.FEW, Share.SOME, Share.SOME, Share.FEW)
    assert shown.desired_shares == (Share.FEW, Share.FEW, Share.SOME, Share.MOST)
    assert (shown.answered, shown.of, shown.shifts) == (8, 8, ())


def test_twelve_people_make_a_picture_in_numbers(db):
    group = a_group(db, 12)
    round_ = an_anonymous_round(db, group)
    drop(db, round_, group.members, [*EIGHT, *EIGHT[:4]])

    shown = tools(db, group, reveal(db, group, round_))

    assert shown.current == Tally((2, 7, 3, 0))


def test_a_ballot_is_sent_once_and_whole(db, group, round_):
    with pytest.raises(Refused, match="Still to answer: Tools"):
        bags.drop(db, group.members[0], round_.id, {"safety": Reading(2, 3)})
    assert not bags.sent(db, group.members[0], round_.id)
    drop(db, round_, group.members[:1], [(2, 3)])

    with pytest.raises(Conflict, match="already answered"):
        drop(db, round_, group.members[:1], [(4, 4)])

    assert bags.sent(db, group.members[0], round_.id)
    assert not bags.sent(db, group.members[1], round_.id)


def test_nothing_links_an_answer_to_a_member(db, group, round_):
    drop(db, round_, group.members, EIGHT)
    revealed = reveal(db, group, round_)

    assert db.query(ReadingRow).count() == 0
    assert readings.mine(db, group.members[0], revealed.id) == {}
    assert readings.last_time(db, group.members[0], revealed.id) == {}
    assert journeys.mine(db, group.members[0]) == ()
    assert journeys.ours(db, group.facilitator, group.cohort.id) == ()
    assert reports.ours(db, group.facilitator, group.cohort.id).journeys == ()


def test_the_linked_door_is_shut_for_an_anonymous_round(db, group, round_):
    with pytest.raises(Refused, match="sent all at once"):
        readings.cast(db, group.members[0], round_.id, "tools", Reading(2, 3), at=NOW)


def test_the_anonymous_door_is_shut_for_other_rounds_and_other_people(db, group, round_):
    stranger = a_group(db, 5, username="olga", name="Other group")
    theirs = an_open_round(db, stranger.facilitator, stranger.cohort)
    with pytest.raises(Refused, match="not anonymous"):
        drop(db, theirs, stranger.members[:1], [(2, 3)])
    ballot = {"tools": Reading(2, 3), "safety": Reading(2, 3)}

    for visitor, round_id in (
        (stranger.members[0], round_.id),
        (group.facilitator, round_.id),
        (group.members[0], "nothing"),
    ):
        with pytest.raises(NotAllowed):
            bags.drop(db, visitor, round_id, ballot)


def test_after_the_close_nothing_is_taken_and_nothing_reopened(db, group, round_):
    closed = rounds.close(db, group.facilitator, round_.id, version=round_.version, at=NOW)

    with pytest.raises(Refused, match="closed"):
        drop(db, round_, group.members[:1], [(2, 3)])
    with pytest.raises(Refused, match="sealed"):
        rounds.open_(db, group.facilitator, round_.id, version=closed.version, at=NOW)


def test_the_room_counts_in_threes_until_the_close(db, group, round_):
    told = []
    for place, member in enumerate(group.members[:7]):
        drop(db, round_, [member], [EIGHT[place]])
        told.append(str(readings.turnout(db, group.facilitator, round_.id, at=NOW)))
    rounds.close(db, group.facilitator, round_.id, version=round_.version, at=NOW)

    few = "Fewer than 3 are in"
    three, six = ("At least 3 of 8 here are in", "At least 6 of 8 here are in")
    assert told == [few, few, three, three, three, six, six]
    assert str(readings.turnout(db, group.facilitator, round_.id, at=NOW)) == "7 of 8 here are in"


def test_when_as_many_are_in_as_are_here_it_does_not_say_at_least_six_of_six(db, group, round_):
    drop(db, round_, group.members[:6], EIGHT[:6])
    tomorrow = NOW + timedelta(days=1)  # when nobody is here any more

    assert str(readings.turnout(db, group.facilitator, round_.id, at=NOW)) == "At least 6 of 8 here are in"
    said = str(readings.turnout(db, group.facilitator, round_.id, at=tomorrow))
    assert said == "At least 6 are in, as many as are here"


def test_screens_hear_of_every_third_answer_only(db, group, round_):
    heard = []
    for member in group.members:
        db.info.clear()
        drop(db, round_, [member], [(2, 3)])
        heard.append(bool(db.info.get("topics")))

    assert heard == [False, False, True, False, False, True, False, False]


def test_four_answers_show_nothing(db, group, round_):
    drop(db, round_, group.members[:4], EIGHT[:4])

    shown = tools(db, group, reveal(db, group, round_))

    assert (shown.is_shown, shown.answered) == (False, 4)
    assert "Fewer than 5" in shown.withheld


@pytest.mark.parametrize("of_cohort", [3, 5])
def test_a_group_too_small_to_be_anonymous_is_told_before_it_is_asked(db, of_cohort):
    group = a_group(db, 4)
    cohorts.set_threshold(db, group.facilitator, group.cohort.id, of_cohort)

    with pytest.raises(Refused, match=r"There are 4 of you; this could not be anonymous\. It takes at least 5\."):
        an_anonymous_round(db, group)


def test_a_vote_again_with_one_more_stays_closed(db, group, round_):
    drop(db, round_, group.members[:7], EIGHT[:7])
    first = reveal(db, group, round_)
    again = rounds.vote_again(db, group.facilitator, first.id, at=NOW)
    drop(db, again, group.members, EIGHT)
    second = reveal(db, group, again)

    assert again.card.mode is Mode.ANONYMOUS
    assert tools(db, group, first).is_shown
    assert not tools(db, group, second).is_shown


def test_a_confidential_picture_may_not_differ_by_one_person_from_an_anonymous_one(db, group, round_):
    drop(db, round_, group.members[:7], EIGHT[:7])
    reveal(db, group, round_)

    confidential = run_round(db, group.facilitator, group.cohort, group.members, 1, EIGHT, at=NOW)

    assert tools(db, group, confidential).current is None
    assert "one or two people" in tools(db, group, confidential).withheld


def test_somebody_erased_still_counts(db, group, round_):
    drop(db, round_, group.members, EIGHT)
    first = reveal(db, group, round_)
    members.remove(db, group.facilitator, group.members[7].member_id, at=NOW)
    again = rounds.vote_again(db, group.facilitator, first.id, at=NOW)
    drop(db, again, group.members[:7], EIGHT[:7])

    assert not tools(db, group, reveal(db, group, again)).is_shown


def test_somebody_erased_while_it_is_open_does_not_hold_up_the_reveal(db, group, round_):
    drop(db, round_, group.members, EIGHT)
    members.remove(db, group.facilitator, group.members[7].member_id, at=NOW)

    assert tools(db, group, reveal(db, group, round_)).answered == 8
    assert db.query(AnsweredRow).count() == 7


def test_counts_that_tell_nobodys_answer_are_kept_for_comparing_and_told_to_nobody(db, group, round_):
    drop(db, round_, group.members, EIGHT)
    revealed = reveal(db, group, round_)

    assert db.query(ReleaseRow).filter_by(theme="tools").one().counts == {"current": [1, 4, 3, 0, 0]}
    assert "4" not in repr(releases.of_round(db, group.facilitator, revealed)["tools"].current_shares)


# ------------------------------------------------------------------------------------------- comments


def commented(db, group, round_, people):
    for place, member in enumerate(group.members[:people]):
        drop(db, round_, [member], [EIGHT[place]], comment=f"comment {place}")
    return reveal(db, group, round_)


def test_comments_wait_for_the_facilitator_and_are_shared_as_one_batch(db, group, round_):
    assert bags.comments(db, group.facilitator, round_.id).bodies == ()
    commented(db, group, round_, 8)
    waiting = bags.comments(db, group.facilitator, round_.id)
    assert sorted(waiting.bodies) == [f"comment {n}" for n in range(8)]
    assert bags.comments(db, group.members[0], round_.id).bodies == ()

    bags.share_comments(db, group.facilitator, round_.id, chosen=[0, 3], at=NOW)

    shared = bags.comments(db, group.members[0], round_.id)
    assert shared == bags.Comments((waiting.bodies[0], waiting.bodies[3]), shared=True)
    with pytest.raises(Conflict, match="already"):
        bags.share_comments(db, group.facilitator, round_.id, chosen=[1], at=NOW)


def test_comments_of_seven_are_read_by_nobody(db, group, round_):
    commented(db, group, round_, 7)

    assert bags.comments(db, group.facilitator, round_.id).bodies == ()
    with pytest.raises(Conflict):
        bags.share_comments(db, group.facilitator, round_.id, chosen=[0], at=NOW)


def test_without_the_limit_a_facilitator_would_read_the_comment_of_one(db, group, round_, monkeypatch):
    """The negative control."""
    monkeypatch.setattr(bag, "COMMENTS_FROM", 1)
    commented(db, group, round_, 1)

    assert bags.comments(db, group.facilitator, round_.id).bodies == ("comment 0",)


def test_comments_that_are_withheld_are_gone(db, group, round_):
    commented(db, group, round_, 8)
    bags.share_comments(db, group.facilitator, round_.id, chosen=[], at=NOW)

    assert bags.comments(db, group.facilitator, round_.id) == bags.Comments((), shared=False)


def test_only_the_cohorts_facilitators_share_comments(db, group, round_):
    stranger = a_group(db, 5, username="olga", name="Other group")
    commented(db, group, round_, 8)

    for visitor in (group.members[0], stranger.facilitator):
        with pytest.raises(NotAllowed):
            bags.share_comments(db, visitor, round_.id, chosen=[0], at=NOW)


# ------------------------------------------------------------------------------------------- at once


def test_everybody_at_once_and_twice_each_is_counted_once(database):
    with write() as db:
        group = a_group(db, 8)
        round_ = an_anonymous_round(db, group)

    def send(member):
        def once():
            with write() as db:
                drop(db, round_, [member], [(2, 3)])

        return once

    outcomes = race(*(send(member) for member in group.members for _ in range(2)))
    with write() as db:
        shown = tools(db, group, reveal(db, group, round_))

    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 8
    assert sum(outcome is None for outcome in outcomes) == 8
    assert shown.answered == 8


def test_two_cohorts_answer_at_once_and_neither_bag_loses_anything(database):
    with write() as db:
        groups = [a_group(db, 5), a_group(db, 5, username="olga", name="Other group")]
        open_rounds = [an_anonymous_round(db, group) for group in groups]

    def send(round_, member):
        def once():
            with write() as db:
                drop(db, round_, [member], [(2, 3)])

        return once

    pairs = zip(groups, open_rounds, strict=True)
    outcomes = race(*(send(round_, member) for group, round_ in pairs for member in group.members))

    assert outcomes == [None] * 10
    with read() as db:
        assert all(
            bags.sent(db, member, r.id) for g, r in zip(groups, open_rounds, strict=True) for member in g.members
        )


def test_confidential_rounds_are_as_they_were(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]))
    answer(db, opened, group.members, EIGHT, at=NOW)

    assert str(readings.turnout(db, group.facilitator, opened.id, at=NOW)) == "8 of 8 here are in"
    assert tools(db, group, reveal(db, group, opened)).current == Tally((1, 4, 3, 0))
