"""Three dots each, two at most on one; a reveal tells counts of enough people, and nothing by way of an earlier one."""

from __future__ import annotations

from random import Random

import pytest

from mcm_core.domain.dots import (
    DOTS,
    DotPicture,
    Earlier,
    Placed,
    freeze,
    left_out,
    refuse_dots,
    refuse_too_few,
    threshold,
)
from mcm_core.domain.errors import Refused

TOPICS = ("a", "b", "c", "d")
FIVE: Placed = {
    "ada": {"a": 2, "b": 1}, "ben": {"a": 1, "c": 2}, "cleo": {"b": 2, "c": 1}, "dev": {"a": 1, "b": 1, "c": 1},
    "eve": {"a": 2, "c": 1},
}  # fmt: skip


def frozen(placed: Placed, session: int = 1, *earlier: Earlier, fewest: int = 5) -> DotPicture:
    return freeze(placed, TOPICS, session_number=session, fewest=fewest, of=12, earlier=earlier)


def past(placed: Placed, session: int = 1, left: Placed | None = None) -> Earlier:
    return Earlier(session, placed if left is None else left, frozen(placed, session))


@pytest.mark.parametrize(
    ("mine", "topic", "count", "said"),
    [
        ({}, "a", 2, ""), ({"a": 2}, "b", 1, ""), ({"a": 1, "b": 1}, "a", 2, ""), ({"a": 2, "b": 1}, "a", 0, ""),
        ({}, "a", 3, "At most 2"), ({}, "a", -1, "At most 2"), ({"a": 2, "b": 1}, "c", 1, "all 3 dots"),
        ({"a": 2, "b": 1}, "b", 2, "all 3 dots"),
    ],
)  # fmt: skip
def test_three_each_and_two_at_most_on_one(mine: dict[str, int], topic: str, count: int, said: str) -> None:
    if not said:
        refuse_dots(mine, topic, count)
        return
    with pytest.raises(Refused, match=said):
        refuse_dots(mine, topic, count)


def test_the_picture_has_every_topic_the_most_dots_first_and_equals_as_they_stood() -> None:
    picture = frozen(FIVE)

    assert picture.ranked == (("a", 6), ("c", 5), ("b", 4), ("d", 0))
    assert (picture.people, picture.of) == (5, 12)


def test_of_four_people_nothing_is_told_but_how_many_they_are() -> None:
    few = {who: FIVE[who] for who in ("ada", "ben", "cleo", "dev")}
    others = {who: {"d": 1} for who in few}

    assert frozen(few) == frozen(others)
    assert frozen(few).counts is None
    assert "Talk it through" in (frozen(few).withheld or "")
    assert frozen(few | {"eve": {}}).people == 4, "who gave none is not counted"


def test_a_cohort_that_lowers_its_own_threshold_does_not_lower_this_one() -> None:
    assert [threshold(own) for own in (3, 5, 8)] == [5, 5, 8]


@pytest.mark.parametrize("gone", [1, 2])
def test_somebody_is_not_told_by_their_absence_from_the_next_picture(gone: int) -> None:
    """The others moved nothing: the two pictures' difference is what the one or two who are away had given."""
    eight = {f"m{place}": dots for place, dots in enumerate([*FIVE.values(), *list(FIVE.values())[:3]])}
    left = dict(list(eight.items())[gone:])

    assert frozen(left, 3, past(eight)).counts is None
    assert frozen(left, 3, past(eight)).withheld
    assert frozen(dict(list(eight.items())[3:]), 3, past(eight)).counts is not None, "three hide each other"
    assert frozen(eight, 3, past(eight)).counts is not None, "the same people may choose anew"


def test_a_week_later_one_absence_alone_tells_nothing_where_everybody_chose_anew() -> None:
    eight = {f"m{place}": {"a": 2, "b": 1} for place in range(8)}
    anew = {f"m{place}": {"c": 2, "d": 1} for place in range(7)}

    assert frozen(anew, 3, past(eight)).counts is not None
    assert frozen(anew, 1, past(eight, 1)).counts is None, "in one session it is closed whatever it shows"


def test_somebody_erased_since_is_missed_all_the_same() -> None:
    six = {f"m{place}": dots for place, dots in enumerate([*FIVE.values(), {"d": 2}])}
    five = {who: dots for who, dots in six.items() if who != "m5"}

    assert frozen(five, 3, past(six, left=five)).counts is None


def test_no_dot_of_anybody_alone_can_be_subtracted() -> None:
    """Random cohorts: whenever two pictures differ by one person's coming or going alone, the second stays closed."""
    for seed in range(300):
        chance = Random(seed)
        people = {f"m{place}": _three(chance) for place in range(chance.randint(6, 12))}
        some = dict(list(people.items())[:-1])
        for before, after in ((people, some), (some, people)):
            assert frozen(after, 3, past(before)).counts is None


def test_without_the_guard_it_could(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr("mcm_core.domain.dots.GUARD", 0)
    six = {f"m{place}": dots for place, dots in enumerate([*FIVE.values(), {"d": 2}])}
    five = dict(list(six.items())[:5])

    (before, after) = (dict(frozen(six).counts or ()), dict(frozen(five, 3, past(six)).counts or ()))

    assert {topic: before[topic] - after[topic] for topic in TOPICS if before[topic] != after[topic]} == six["m5"]


def _three(chance: Random) -> dict[str, int]:
    first, second = chance.sample(TOPICS, 2)
    return {first: 2, second: DOTS - 2}


@pytest.mark.parametrize(
    ("planned", "said"),
    [
        ({"a", "b"}, "Everybody who gave dots has one"),
        ({"b"}, "One or two of us have no dot"),
        ({"c"}, "One or two of us have no dot"),
        ({"d"}, "5 of us have no dot"),
    ],
)
def test_who_is_left_out_is_a_count_and_one_and_two_are_the_same(planned: set[str], said: str) -> None:
    counted = left_out(FIVE, planned)

    assert counted.sentence.startswith(said)
    assert counted.of == 5


def test_one_and_two_left_out_look_the_same() -> None:
    one = {who: {"a": 1} for who in "vwxyz"} | {"left": {"d": 1}}
    two = {who: {"a": 1} for who in "wxyz"} | {"left": {"d": 1}, "out": {"d": 1}}

    assert left_out(one, {"a"}) == left_out(two, {"a"})
    assert left_out({}, {"a"}).people == 0


@pytest.mark.parametrize(
    ("members", "topics", "said"),
    [(4, 5, "There are 4 of you"), (1, 5, "There is one"), (9, 1, "fewer than two topics")],
)
def test_too_few_are_told_what_to_do_instead(members: int, topics: int, said: str) -> None:
    refuse_too_few(5, 2, 5)
    with pytest.raises(Refused, match=said):
        refuse_too_few(members, topics, 5)
