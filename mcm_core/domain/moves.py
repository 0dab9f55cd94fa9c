"""Who moved between two pictures of a question, where that can be told (domain.md §2.22.3, §2.23)."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import replace

from mcm_core.domain.crowd import Answers, choosers, how_far_apart
from mcm_core.domain.differencing import GUARD, Person, tells_of_one
from mcm_core.domain.instrument import Asked
from mcm_core.domain.reading import Reading
from mcm_core.domain.shift import Movement, movement
from mcm_core.domain.tally import Tally

SMALL = 13
"""In a group of fewer, who moved is told before the last session only when the same people chose a level both times."""
TINY = 10
"""In a group of fewer it is told in the last session only when nobody, or three and more, were there only once."""


def moved(
    asked: Asked, before: tuple[Answers, Tally | None], now: tuple[Answers, Tally | None], *, threshold: int,
    told: Iterable[tuple[Answers, Movement]], review: bool,
) -> Movement | None:  # fmt: skip
    """Who moved, or None when it stays closed: with either picture, with too few pairs, next to an earlier vote of the
    same session whose pairs were the same but for one or two people, or when it tells of one who was there only once.

    `before` and `now` are the answers with the picture that is shown of them; `told` are answers of earlier votes of
    this session with who was said to have moved since `before`.

    In a small group it stays closed unless the same people chose a level both times: week after week, pictures and
    moves leave who was there only once one level that is at all likely, if seldom just one that is possible
    (docs/intruders.md). From the first session to the last, once, for the `review`, nobody or three and more may have
    been there only once, and from ten people up anybody. Without the sum of steps, which would always tell.
    """
    (answers, then), (given, tally) = before, now
    pairs = _paired(asked, answers, given)
    if then is None or tally is None or len(pairs) < threshold:
        return None
    if any(0 < how_far_apart(_paired(asked, answers, vote), pairs, shown=shown.n) < GUARD for vote, shown in told):
        return None
    people = [
        (_level(answers, who, asked), _level(given, who, asked), who in pairs)
        for who in choosers(answers, asked) | choosers(given, asked)
    ]
    fewest, once = min(then.n, tally.n), [one.n - _both(people) for one in (then, tally)]
    if fewest < (TINY if review else SMALL) and any(some > 0 and (some < GUARD or not review) for some in once):
        return None
    if tells_of_one(then, people) or tells_of_one(tally, [(after, was, both) for was, after, both in people]):
        return None
    return replace(movement([(was, after) for was, after, both in people if both], top=len(tally.levels)), steps=0)


def _both(people: Iterable[Person]) -> int:
    return sum(bool(here and there) for here, there, _ in people)


def _level(answers: Answers, who: str, asked: Asked) -> int | None:
    """The level that somebody chose, if they did."""
    answer: int | None = getattr(answers.get(who, Reading()), asked)
    return answer if answer is not None and answer > 0 else None


def _paired(asked: Asked, before: Answers, after: Answers) -> Set[str]:
    """The people who chose a level both times, about the same relationship."""
    both = choosers(before, asked) & choosers(after, asked)
    return {who for who in both if before[who].focus == after[who].focus}
