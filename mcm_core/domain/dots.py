"""Dots: each member gives three to the topics, at most two to one. What is shown of them is decided at the reveal.

A reveal shows how many dots each topic has when enough people gave any, and never who gave which. It is a picture like
others: frozen, and closed when it differs from an earlier one by one or two people.
Sources: domain.md §2.9 (three dots, two on one, hidden until revealed), §2.23 (threshold, differencing guard).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mcm_core.domain.crowd import how_far_apart
from mcm_core.domain.differencing import GUARD
from mcm_core.domain.errors import Refused
from mcm_core.domain.mode import ANONYMOUS_FROM
from mcm_core.domain.release import TOO_CLOSE

DOTS = 3
MOST_ON_ONE = 2
FEWEST_TOPICS = 2

Placed = Mapping[str, Mapping[str, int]]
"""Dots by member and topic."""


class DotState(StrEnum):
    """Open → revealed."""

    OPEN = "open"
    REVEALED = "revealed"


@dataclass(frozen=True)
class DotPicture:
    """What was revealed. `people` gave dots, `of` were members. `counts` has every topic of the board, in its order.

    `counts` is None where it stays closed; `withheld` then says why.
    """

    people: int
    of: int
    counts: tuple[tuple[str, int], ...] | None
    withheld: str | None = None

    @property
    def ranked(self) -> tuple[tuple[str, int], ...]:
        """Topics and their dots, the most first; of equals the one that stood on the board first."""
        return tuple(sorted(self.counts or (), key=lambda one: -one[1]))


@dataclass(frozen=True)
class LeftOut:
    """How many of those who gave dots gave none to anything that was planned. `one_or_two` are not told apart."""

    people: int
    one_or_two: bool
    of: int

    @property
    def sentence(self) -> str:
        if self.one_or_two:
            return "One or two of us have no dot on anything that is planned. Ask everybody what is missing."
        if self.people == 0:
            return "Everybody who gave dots has one on something that is planned."
        return f"{self.people} of us have no dot on anything that is planned. Ask everybody what is missing."


@dataclass(frozen=True)
class DotVote:
    """One time that everybody gives dots, as everybody in the cohort may know it: never whose a dot is."""

    id: str
    cohort_id: str
    session_number: int
    state: DotState
    version: int
    threshold: int
    opened_at: datetime
    picture: DotPicture | None = None
    left_out: LeftOut | None = None

    @property
    def is_open(self) -> bool:
        return self.state is DotState.OPEN


@dataclass(frozen=True)
class Earlier:
    """An earlier picture, with the dots behind it as far as they are still there."""

    session_number: int
    placed: Placed
    picture: DotPicture


def threshold(of_cohort: int) -> int:
    """The smallest group of which counts are shown: never below five, however low a cohort sets its own."""
    return max(of_cohort, ANONYMOUS_FROM)


def refuse_too_few(members: int, topics: int, fewest: int) -> None:
    """Raise Refused where dots would say nothing, or could be nobody's secret, with what to do instead."""
    if topics < FEWEST_TOPICS:
        raise Refused("There are fewer than two topics to choose from. Write some more first.")
    if members < fewest:
        are = "is one" if members == 1 else f"are {members}"
        raise Refused(
            f"There {are} of you, and counts are shown of {fewest} people or more. Talk it through instead: let "
            "everybody say which topic they would begin with, then plan."
        )


def refuse_dots(mine: Mapping[str, int], topic: str, count: int) -> None:
    """Raise Refused unless somebody with the dots `mine` may have `count` of them on this topic."""
    if count not in range(MOST_ON_ONE + 1):
        raise Refused(f"At most {MOST_ON_ONE} dots go on one topic, so that everybody chooses at least two.")
    if count + sum(dots for other, dots in mine.items() if other != topic) > DOTS:
        raise Refused(f"You have given all {DOTS} dots. Take one back from another topic first.")


def freeze(
    placed: Placed, topics: Iterable[str], *, session_number: int, fewest: int, of: int, earlier: Iterable[Earlier] = ()
) -> DotPicture:
    """Decide what is shown. `topics` are those on the board in its order; `earlier` are pictures of before."""
    given = {who: dots for who, dots in placed.items() if dots}
    counts = _counts(given)
    shown = tuple((topic, counts.get(topic, 0)) for topic in topics)
    reason = None
    if len(given) < fewest:
        reason = (
            f"Fewer than {fewest} of us gave dots, so no counts are shown. Talk it through instead: let everybody say "
            "which topic they would begin with."
        )
    elif any(_gives_away(given, counts, session_number, past) for past in earlier):
        reason = TOO_CLOSE
    return DotPicture(len(given), of, None if reason else shown, reason)


def left_out(placed: Placed, planned: Set[str]) -> LeftOut:
    """Who has no dot on anything planned, as a count. One and two are the same: of so few, somebody may know who."""
    given = [dots for dots in placed.values() if dots]
    people = sum(not planned & dots.keys() for dots in given)
    one_or_two = 0 < people < GUARD
    return LeftOut(GUARD - 1 if one_or_two else people, one_or_two, len(given))


def _counts(placed: Placed) -> dict[str, int]:
    found: dict[str, int] = {}
    for dots in placed.values():
        for topic, count in dots.items():
            found[topic] = found.get(topic, 0) + count
    return found


def _gives_away(given: Placed, counts: Mapping[str, int], session_number: int, past: Earlier) -> bool:
    """Whether subtracting the earlier picture would tell where one or two people put their dots.

    As `domain.crowd.too_close`, where each person has three dots to move instead of one answer.
    """
    if past.picture.counts is None:
        return False
    there = {who for who, dots in past.placed.items() if dots}
    apart = how_far_apart(there, given.keys(), shown=past.picture.people)
    if not 0 < apart < GUARD:
        return False
    then = dict(past.picture.counts)
    changed = sum(abs(then.get(topic, 0) - counts.get(topic, 0)) for topic in then.keys() | counts.keys())
    return past.session_number == session_number or changed <= DOTS * apart
