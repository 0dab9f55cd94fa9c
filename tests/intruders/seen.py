"""What the intruder has seen of a cohort, as arrays: who was there, the pictures, the gaps and who moved.

Tracks are 0 (now) and 1 (hoped for). The truth is in `state`: for accomplices, and to be dealt out anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from mcm_core.domain import anonymous, crowd
from mcm_core.domain.differencing import GUARD
from mcm_core.domain.mode import Mode
from mcm_core.domain.release import Release, Share
from mcm_core.domain.shift import Movement
from mcm_core.domain.talk import SPOKEN_FROM
from mcm_core.domain.tally import Tally
from tests.intruders import habits
from tests.intruders.cohorts import LEVELS, THRESHOLD, Life, Vote

MOST = 13  # of so many people every number may have chosen a level
HIDDEN = -1
FEW = -2
"""So few wide gaps that they are not spoken of (domain/talk.py: fewer than three)."""
CLOSE = 1


@dataclass(frozen=True)
class Seen:
    """See `of`. The last place of `state` is always 0: what comes before a first answer."""

    state: np.ndarray  # [person, vote + 1]: see habits.STATES
    there: np.ndarray  # [person, vote]
    others: np.ndarray  # the people who are no accomplices
    before: np.ndarray  # [person, vote]: the place of the answer before
    kind: np.ndarray  # [person, vote]: how it may have changed since, see habits.logs
    loose: np.ndarray  # (vote, track) of what is not shown in exact numbers
    looks: np.ndarray  # [vote, track, how many chose level 1, 2 and 3]: the number of the picture that this is
    picture: np.ndarray  # [vote, track]: the number of the picture that was shown, or HIDDEN
    gaps: np.ndarray  # [vote]: how many wide gaps were shown, FEW or HIDDEN
    moves: np.ndarray  # [comparison, 2]: the two votes of which it was shown who moved
    moved: np.ndarray  # [comparison, track, 4]: how many up, same, at the top and down; HIDDEN where it is not shown


def of(life: Life, inside: set[str]) -> Seen:
    """What was shown of this life to somebody with these accomplices."""
    people, votes = len(life.members), len(life.votes)
    state = np.zeros((people, votes + 1), dtype=np.int64)
    there = np.zeros((people, votes), dtype=np.bool_)
    before, kind = np.full((people, votes), votes), np.zeros((people, votes), dtype=np.int64)
    for person, who in enumerate(life.members):
        last = None
        for place, vote in enumerate(life.votes):
            if who in vote.levels:
                there[person, place] = True
                state[person, place] = LEVELS * (vote.levels[who] - 1) + vote.hopes[who] - 1
                before[person, place] = votes if last is None else last
                kind[person, place] = _kind(life, last, place)
                last = place
    others = np.array([number for number, who in enumerate(life.members) if who not in inside])
    return Seen(state, there, others, before, kind, *_pictures(life), *_moved(life))


def _kind(life: Life, last: int | None, place: int) -> int:
    """How many weeks and votes again lie between two answers of somebody, or before their first."""
    again = sum(vote.shown.attempt > 1 for vote in life.votes[(-1 if last is None else last) + 1 : place + 1])
    weeks = life.votes[place].session
    return habits.first(weeks, again) if last is None else habits.between(weeks - life.votes[last].session, again)


def _pictures(life: Life) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    loose = [
        (place, track)
        for place, vote in enumerate(life.votes)
        for track, shown in enumerate(both(vote.shown))
        if not isinstance(shown, Tally)
    ]
    looks = np.zeros((len(life.votes), 2, MOST, MOST, MOST), dtype=np.int64)
    picture = np.full((len(life.votes), 2), HIDDEN)
    for place, vote in enumerate(life.votes):
        for track, shown in enumerate(both(vote.shown)):
            if shown is not None:
                looks[place, track], numbers = _looks(len(vote.levels), life.mode)
                picture[place, track] = numbers[_as_seen(shown)]
            elif (kept := _kept_closed(life, place, track)) is not None:
                looks[place, track], picture[place, track] = kept, CLOSE
    gaps = np.array([_gaps(vote, life.mode) for vote in life.votes])
    return np.array(loose, dtype=np.int64).reshape(-1, 2), looks, picture, gaps


def _kept_closed(life: Life, place: int, track: int) -> np.ndarray | None:
    """A picture that stays closed because it is close to an earlier one tells that it is close to an earlier one."""
    vote = life.votes[place]
    if life.mode is Mode.ANONYMOUS or len(vote.levels) < THRESHOLD:
        return None
    table, people = np.full((MOST, MOST, MOST), CLOSE - 1), len(vote.levels)
    for earlier in life.votes[:place]:
        shown, apart = both(earlier.shown)[track], len(earlier.levels.keys() ^ vote.levels.keys())
        if not isinstance(shown, Tally) or not 0 < apart < GUARD:
            continue
        if earlier.session == vote.session:
            return None  # then it would have been closed whatever it showed
        for counts in _tallies(people):
            if crowd._explained_by(_as_crowd(shown.levels), _as_crowd(counts), apart):
                table[counts[:-1]] = CLOSE
    chosen = list((vote.hopes if track else vote.levels).values())
    is_why = table[tuple(chosen.count(level) for level in range(1, LEVELS))] == CLOSE
    return table if is_why else None


def _tallies(people: int) -> Iterator[tuple[int, ...]]:
    for counts in product(range(people + 1), repeat=LEVELS - 1):
        if sum(counts) <= people:
            yield (*counts, people - sum(counts))


def _gaps(vote: Vote, mode: Mode) -> int:
    told = vote.shown.current and vote.shown.desired and mode is not Mode.ANONYMOUS
    if not told:
        return HIDDEN
    return vote.shown.wide_gap if vote.shown.wide_gap >= SPOKEN_FROM else FEW


def both(shown: Release) -> tuple[Tally | tuple[Share, ...] | None, ...]:
    """The pictures of now and of what is hoped for."""
    return (shown.current or shown.current_shares, shown.desired or shown.desired_shares)


def _moved(life: Life) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of votes of which it was shown who moved; of several votes in a session the last one shown counts."""
    moves, moved = [], []
    for now, vote in enumerate(life.votes):
        for shift in vote.shown.shifts:
            if not (shift.current or shift.desired):
                continue
            earlier = enumerate(life.votes[:now])
            then = max(place for place, one in earlier if one.session == shift.from_session and one.shown.current)
            moves.append((then, now))
            moved.append([_counts(shift.current), _counts(shift.desired)])
    return np.array(moves, dtype=np.int64).reshape(-1, 2), np.array(moved, dtype=np.int64).reshape(-1, 2, 4)


def _counts(moved: Movement | None) -> tuple[int, int, int, int]:
    if moved is None:
        return (HIDDEN, HIDDEN, HIDDEN, HIDDEN)
    return (moved.up, moved.same - moved.at_top, moved.at_top, moved.down)


@cache
def _looks(people: int, mode: Mode) -> tuple[np.ndarray, dict[object, int]]:
    """How every tally of so many people looks."""
    numbers: dict[object, int] = {}
    table = np.full((MOST, MOST, MOST), HIDDEN - 1)
    for counts in _tallies(people):
        table[counts[:-1]] = numbers.setdefault(visible(counts, mode), len(numbers))
    return table, numbers


def visible(counts: tuple[int, ...], mode: Mode) -> object:
    """What is shown of these counts."""
    return _as_seen(anonymous.picture(Tally(counts)) if mode is Mode.ANONYMOUS else Tally(counts))


def _as_seen(picture: Tally | tuple[Share, ...]) -> object:
    return picture.levels if isinstance(picture, Tally) else picture


def _as_crowd(numbers: tuple[int, ...]) -> crowd.Crowd:
    return crowd.Crowd(frozenset(), numbers, sum(numbers))
