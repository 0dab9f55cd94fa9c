"""Topics: words, merges that keep every author, and what comes next in the plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import Refused
from mcm_core.domain.topic import Kind, Topic, clean_text, head_of, heads, is_ahead, next_planned, refuse_session

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def a_topic(id_: str, head: str | None = None, by: str = "", planned: int | None = None) -> Topic:
    return Topic(id_, Kind.QUESTION, f"text of {id_}", by, bool(by), False, AT, head_id=head, planned_for=planned)


def test_what_was_merged_stands_under_the_last_head_with_every_author_once() -> None:
    board = heads([a_topic("a", by="Ada"), a_topic("b", "a", by="Ben"), a_topic("c", "b"), a_topic("d", by="Ada")])

    assert [(one.id, [part.id for part in one.parts]) for one in board] == [("a", ["b", "c"]), ("d", [])]
    assert board[0].authors == ("Ada", "Ben", "from the group")


def test_parts_of_a_head_that_is_gone_stand_by_themselves() -> None:
    board = heads([a_topic("b", "gone"), a_topic("c", "b")])

    assert [(one.id, [part.id for part in one.parts]) for one in board] == [("b", ["c"])]
    assert head_of("c", {one.id: one for one in (a_topic("b", "gone"), a_topic("c", "b"))}) == "b"


@pytest.mark.parametrize(
    ("typed", "kept"), [("  How?\n\nAnd why? ", "How? And why?"), ("x" * 200, "x" * 200), ("🙂", "🙂")]
)
def test_the_words_are_one_line(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"), [(" \n\x00\u200b", "nothing in the box"), ("x" * 201, "1 characters too long")]
)
def test_no_words_and_too_many_are_refused(typed: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        clean_text(typed)


@pytest.mark.parametrize("number", [1, 6, 0, 99])
def test_the_first_and_the_last_session_take_no_topic(number: int) -> None:
    refuse_session(None)
    refuse_session(2)
    with pytest.raises(Refused, match="sessions 2 to 5"):
        refuse_session(number)


@pytest.mark.parametrize(
    ("number", "planned", "other"), [(2, [2, 3, 5], 3), (2, [2, 5], 5), (2, [2], 3), (5, [2, 5], 0)]
)
def test_a_topic_changes_places_with_the_next(number: int, planned: list[int], other: int) -> None:
    if other:
        assert next_planned(number, planned) == other
        return
    with pytest.raises(Refused, match="no later session"):
        next_planned(number, planned)


def test_what_a_session_that_is_over_was_about_is_done() -> None:
    start = AT.replace(tzinfo=None)
    sessions = [CohortSession(str(n), n, start + timedelta(days=7 * n), "Europe/London") for n in range(1, 7)]
    now = AT + timedelta(days=15)

    ahead = [planned for planned in (None, 2, 3) if is_ahead(a_topic("a", planned=planned), sessions, now)]

    assert ahead == [None, 3]
