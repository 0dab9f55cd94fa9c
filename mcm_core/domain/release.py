"""What may be shown of a round, decided once at the reveal and never again.

Sources: domain.md §2.23 (threshold, differencing guard) and §2.22.3 (paired shifts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from enum import StrEnum

from mcm_core.domain.cohort import SESSIONS
from mcm_core.domain.crowd import Answers, Crowd, choosers, crowds, everybody, how_far_apart, too_close
from mcm_core.domain.differencing import GUARD, Person, tells_of_one
from mcm_core.domain.instrument import Asked
from mcm_core.domain.reading import Reading
from mcm_core.domain.shift import Movement, Shift, movement
from mcm_core.domain.tally import Tally, count

THRESHOLD_DEFAULT = 5
THRESHOLDS = range(3, 11)
WIDE_GAP = 2
SMALL = 13
"""In a group of fewer, who moved is told before the last session only when the same people chose a level both times."""
TINY = 10
"""In a group of fewer it is told in the last session only when nobody, or three and more, were there only once."""
MOVES_CLOSED = (
    "It is shown when enough of us chose a level both times. In a group of up to twelve, before the last session, that "
    "must be the same people: otherwise somebody's answer could be read from it."
)
TOO_CLOSE = (
    "This picture differs from an earlier one by one or two people and could give their answer away, "
    "so it stays closed. Your answers are kept."
)


class Share(StrEnum):
    """How many of an anonymous group chose a level, where a number would tell too much."""

    MOST = "most"
    SOME = "some"
    FEW = "few or none"


@dataclass(frozen=True)
class Release:
    """One theme of one revealed round, frozen.

    `answered` counts people who answered at all, `of` the members at that moment. `current` and `desired` are None
    when they stay closed, and then `withheld` says why in a sentence. `wide_gap` counts people whose hope is two or
    more levels above now.
    `shifts` compare with earlier sessions: the first released one, then the one before, without repeats.
    An anonymous round has no shifts, and shares in place of tallies where numbers would tell too much.
    """

    theme: str
    session_number: int
    attempt: int
    answered: int
    current: Tally | None
    desired: Tally | None = None
    wide_gap: int = 0
    withheld: str | None = None
    shifts: tuple[Shift, ...] = ()
    of: int = 0
    current_shares: tuple[Share, ...] | None = None
    desired_shares: tuple[Share, ...] | None = None

    @property
    def is_shown(self) -> bool:
        """Whether anything but the number of answers can be seen."""
        return any((self.current, self.desired, self.current_shares, self.desired_shares))


@dataclass(frozen=True)
class Earlier:
    """An earlier released round of the same question: its session number, its answers, and what it showed.

    `unlinked` is set for an anonymous round, which has no answers of anybody. `named` says that members' names may
    stand beside its answers.
    """

    session_number: int
    answers: Answers
    release: Release
    unlinked: Crowd | None = None
    named: bool = False


def freeze(
    theme: str,
    answers: Answers,
    *,
    session_number: int,
    attempt: int,
    levels: int,
    ordered: bool,
    threshold: int,
    of: int = 0,
    earlier: tuple[Earlier, ...] = (),
    named: bool = False,
) -> Release:
    """Decide what of `answers` is shown. `earlier` lists releases of the same question, oldest first.

    Current and desired are released apart: each needs `threshold` people who chose a level, and must not differ
    from an earlier release of the same question by one or two people. Nobody's move is counted to or from a round in
    which names may stand beside answers: who is now where would tell where that person was before.
    """
    given = {who: reading for who, reading in answers.items() if reading.current is not None}
    shown: dict[Asked, Tally | None] = {}
    reasons: list[str] = []
    both_asked: tuple[Asked, Asked] = ("current", "desired")
    for asked in both_asked:
        tally = count((getattr(reading, asked) for reading in given.values()), levels=levels)
        reason = _reason_to_withhold(asked, given, tally, session_number, threshold, earlier)
        shown[asked] = None if reason else tally
        if reason and (asked == "current" or tally.n or tally.non_answers):
            reasons.append(reason)
    both = shown["current"] is not None and shown["desired"] is not None and ordered
    return Release(
        theme=theme,
        session_number=session_number,
        attempt=attempt,
        answered=len(given),
        current=shown["current"],
        desired=shown["desired"],
        wide_gap=sum((reading.gap or 0) >= WIDE_GAP for reading in given.values()) if both else 0,
        withheld=reasons[0] if reasons else None,
        shifts=_shifts(theme, given, shown, session_number, threshold, earlier) if ordered and not named else (),
        of=of,
    )


def _reason_to_withhold(
    asked: Asked, given: Answers, tally: Tally, session_number: int, threshold: int, earlier: tuple[Earlier, ...]
) -> str | None:
    if tally.n < threshold:
        return too_few(threshold)
    if any(_gives_away(asked, given, tally, session_number, past) for past in earlier):
        return TOO_CLOSE
    return None


def too_few(threshold: int) -> str:
    """Why a picture of a small group stays closed, and what to do."""
    return f"Fewer than {threshold} of us chose a level, so no picture is shown. Talk it through instead."


def _gives_away(asked: Asked, given: Answers, tally: Tally, session_number: int, past: Earlier) -> bool:
    """Whether subtracting the earlier picture from this one would tell what one or two people answered."""
    same_session = past.session_number == session_number
    if past.unlinked:
        now = everybody(given, levels=len(tally.levels), size=len(given))
        return past.release.is_shown and too_close(past.unlinked, now, same_session=same_session)
    before: Tally | None = getattr(past.release, asked)
    if before is None:
        return False
    pairs = zip(crowds(past.answers, asked, before), crowds(given, asked, tally), strict=True)
    return any(too_close(then, now, same_session=same_session) for then, now in pairs)


def _shifts(
    theme: str, given: Answers, shown: Mapping[Asked, Tally | None], session_number: int, threshold: int,
    earlier: tuple[Earlier, ...],
) -> tuple[Shift, ...]:  # fmt: skip
    sessions: dict[int, Earlier] = {}
    for past in earlier:
        linked = not past.named and past.unlinked is None
        if linked and past.session_number != session_number and past.release.current is not None:
            sessions[past.session_number] = past
    if not sessions:
        return ()
    votes = [past for past in earlier if past.session_number == session_number]
    review = session_number == SESSIONS
    shifts = []
    for number in dict.fromkeys((min(sessions), max(sessions))):
        moved = {
            asked: _moved(
                asked, sessions[number], given, tally, threshold, votes, review=review and number == min(sessions)
            )
            for asked, tally in shown.items()
        }
        shifts.append(
            Shift(
                theme=theme,
                from_session=number,
                to_session=session_number,
                current=moved["current"],
                desired=moved["desired"],
            )
        )
    return tuple(shifts)


def _moved(
    asked: Asked, before: Earlier, given: Answers, tally: Tally | None, threshold: int, votes: Iterable[Earlier], *,
    review: bool,
) -> Movement | None:  # fmt: skip
    """Who moved, or None when it stays closed: with either picture, with too few pairs, next to an earlier vote of the
    same session whose pairs were the same but for one or two people, or when it tells of one who was there only once.

    In a small group it stays closed unless the same people chose a level both times: week after week, pictures and
    moves leave who was there only once one level that is at all likely, if seldom just one that is possible
    (docs/intruders.md). From the first session to the last, once, for the `review`, nobody or three and more may have
    been there only once, and from ten people up anybody. Without the sum of steps, which would always tell.
    """
    pairs = _paired(asked, before.answers, given)
    then: Tally | None = getattr(before.release, asked)
    if then is None or tally is None or len(pairs) < threshold:
        return None
    for vote in votes:
        for shift in vote.release.shifts:
            shown: Movement | None = getattr(shift, asked)
            if shift.from_session != before.session_number or shown is None:
                continue
            if 0 < how_far_apart(_paired(asked, before.answers, vote.answers), pairs, shown=shown.n) < GUARD:
                return None
    people = [
        (_level(before.answers, who, asked), _level(given, who, asked), who in pairs)
        for who in choosers(before.answers, asked) | choosers(given, asked)
    ]
    fewest, once = min(then.n, tally.n), [one.n - _both(people) for one in (then, tally)]
    if fewest < (TINY if review else SMALL) and any(some > 0 and (some < GUARD or not review) for some in once):
        return None
    if tells_of_one(then, people) or tells_of_one(tally, [(now, was, both) for was, now, both in people]):
        return None
    return replace(movement([(was, now) for was, now, both in people if both], top=len(tally.levels)), steps=0)


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
