"""What happens between the meetings of the six weeks, for everybody who does it without a browser."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from mcm_core.domain.news import window
from mcm_core.domain.reading import Reading
from mcm_core.services import (
    catch_ups,
    cohorts,
    dots,
    evaluations,
    members,
    news,
    pulses,
    topic_plan,
    topics,
)
from mcm_core.store.engine import read, write
from tests.browser.six_weeks import Walk

ASKED = (
    "How do we say no kindly?",
    "Waiting lists that never end",
    "Who looks after those who listen?",
    "When a partner organisation does not answer",
)


def set_topics(walk: Walk, names: Sequence[str]) -> None:
    """Four people write down what they would like help with, and everybody is asked for dots."""
    with write() as db:
        for name, words in zip(names, ASKED, strict=False):
            topics.propose(db, walk.who(name), walk.cohort_id, kind="question", text=words, named=True, at=walk.now)
        dots.open_(db, walk.who("nel"), walk.cohort_id, at=walk.now)


def reveal_the_dots(walk: Walk, names: Sequence[str]) -> None:
    """Two dots on one topic and one on another from everybody; then the facilitator shows them and plans four weeks."""
    nel = walk.who("nel")
    with write() as db:
        (vote,) = dots.votes(db, nel, walk.cohort_id)
        board = topics.board(db, nel, walk.cohort_id)
        for place, name in enumerate(names):
            for step, count in ((0, 2), (1, 1)):
                topic = board[(place + step) % len(board)]
                dots.place(db, walk.who(name), vote.id, topic.id, count, at=walk.now)
    with write() as db:
        shown = dots.reveal(db, nel, vote.id, version=vote.version, at=walk.now)
        assert shown.picture is not None
        assert shown.picture.counts is not None
        for number, topic in zip(range(2, 6), board, strict=False):
            topic_plan.schedule(db, nel, topic.id, number, was=None, at=walk.now)


def answer_the_pulse(walk: Walk, number: int, names: Sequence[str]) -> None:
    """Everybody says how the session was. The server opens the pulse within a minute; here it is asked to do so now."""
    pulses.keep_house(at=walk.now)
    for place, name in enumerate(names):
        with write() as db:
            asked = news.to_answer(db, walk.who(name), at=walk.now)
            assert asked is not None
            assert asked[0].session_number == number
            ballot = {theme.key: Reading(2 + place % 2) for theme in asked[0].card.asked}
            news.answer(db, walk.who(name), asked[0].id, ballot, {}, at=walk.now)


def say_back(walk: Walk, number: int) -> None:
    """The line that the next session waits for."""
    with write() as db:
        news.say_back(
            db, walk.who("nel"), walk.cohort.session(number).id, you_said="The break was short", outcome="changed",
            reply="It is ten minutes now", at=walk.now,
        )  # fmt: skip


def share_catch_ups(walk: Walk, number: int) -> None:
    """A week's pairs, suggested and shared."""
    nel = walk.who("nel")
    with write() as db:
        catch_ups.suggest(db, nel, walk.cohort_id, number, at=walk.now)
        week = catch_ups.rounds(db, nel, walk.cohort_id)[0]
        catch_ups.share(db, nel, walk.cohort_id, number, version=week.version, at=walk.now)


def together(walk: Walk) -> dict[str, tuple[str, ...]]:
    """Who is in which group of the newest week that is shared, by name."""
    with read() as db:
        week = next(one for one in catch_ups.rounds(db, walk.who("nel"), walk.cohort_id) if one.shared_at)
    return {name: group.people for group in week.groups for name in group.people}


def withdraws(walk: Walk, name: str) -> None:
    """Erases what is theirs under My data, and leaves."""
    with write() as db:
        members.erase(db, walk.who(name), keep_notes=True)
    del walk.tokens[name]


def move_session_five(walk: Walk) -> None:
    """A day later, at the same hour, in the week in which the clocks have gone back."""
    five = walk.cohort.session(5)
    with write() as db:
        later = five.starts_local + timedelta(days=1)
        cohorts.move_session(db, walk.sits_down("nel"), five.id, later, 120, at=walk.now)


def pulse_closes(walk: Walk, number: int) -> None:
    """Time passes until the answers about a session are shown."""
    walk.moves_to(window(walk.cohort.sessions, number).closes_at + timedelta(minutes=1))
    pulses.keep_house(at=walk.now)


def look_back(walk: Walk, names: Sequence[str]) -> None:
    """Everybody answers what is counted in the form after the last session."""
    counted = [question for question in evaluations.form().questions if question.levels]
    for place, name in enumerate(names):
        with write() as db:
            for question in counted:
                level = 1 + (place + 1) % len(question.levels)
                evaluations.answer(db, walk.who(name), question.key, level=level, body="", at=walk.now)
