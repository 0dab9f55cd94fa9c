"""A round from draft to reveal, who may move it, and what happens when two people do so at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text

from mcm_core.domain.errors import Conflict, McmError, NotAllowed, Refused
from mcm_core.domain.instrument import Text
from mcm_core.domain.round import RoundState, refuse_move
from mcm_core.services import instruments, readings, releases, rounds
from mcm_core.services import visitors as visitor_service
from mcm_core.store.engine import write
from mcm_core.store.tables import RoundRow
from tests.services.people import NOW, a_facilitator, signed_in
from tests.services.stories import (
    Group,
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

    with pytest.raises(Conflict, match="cannot be thrown away"):
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

    with pytest.raises(Conflict, match="already opened the next vote"), db.begin_nested():
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


MOVES: dict[str, Callable] = {
    "draft": lambda db, who, group, of: rounds.draft(db, who, group.cohort.session(1).id, a_card(), at=NOW),
    "discard": lambda db, who, group, of: rounds.discard(db, who, of.id),
    "open": lambda db, who, group, of: rounds.open_(db, who, of.id, version=of.version, at=NOW),
    "close": lambda db, who, group, of: rounds.close(db, who, of.id, version=of.version, at=NOW),
    "reveal": lambda db, who, group, of: rounds.reveal(db, who, of.id, version=of.version, at=NOW),
    "vote again": lambda db, who, group, of: rounds.vote_again(db, who, of.id, at=NOW),
    "drafts": lambda db, who, group, of: rounds.drafts(db, who, group.cohort.id),
}
LOOKS: dict[str, Callable] = {
    "get": lambda db, who, group, of: rounds.get(db, who, of.id),
    "on stage": lambda db, who, group, of: rounds.on_stage(db, who, group.cohort.id, at=NOW),
    "votes": lambda db, who, group, of: rounds.votes_of(db, who, of),
    "pictures": lambda db, who, group, of: releases.of_round(db, who, of),
    "turnout": lambda db, who, group, of: readings.turnout(db, who, of.id, at=NOW),
    "last time": lambda db, who, group, of: readings.last_time(db, who, of.id, "tools"),
}


@pytest.mark.parametrize("move", MOVES)
def test_members_do_not_move_rounds(db, group, move):
    opened = an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(NotAllowed):
        MOVES[move](db, group.members[0], group, opened)


@pytest.mark.parametrize("verb", [*MOVES, *LOOKS])
def test_another_cohorts_people_find_nothing(db, group, noise, verb):
    opened = an_open_round(db, group.facilitator, group.cohort)
    stranger = a_facilitator(db, "nobody")
    waiting = signed_in(db, visitor_service.admit(db, cohort_id=group.cohort.id, waiting=True, knock_name="X", at=NOW))

    for who in (noise.facilitator, noise.members[0], stranger, waiting):
        with pytest.raises(NotAllowed):
            (MOVES | LOOKS)[verb](db, who, group, opened)


def test_a_made_up_round_opens_no_other_cohorts_votes(db, group, noise):
    """Whoever holds a round of another cohort and writes their own cohort on it gets nothing."""
    foreign = run_round(db, noise_done(db, noise), noise.cohort, noise.members, 3, [(2, 2)] * 5)

    assert rounds.votes_of(db, group.members[0], replace(foreign, cohort_id=group.cohort.id)) == ()
    assert releases.of_round(db, group.members[0], replace(foreign, cohort_id=group.cohort.id)) == {}


def noise_done(db, noise: Group):
    """The other cohort's facilitator, after their open round is out of the way."""
    row = db.scalars(select(RoundRow).where(RoundRow.cohort_id == noise.cohort.id, RoundRow.state == "open")).one()
    close_and_reveal(db, noise.facilitator, rounds.get(db, noise.facilitator, row.id), at=NOW)
    return noise.facilitator


def at_once(*verbs: Callable[[], object]) -> list[object]:
    """What each of these returned or raised, all begun at the same moment."""
    line = Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> object:
        line.wait(10)
        try:
            return verb()
        except McmError as error:
            return error

    with ThreadPoolExecutor(len(verbs)) as pool:
        return [done.result(30) for done in [pool.submit(run, verb) for verb in verbs]]


@pytest.fixture
def two(database):
    """A closed round, and two facilitators who both look at it."""
    with write() as db:
        group = a_group(db)
        other = a_group(db, username="olga", name="Other group")
        an_open_round(db, other.facilitator, other.cohort)
        opened = an_open_round(db, group.facilitator, group.cohort)
        answer(db, opened, group.members, [(2, 3)] * 5, at=NOW)
        return group, rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)


def both_past_the_first_look(monkeypatch, database):
    """On PostgreSQL, where writers do not queue, hold both until each has seen the round as it was."""
    if database.startswith("sqlite"):
        return
    looked = Barrier(2)

    def refuse_and_wait(now, to):
        refuse_move(now, to)
        looked.wait(10)

    monkeypatch.setattr(rounds, "refuse_move", refuse_and_wait)


@pytest.mark.parametrize("verb", [rounds.reveal, rounds.open_])
def test_of_two_who_press_at_once_one_wins_and_the_other_is_told(two, verb, database, monkeypatch):
    group, closed = two
    both_past_the_first_look(monkeypatch, database)

    def press():
        with write() as db:
            return verb(db, group.facilitator, closed.id, version=closed.version, at=NOW)

    first, second = sorted(at_once(press, press), key=lambda outcome: isinstance(outcome, McmError))

    assert not isinstance(first, McmError)
    assert isinstance(second, Conflict)
    with write() as db:
        assert rounds.get(db, group.facilitator, closed.id).version == closed.version + 1


@pytest.mark.parametrize("database", ["on_postgres"], indirect=True)
def test_without_the_version_check_both_would_win(two):
    """The negative control, on the database where two writers really run at once."""
    _, closed = two
    looked = Barrier(2)

    def naive() -> int:
        with write() as db:
            state = db.scalars(select(RoundRow.state).where(RoundRow.id == closed.id)).one()
            refuse_move(RoundState(state), RoundState.REVEALED)
            looked.wait(10)
            moved = text("UPDATE round SET state = 'revealed' WHERE id = :id")
            return db.execute(moved, {"id": closed.id}).rowcount

    assert at_once(naive, naive) == [1, 1]


def test_a_press_on_a_screen_from_before_a_reopening_moves_nothing(two):
    """The state alone would allow it: closed then, closed again now, with other answers."""
    group, closed = two
    with write() as db:
        again = rounds.open_(db, group.facilitator, closed.id, version=closed.version, at=NOW)
        now = rounds.close(db, group.facilitator, closed.id, version=again.version, at=NOW)

    with pytest.raises(Conflict, match="Another facilitator"), write() as db:
        rounds.reveal(db, group.facilitator, closed.id, version=closed.version, at=NOW)

    with write() as db:
        assert rounds.get(db, group.facilitator, closed.id) == now
        assert rounds.reveal(db, group.facilitator, closed.id, version=now.version, at=NOW).state == "revealed"


def test_two_drafts_opened_at_once_leave_one_open(database):
    with write() as db:
        group = a_group(db)
        drafts = [rounds.draft(db, group.facilitator, group.cohort.session(1).id, a_card(), at=NOW) for _ in range(2)]

    def press(drafted):
        with write() as db:
            return rounds.open_(db, group.facilitator, drafted.id, version=drafted.version, at=NOW)

    outcomes = at_once(*[lambda drafted=drafted: press(drafted) for drafted in drafts])

    assert sorted(isinstance(outcome, Conflict) for outcome in outcomes) == [False, True]
