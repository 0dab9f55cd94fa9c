"""What may be shown of a round, decided once at the reveal and never again.

Sources: domain.md §2.23 (threshold, differencing guard) and §2.22.3 (paired shifts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from mcm_core.domain.differencing import GUARD, tells_of_one
from mcm_core.domain.reading import Reading
from mcm_core.domain.shift import Movement, Shift, movement
from mcm_core.domain.tally import Tally, count

THRESHOLD_DEFAULT = 5
THRESHOLDS = range(3, 11)
WIDE_GAP = 2


@dataclass(frozen=True)
class Release:
    """One theme of one revealed round, frozen.

    `answered` counts people who answered at all, `of` the members at that moment. `current` and `desired` are None
    when they stay closed, and then `withheld` says why in a sentence. `wide_gap` counts people whose hope is two or
    more levels above now.
    `shifts` compare with earlier sessions: the first released one, then the one before, without repeats.
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


Answers = Mapping[str, Reading]
"""Readings of one theme in one round by member id."""


@dataclass(frozen=True)
class Earlier:
    """An earlier released round of the same question: its session number, its answers, and what it showed."""

    session_number: int
    answers: Answers
    release: Release


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
) -> Release:
    """Decide what of `answers` is shown. `earlier` lists releases of the same question, oldest first.

    Current and desired are released apart: each needs `threshold` people who chose a level, and must not differ
    from an earlier release of the same question by one or two people.
    """
    given = {who: reading for who, reading in answers.items() if reading.current is not None}
    shown: dict[str, Tally | None] = {}
    reasons: list[str] = []
    for asked in ("current", "desired"):
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
        shifts=_shifts(theme, given, shown, session_number, threshold, earlier) if ordered else (),
        of=of,
    )


def choosers(answers: Answers, asked: str) -> Set[str]:
    """The people whose answer to `asked` is a level."""
    return {who for who, reading in answers.items() if (getattr(reading, asked) or 0) > 0}


def answerers(answers: Answers, asked: str) -> Set[str]:
    """The people who answered `asked` at all, if only with "Rather not say"."""
    return {who for who, reading in answers.items() if getattr(reading, asked) is not None}


def _reason_to_withhold(
    asked: str, given: Answers, tally: Tally, session_number: int, threshold: int, earlier: tuple[Earlier, ...]
) -> str | None:
    if tally.n < threshold:
        return f"Fewer than {threshold} of us chose a level, so no picture is shown. Talk it through instead."
    if any(_gives_away(asked, given, tally, session_number, past) for past in earlier):
        return (
            "This picture differs from an earlier one by one or two people and could give their answer away, "
            "so it stays closed. Your answers are kept."
        )
    return None


def _gives_away(asked: str, given: Answers, tally: Tally, session_number: int, past: Earlier) -> bool:
    """Whether subtracting the earlier picture from this one would tell what one or two people answered.

    Asked twice: for those who chose a level, and for all who answered, because "Rather not say" is an answer too.
    """
    before: Tally | None = getattr(past.release, asked)
    if before is None:
        return False
    kinds = ((choosers, before.levels, tally.levels), (answerers, _all_counts(before), _all_counts(tally)))
    for people, then, now in kinds:
        apart = _apart(people(past.answers, asked), people(given, asked), shown=sum(then))
        same_session = past.session_number == session_number
        if 0 < apart < GUARD and (same_session or _explained_by(then, now, apart)):
            return True
    return False


def _apart(then: Set[str], now: Set[str], *, shown: int) -> int:
    """How many people tell two pictures apart. `shown` were in the earlier one: some may be erased since, and count."""
    return len(then ^ now) + shown - len(then)


def _all_counts(tally: Tally) -> tuple[int, ...]:
    return (*tally.levels, tally.not_sure, tally.does_not_apply, tally.passed)


def _explained_by(then: Iterable[int], now: Iterable[int], apart: int) -> bool:
    """Whether two pictures look as if only the `apart` people who came or left changed them.

    A week later everybody answers anew, so one absence alone gives nobody away. It does when the rest of the
    picture stood still: then the difference is the answer of those one or two people.
    """
    return sum(abs(a - b) for a, b in zip(then, now, strict=True)) <= apart


def _shifts(
    theme: str, given: Answers, shown: Mapping[str, Tally | None], session_number: int, threshold: int,
    earlier: tuple[Earlier, ...],
) -> tuple[Shift, ...]:  # fmt: skip
    sessions: dict[int, Earlier] = {}
    for past in earlier:
        if past.session_number != session_number and past.release.current is not None:
            sessions[past.session_number] = past
    if not sessions:
        return ()
    votes = [past for past in earlier if past.session_number == session_number]
    shifts = []
    for number in dict.fromkeys((min(sessions), max(sessions))):
        moved = {
            asked: _moved(asked, sessions[number], given, tally, threshold, votes) for asked, tally in shown.items()
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
    asked: str, before: Earlier, given: Answers, tally: Tally | None, threshold: int, votes: Iterable[Earlier]
) -> Movement | None:
    """Who moved, or None when it stays closed: with its picture, with too few pairs, next to an earlier vote of the
    same session whose pairs were the same but for one or two people, or when it tells of one who was there only once.

    Without the sum of steps, which would tell that always.
    """
    pairs = _paired(asked, before.answers, given)
    if tally is None or len(pairs) < threshold:
        return None
    for vote in votes:
        for shift in vote.release.shifts:
            shown: Movement | None = getattr(shift, asked)
            if shift.from_session != before.session_number or shown is None:
                continue
            if 0 < _apart(_paired(asked, before.answers, vote.answers), pairs, shown=shown.n) < GUARD:
                return None
    people = [
        (_level(before.answers, who, asked), _level(given, who, asked), who in pairs)
        for who in choosers(before.answers, asked) | choosers(given, asked)
    ]
    then: Tally | None = getattr(before.release, asked)
    if then and (tells_of_one(then, people) or tells_of_one(tally, [(now, was, both) for was, now, both in people])):
        return None
    return replace(movement([(was, now) for was, now, both in people if both], top=len(tally.levels)), steps=0)


def _level(answers: Answers, who: str, asked: str) -> int | None:
    """The level that somebody chose, if they did."""
    answer: int | None = getattr(answers.get(who, Reading()), asked)
    return answer if answer is not None and answer > 0 else None


def _paired(asked: str, before: Answers, after: Answers) -> Set[str]:
    """The people who chose a level both times, about the same relationship."""
    both = choosers(before, asked) & choosers(after, asked)
    return {who for who in both if before[who].focus == after[who].focus}
