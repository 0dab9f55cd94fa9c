"""A round from draft to reveal, and the rules of moving it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.instrument import Text
from mcm_core.domain.round import RoundState
from mcm_core.services import instruments, releases, rounds
from tests.services.people import NOW
from tests.services.stories import (
    a_card,
    a_group,
    an_open_round,
    answer,
    close_and_reveal,
    connections,
    during,
    run_round,
)

LATER = timedelta(minutes=10)


@pytest.fixture
def group(db):
    return a_group(db)


@pytest.fixture(autouse=True)
def noise(request):
    """Another cohort, whose facilitator and members are nobody here. It has one picture and one open round."""
    if "db" not in request.fixturenames:
        return None
    db = request.getfixturevalue("db")
    other = a_group(db, username="olga", name="Other group")
    run_round(db, other.facilitator, other.cohort, other.members, 1, [(4, 4)] * 5)
    an_open_round(db, other.facilitator, other.cohort, 2)
    return other


def test_a_round_goes_from_draft_to_reveal(db, group):
    at = during(group.cohort, 1)
    drafted = rounds.draft(db, group.facilitator, group.cohort.session(1).id, a_card(), at=at)
    opened = rounds.open_(db, group.facilitator, drafted.id, version=drafted.version, at=at)
    answer(db, opened, group.members, [(1, 2), (2, 3), (2, 4), (3, 3), (2, 4)], at=at)
    closed = rounds.close(db, group.facilitator, opened.id, version=opened.version, at=at + LATER)

    before = releases.of_round(db, group.members[0], closed)
    revealed = rounds.reveal(db, group.facilitator, closed.id, version=closed.version, at=at + LATER)

    states = [round_.state for round_ in (drafted, opened, closed, revealed)]
    assert states == [RoundState.DRAFT, RoundState.OPEN, RoundState.CLOSED, RoundState.REVEALED]
    assert (opened.opened_at, revealed.revealed_at) == (at, at + LATER)
    assert before == {}
    shown = releases.of_round(db, group.members[0], revealed)
    assert list(shown) == ["feelings", "space", "tools", "skills", "relationship", "safety"]
    assert {release.current.levels for release in shown.values()} == {(1, 3, 1, 0)}
    assert {release.desired.levels for release in shown.values()} == {(0, 1, 2, 2)}


def test_a_closed_round_may_be_opened_again_but_a_revealed_one_never(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort)
    closed = rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)
    again = rounds.open_(db, group.facilitator, opened.id, version=closed.version, at=NOW)
    revealed = close_and_reveal(db, group.facilitator, again, at=NOW)

    with pytest.raises(Conflict, match="already revealed"):
        rounds.open_(db, group.facilitator, opened.id, version=revealed.version, at=NOW)


def test_a_round_must_be_closed_before_it_is_revealed(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(Conflict, match="already open"):
        rounds.reveal(db, group.facilitator, opened.id, version=opened.version, at=NOW)

    assert releases.of_round(db, group.facilitator, opened) == {}


def test_one_round_at_a_time_is_under_way_in_a_cohort(db, group):
    an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(Conflict, match="still under way"), db.begin_nested():
        an_open_round(db, group.facilitator, group.cohort, 2)


def test_only_facilitators_see_a_draft(db, group):
    drafted = rounds.draft(db, group.facilitator, group.cohort.session(1).id, a_card(), at=NOW)

    assert rounds.get(db, group.facilitator, drafted.id) == drafted
    assert rounds.drafts(db, group.facilitator, group.cohort.id) == (drafted,)
    assert rounds.on_stage(db, group.members[0], group.cohort.id, at=NOW) is None
    with pytest.raises(NotAllowed):
        rounds.get(db, group.members[0], drafted.id)


def test_a_draft_can_be_thrown_away_and_an_open_round_cannot(db, group):
    drafted = rounds.draft(db, group.facilitator, group.cohort.session(1).id, a_card(), at=NOW)
    rounds.discard(db, group.facilitator, drafted.id)
    opened = an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(Conflict, match="You have already opened"):
        rounds.discard(db, group.facilitator, opened.id)

    assert rounds.drafts(db, group.facilitator, group.cohort.id) == ()
    assert rounds.on_stage(db, group.members[0], group.cohort.id, at=opened.opened_at) == opened


def test_a_card_must_ask_something_that_the_instrument_has(db, group):
    for card in (a_card(themes=["weather"]), a_card(lens=None), a_card(perspective="everybody"), a_card(purpose="?")):
        with pytest.raises(Refused):
            rounds.draft(db, group.facilitator, group.cohort.session(1).id, card, at=NOW)


def test_a_round_keeps_the_wording_that_it_asked(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort)
    answer(db, opened, group.members[:1], [(1, 2)], at=NOW)

    stored = db.execute(text("SELECT DISTINCT key, version FROM reading JOIN instrument ON id = instrument_id")).all()

    assert (connections().key, connections().version) in map(tuple, stored)
    assert rounds.get(db, group.members[0], opened.id).card.instrument == connections()


def test_changing_the_words_without_a_new_version_is_refused(db, group, monkeypatch):
    changed = replace(connections(), how_to=Text("Other words.", "ours"))
    monkeypatch.setattr(instruments, "offered", lambda: {changed.key: changed})

    with pytest.raises(Refused, match=r"Give the file meaningful_connections\.yaml a new version"):
        instruments.register(db)


def test_a_vote_again_keeps_both_pictures(db, group):
    first = run_round(db, group.facilitator, group.cohort, group.members, 1, [(1, 2)] * 5)
    again = rounds.vote_again(db, group.facilitator, first.id, at=NOW)
    answer(db, again, group.members, [(2, 3)] * 5, at=NOW)
    second = close_and_reveal(db, group.facilitator, again, at=NOW)

    votes = rounds.votes_of(db, group.members[0], second)

    assert [vote.attempt for vote in votes] == [1, 2]
    shown = [releases.of_round(db, group.members[0], vote)["tools"] for vote in votes]
    assert [release.current.levels for release in shown] == [(5, 0, 0, 0), (0, 5, 0, 0)]
    assert [release.attempt for release in shown] == [1, 2]
    assert second.title.endswith(", second vote")


def test_there_are_at_most_three_votes(db, group):
    round_ = run_round(db, group.facilitator, group.cohort, group.members, 1, [(1, 2)] * 5)
    for _ in range(2):
        again = rounds.vote_again(db, group.facilitator, round_.id, at=NOW)
        round_ = close_and_reveal(db, group.facilitator, again, at=NOW)

    with pytest.raises(Refused, match="3 times"):
        rounds.vote_again(db, group.facilitator, round_.id, at=NOW)


def test_the_next_vote_is_opened_once(db, group):
    first = run_round(db, group.facilitator, group.cohort, group.members, 1, [(1, 2)] * 5)
    second = rounds.vote_again(db, group.facilitator, first.id, at=NOW)
    close_and_reveal(db, group.facilitator, second, at=NOW)

    with pytest.raises(Conflict, match=r"already revealed .*second vote"), db.begin_nested():
        rounds.vote_again(db, group.facilitator, first.id, at=NOW)


def test_the_stage_is_empty_the_morning_after_a_reveal(db, group):
    shown = run_round(db, group.facilitator, group.cohort, group.members, 1, [(1, 2)] * 5)

    assert rounds.on_stage(db, group.facilitator, group.cohort.id, at=shown.opened_at + timedelta(hours=5)) == shown
    assert rounds.on_stage(db, group.facilitator, group.cohort.id, at=shown.opened_at + timedelta(hours=7)) is None


def test_a_round_left_open_stays_on_stage_until_somebody_ends_it(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort)

    assert rounds.on_stage(db, group.facilitator, group.cohort.id, at=opened.opened_at + timedelta(days=7)) == opened


def test_a_vote_again_may_ask_some_of_the_themes(db, group):
    first = run_round(db, group.facilitator, group.cohort, group.members, 1, [(1, 2)] * 5)

    again = rounds.vote_again(db, group.facilitator, first.id, themes=["tools"], at=NOW)

    assert again.card.themes == ("tools",)


def test_a_vote_again_on_nothing_is_refused(db, group):
    first = run_round(db, group.facilitator, group.cohort, group.members, 1, [(1, 2)] * 5)

    with pytest.raises(Refused, match="at least one theme"):
        rounds.vote_again(db, group.facilitator, first.id, themes=["nonsense"], at=NOW)
