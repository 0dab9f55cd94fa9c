"""What a group may be told of its digital skills, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mcm_core.domain.errors import Refused
from mcm_core.domain.skills import Counts, Tool, counted, refuse_sharing, refuse_unknown, sentences

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
TOOLS = (Tool("board", "Use a whiteboard", "whiteboards"), Tool("chat", "Use the chat", "the chat"))


def test_to_learn_and_to_do_with_help_are_both_wishes_for_help() -> None:
    said = [{"board": 1}, {"board": 2}, {"board": 3}, {"board": 4, "chat": 4}, {}]

    assert counted(["board", "chat"], said) == {"board": (2, 1), "chat": (0, 1)}


def test_the_most_wanted_comes_first_and_few_are_said_less_exactly() -> None:
    counts = Counts(8, {"board": (2, 0), "chat": (4, 3)}, NOW)

    assert sentences(TOOLS, counts) == (
        "4 people would like help with the chat; 3 people can help.",
        "One or two people would like help with whiteboards; nobody can help.",
    )


def test_a_tool_that_nobody_would_like_help_with_is_not_spoken_of() -> None:
    assert sentences(TOOLS, Counts(8, {"board": (0, 5)}, NOW)) == ()


@pytest.mark.parametrize(
    ("answered", "changed", "again", "refused"),
    [(4, 4, False, True), (5, 5, False, False), (6, 1, True, True), (7, 2, True, True), (8, 3, True, False)],
)
def test_the_group_is_told_from_the_threshold_on_and_again_after_three_new_answers(
    answered: int, changed: int, again: bool, refused: bool
) -> None:
    if not refused:
        refuse_sharing(answered, changed, 5, again=again)
        return
    with pytest.raises(Refused):
        refuse_sharing(answered, changed, 5, again=again)


@pytest.mark.parametrize(("levels", "wish"), [({"fax": 1}, ""), ({"board": 5}, ""), ({"board": 0}, ""), ({}, "a" * 81)])
def test_what_is_not_on_the_form_is_refused(levels: dict[str, int], wish: str) -> None:
    with pytest.raises(Refused):
        refuse_unknown(["board", "chat"], levels, wish)
