"""The start seen twice and now: three marks, none in another's place, and no picture that tells of one person."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest

from mcm_core.domain import release as rules
from mcm_core.domain.journey import Point, Series, last_shift
from mcm_core.domain.looking_back import NOW, RESPONSE_SHIFT, SAW, SEES, mine, ours
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.release import Earlier, Release, freeze
from tests.builders import instrument, text

CONNECTIONS = instrument()
BACK = CONNECTIONS.looking_back(text("Where was it at the start?"), text("Look back."))


def line(*levels: tuple[int, int], focus: str | None = "calls") -> Series:
    return Series(focus, tuple(Point(number, Reading(level, focus=focus)) for number, level in levels))


def said(marks):
    return [(mark.name, mark.said) for mark in marks.all]


def picture(levels: dict[str, int], *, session: int = 1, beside=(), earlier=()) -> Release:
    answers = {who: Reading(level) for who, level in levels.items()}
    return freeze("tools", answers, session_number=session, attempt=1, levels=4, ordered=True, threshold=5,
                  beside=beside, earlier=earlier)  # fmt: skip


def past(levels: dict[str, int], session: int, shown: Release) -> Earlier:
    return Earlier(session, {who: Reading(level) for who, level in levels.items()}, shown)


def test_three_marks_stand_side_by_side() -> None:
    marks = mine(CONNECTIONS, (line((1, 3), (3, 3), (6, 4)),), {"calls": Reading(2, focus="calls")})

    assert marks
    assert said(marks) == [
        (f"{SAW} (session 1)", "Maturing"), (SEES, "Forming"), (f"{NOW} (session 6)", "Embedded"),
    ]  # fmt: skip
    assert marks.sentence == f"Then: Maturing. Seen from today: Forming. {RESPONSE_SHIFT}"


def test_the_same_start_is_said_in_one_plain_sentence() -> None:
    marks = mine(CONNECTIONS, (line((1, 2), (6, 3)),), {"calls": Reading(2)})

    assert marks
    assert marks.sentence == "For you, seen from today, the start is where it was said to be then: Forming."


def test_without_looking_back_there_is_no_mark() -> None:
    assert mine(CONNECTIONS, (line((1, 2), (6, 3)),), {}) is None
    assert ours(CONNECTIONS, {1: picture(dict.fromkeys("abcde", 2))}, None) is None


def test_another_relationships_start_is_no_mark_of_this_line() -> None:
    lines = (line((1, 2), focus="calls"), line((4, 1), (6, 2), focus="food bank"))

    assert mine(CONNECTIONS, lines, {"calls": Reading(2)}) is None
    marks = mine(CONNECTIONS, lines, {"calls": Reading(2), "food bank": Reading(1)})
    assert marks
    assert marks.saw.name == f"{SAW} (session 4)"


def test_one_reading_alone_is_now_and_no_start() -> None:
    """Whoever came late sees the start from today, and nobody makes a first reading up for them."""
    marks = mine(CONNECTIONS, (line((6, 3)),), {"calls": Reading(1)})

    assert marks
    assert [mark.said for mark in marks.all] == ["–", "Early stages", "Maturing"]
    assert marks.saw.place is None


def test_rather_not_say_is_said_and_stands_nowhere() -> None:
    marks = mine(CONNECTIONS, (line((1, 2), (6, 3)),), {"calls": Reading(NonAnswer.PASS)})

    assert marks
    assert (marks.sees.said, marks.sees.place) == ("Rather not say", None)


def test_our_marks_are_the_middles_of_what_was_shown() -> None:
    first, last = dict.fromkeys("abcdef", 2), dict.fromkeys("abcdef", 4)
    releases = {1: picture(first), 6: picture(last, session=6)}

    marks = ours(CONNECTIONS, releases, picture({**dict.fromkeys("abc", 1), **dict.fromkeys("def", 2)}, session=6))

    assert marks
    assert said(marks) == [
        (f"{SAW} (session 1)", "Forming"),
        (SEES, "between Early stages and Forming"),
        (f"{NOW} (session 6)", "Embedded"),
    ]  # fmt: skip


def test_of_fewer_than_five_who_looked_back_nothing_is_shown() -> None:
    few = picture(dict.fromkeys("abcd", 2), session=6)
    marks = ours(CONNECTIONS, {1: picture(dict.fromkeys("abcdef", 2))}, few)

    assert few.current is None
    assert marks
    assert (marks.sees.said, marks.sees.place) == ("closed", None)


def test_who_moved_is_never_counted_from_the_recalled_start() -> None:
    """The headline's shift is the same whether or not people looked back, and whatever they said."""
    first, last = dict.fromkeys("abcdef", 2), dict.fromkeys("abcdef", 3)
    baseline = past(first, 1, picture(first))
    looked = past(dict.fromkeys("abcdef", 1), 6, picture(dict.fromkeys("abcdef", 1), session=6, beside=(baseline,)))

    without = picture(last, session=6, earlier=(baseline,))
    beside = picture(last, session=6, earlier=(baseline,), beside=(looked,))

    assert last_shift({6: beside}) == last_shift({6: without})
    assert looked.release.shifts == ()


def told_by_subtracting(*, guarded: bool) -> int:
    """Of all cohorts of five or six: how often a start seen from today, beside the start, tells a newcomer's answer.

    The others see the start as they saw it then, which is the commonest thing to do.
    """
    told = 0
    for levels in combinations_with_replacement(range(1, 5), 5):
        then = {who: level for who, level in zip("abcde", levels, strict=True)}
        baseline = past(then, 1, picture(then))
        for late in range(1, 5):
            looked = picture({**then, "late": late}, session=6, beside=(baseline,) if guarded else ())
            told += looked.current is not None
    return told


def test_a_newcomers_answer_cannot_be_read_from_the_two_pictures_of_the_start() -> None:
    assert told_by_subtracting(guarded=True) == 0


def test_the_control_without_the_guard_it_could_every_time() -> None:
    assert told_by_subtracting(guarded=False) == 56 * 4


@pytest.mark.parametrize("missing", ["e", "de"])
def test_nor_can_the_answers_of_one_or_two_who_did_not_look_back(missing: str) -> None:
    then = dict(zip("abcdefgh", (1, 1, 2, 2, 3, 3, 4, 4), strict=True))
    looked = {who: level for who, level in then.items() if who not in missing}

    assert picture(looked, session=6, beside=(past(then, 1, picture(then)),)).withheld == rules.TOO_CLOSE


def test_people_who_do_see_it_otherwise_get_their_picture() -> None:
    then = dict(zip("abcdefgh", (2, 2, 3, 3, 3, 3, 4, 4), strict=True))
    looked = {who: level - 1 for who, level in then.items() if who != "h"}

    assert picture(looked, session=6, beside=(past(then, 1, picture(then)),)).current is not None
