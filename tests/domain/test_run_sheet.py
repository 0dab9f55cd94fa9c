"""A session's order: what is on, what comes next, and what moves with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mcm_core.domain import run_sheet as rules
from mcm_core.domain.block import Activity, Block, clean_words
from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import McmError, NotAllowed, Refused
from mcm_core.domain.round import Round, RoundState
from mcm_core.domain.run_sheet import RunSheet
from tests.services.stories import a_card

START = datetime(2026, 1, 13, 14, 0, tzinfo=UTC)


def minutes(count: int) -> datetime:
    return START + timedelta(minutes=count)


@pytest.fixture
def sheet() -> RunSheet:
    blocks = [Block("a", "Arrive", 10), Block("b", "Stories", 20), Block("c", "Break", 5, Activity.BREAK)]
    return RunSheet("s", 1, 35, 1, tuple(blocks))


def run(sheet: RunSheet, *presses: int) -> RunSheet:
    """The sheet after "next" was pressed at each of these minutes."""
    for at in presses:
        sheet = replace(sheet, blocks=rules.go_on(sheet, minutes(at)))
    return sheet


def begins(sheet: RunSheet, at: int = 0) -> list[int]:
    return [int((line.begins - START).total_seconds() // 60) for line in rules.timetable(sheet, START, minutes(at))]


def titles(sheet: RunSheet) -> list[str]:
    return [block.title for block in sheet.blocks]


def test_a_plan_has_its_times_before_it_begins(sheet: RunSheet) -> None:
    assert begins(sheet) == [0, 10, 30]
    assert rules.fits(sheet) == "35 minutes are planned."


def test_next_ends_what_was_on_and_begins_what_follows(sheet: RunSheet) -> None:
    sheet = run(sheet, 0, 12)

    assert sheet.current is not None
    assert (sheet.current.title, sheet.following and sheet.following.title) == ("Stories", "Break")
    assert sheet.blocks[0].took == 12


def test_what_comes_later_takes_its_new_times_by_itself(sheet: RunSheet) -> None:
    late = run(sheet, 4, 18)

    assert begins(late, 20) == [4, 18, 38]
    assert begins(late, 45) == [4, 18, 45], "what is on has gone on for longer than planned: the rest waits for it"


@pytest.mark.parametrize(
    ("presses", "at", "said"),
    [
        ((), 0, ""),
        ((0, 10), 12, ""),
        ((1,), 1, "Ends about 14:36, 1 minute late."),
        ((0, 25), 26, "Ends about 14:50, 15 minutes late."),
        ((0,), 25, "Ends about 14:50, 15 minutes late."),
        ((24 * 60,), 24 * 60, ""),
    ],
)
def test_a_session_that_will_run_over_its_end_says_when_it_ends(
    sheet: RunSheet, presses: tuple[int, ...], at: int, said: str
) -> None:
    late = run(sheet, *presses)
    table = rules.timetable(late, START, minutes(at))

    assert rules.lateness(late, table, minutes(35), lambda moment: f"{moment:%H:%M}") == said


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda sheet: rules.move(sheet, "c", -1), [0, 10, 15]),
        (lambda sheet: rules.move(sheet, "a", 1), [0, 20, 30]),
        (lambda sheet: rules.swap(sheet, "a", "c"), [0, 5, 25]),
        (lambda sheet: rules.lengthen(sheet, "a", -5), [0, 5, 25]),
        (lambda sheet: rules.skip(sheet, "b"), [0, 10, 10]),
        (lambda sheet: rules.add(sheet, Block("d", "Quiet", 3), "a"), [0, 10, 13, 33]),
    ],
)
def test_moving_a_block_retimes_the_rest(sheet: RunSheet, change, expected: list[int]) -> None:  # type: ignore[no-untyped-def]
    assert begins(replace(sheet, blocks=change(sheet))) == expected


def test_a_skipped_block_can_be_taken_up_again(sheet: RunSheet) -> None:
    skipped = replace(sheet, blocks=rules.skip(sheet, "b"))

    assert run(skipped, 0, 10).current == replace(sheet.blocks[2], began_at=minutes(10))
    assert rules.skip(skipped, "b") == sheet.blocks
    assert rules.fits(skipped) == "15 minutes are planned. 20 minutes are free."
    longer = replace(sheet, blocks=rules.lengthen(sheet, "a", 5))
    assert rules.fits(longer) == "40 minutes are planned, and the session has 35: shorten it by 5."


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: rules.move(sheet, "a", 1),
        lambda sheet: rules.move(sheet, "b", -1),
        lambda sheet: rules.lengthen(sheet, "a", 5),
        lambda sheet: rules.skip(sheet, "a"),
        lambda sheet: rules.swap(sheet, "a", "c"),
        lambda sheet: rules.add(sheet, Block("d", "Quiet", 3), None),
    ],
)
def test_what_has_begun_is_a_record_and_stays(sheet: RunSheet, change) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused, match="begun"):
        change(run(sheet, 0))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda sheet: rules.move(sheet, "a", -1), "first already"),
        (lambda sheet: rules.move(sheet, "c", 1), "last already"),
        (lambda sheet: rules.lengthen(sheet, "c", -5), "between 1 and 120"),
        (lambda sheet: rules.go_back(sheet), "not begun"),
        (lambda sheet: rules.give(sheet, 2, START), "Nothing is on"),
        (lambda sheet: rules.go_on(run(sheet, 0, 1, 2), START), "no block after"),
    ],
)
def test_what_cannot_be_done_is_said(sheet: RunSheet, change, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(McmError, match=said):
        change(sheet)


def test_a_foreign_block_is_as_one_that_is_not_there(sheet: RunSheet) -> None:
    with pytest.raises(NotAllowed):
        rules.skip(sheet, "z")


def test_a_step_back_is_as_if_it_had_never_been_taken(sheet: RunSheet) -> None:
    on = run(sheet, 0, 10)

    assert rules.go_back(on) == run(sheet, 0).blocks
    assert rules.go_back(run(sheet, 0)) == sheet.blocks
    over = replace(on, blocks=rules.end(on, minutes(30)), ended_at=minutes(30))
    assert rules.go_back(over) == on.blocks


def test_two_minutes_more_are_two_minutes_from_now(sheet: RunSheet) -> None:
    in_time = replace(run(sheet, 0), blocks=rules.give(run(sheet, 0), 2, minutes(8)))
    too_late = replace(run(sheet, 0), blocks=rules.give(run(sheet, 0), 2, minutes(15)))

    assert [one.current and one.current.until for one in (in_time, too_late)] == [minutes(12), minutes(17)]
    assert in_time.planned == 35, "the plan keeps its own minutes"


def test_when_the_time_is_up_nothing_has_ended(sheet: RunSheet) -> None:
    on = run(sheet, 0)

    assert on.current is not None
    assert on.current.is_on(minutes(45))
    assert not on.current.is_on(minutes(7 * 60)), "a block that nobody ended is not on in the next week"
    forgotten = rules.end(on, minutes(7 * 24 * 60))
    assert forgotten[0].took == 10


def test_what_a_session_took_is_told_before_the_next(sheet: RunSheet) -> None:
    on = run(sheet, 0, 10, 38)
    over = replace(on, blocks=rules.end(on, minutes(43)), ended_at=minutes(43))

    assert rules.lesson(over) == ("Session 1: planned 35 minutes, took 43. “Stories” took 8 more than planned.")
    assert rules.lesson(on) == ""


def a_round(state: RoundState, opened: int) -> Round:
    return Round("r", "c", "s", 1, a_card(), 1, state, 1, 5, minutes(opened))


@pytest.mark.parametrize(
    ("block", "round_", "is_shown"),
    [
        (None, a_round(RoundState.REVEALED, 0), True),
        (Block("b", "Talk", 5, began_at=minutes(9)), a_round(RoundState.REVEALED, 0), False),
        (Block("b", "Talk", 5, began_at=minutes(9), keeps_picture=True), a_round(RoundState.REVEALED, 0), True),
        (Block("b", "Vote", 5, began_at=minutes(9)), a_round(RoundState.REVEALED, 10), True),
        (Block("b", "Talk", 5, began_at=minutes(9)), a_round(RoundState.OPEN, 0), True),
        (Block("b", "Talk", 5, began_at=minutes(9)), a_round(RoundState.CLOSED, 0), True),
    ],
)
def test_a_picture_leaves_the_screens_with_the_block_that_it_belongs_to(
    block: Block | None, round_: Round, is_shown: bool
) -> None:
    assert (rules.shown_beside(block, round_) == round_) is is_shown


def test_the_session_to_run_is_the_one_that_is_on_or_comes_next() -> None:
    sessions = [
        CohortSession(str(number), number, (START + timedelta(weeks=number - 1)).replace(tzinfo=None), "UTC")
        for number in range(1, 7)
    ]

    def number(on: str | None = None, over: str = "", weeks: int = 0) -> int:
        ended = dict.fromkeys(over, START + timedelta(hours=2))
        return rules.to_run(sessions, on, ended, START + timedelta(weeks=weeks, hours=2.5 if over else 0)).number

    assert (number(), number(over="1"), number(over="1", weeks=1), number(weeks=2), number(weeks=9)) == (1, 1, 3, 3, 6)
    assert number(on="2", weeks=3) == 2, "one that was not ended waits for that"
    assert rules.not_run_before(sessions[3], sessions, {"1", "3"}) == [2]


def test_words_that_are_too_long_are_refused() -> None:
    assert clean_words(" one\r\ntwo ", what="text") == "one\ntwo"
    with pytest.raises(Refused, match="The note is too long: 601 characters, and 600 fit"):
        clean_words("x" * 601, what="note")
