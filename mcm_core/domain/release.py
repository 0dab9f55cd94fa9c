"""What may be shown of a round, decided once at the reveal and never again.

Sources: domain.md §2.23 (threshold, differencing guard) and §2.22.3 (paired shifts).
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from mcm_core.domain.reading import Reading
from mcm_core.domain.shift import Shift, movement
from mcm_core.domain.tally import Tally, count

THRESHOLD_DEFAULT = 5
THRESHOLDS = range(3, 11)
GUARD = 3
WIDE_GAP = 2


@dataclass(frozen=True)
class Release:
    """One theme of one revealed round, frozen.

    `answered` counts people who answered at all. `current` and `desired` are None when they stay closed, and then
    `withheld` says why in a sentence. `wide_gap` counts people whose hope is two or more levels above now.
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
        shifts=_shifts(theme, given, session_number, levels, threshold, earlier) if ordered else (),
    )


def choosers(answers: Answers, asked: str) -> Set[str]:
    """The people whose answer to `asked` is a level."""
    return {who for who, reading in answers.items() if (getattr(reading, asked) or 0) > 0}


def _reason_to_withhold(
    asked: str, given: Answers, tally: Tally, session_number: int, threshold: int, earlier: tuple[Earlier, ...]
) -> str | None:
    if tally.n < threshold:
        return f"Fewer than {threshold} of us chose a level, so no picture is shown. Talk it through instead."
    now = choosers(given, asked)
    for past in earlier:
        before = getattr(past.release, asked)
        if before is None:
            continue
        apart = len(now ^ choosers(past.answers, asked))
        if not 0 < apart < GUARD:
            continue
        same_session = past.session_number == session_number
        if same_session or _explained_by(before, tally, apart):
            return (
                "This picture differs from an earlier one by one or two people and could give their answer away, "
                "so it stays closed. Your answers are kept."
            )
    return None


def _explained_by(before: Tally, now: Tally, apart: int) -> bool:
    """Whether two pictures look as if only the `apart` people who came or left changed them.

    A week later everybody answers anew, so one absence alone gives nobody away. It does when the rest of the
    picture stood still: then the difference is the answer of those one or two people.
    """
    return sum(abs(a - b) for a, b in zip(before.levels, now.levels, strict=True)) <= apart


def _shifts(
    theme: str, given: Answers, session_number: int, levels: int, threshold: int, earlier: tuple[Earlier, ...]
) -> tuple[Shift, ...]:
    sessions: dict[int, Earlier] = {}
    for past in earlier:
        if past.session_number != session_number and past.release.current is not None:
            sessions[past.session_number] = past
    if not sessions:
        return ()
    shifts = []
    for number in dict.fromkeys((min(sessions), max(sessions))):
        before = sessions[number].answers
        paired = [
            (before[who], reading)
            for who, reading in given.items()
            if who in before and before[who].focus == reading.focus
        ]
        moved = {
            asked: movement(((getattr(a, asked), getattr(b, asked)) for a, b in paired), top=levels)
            for asked in ("current", "desired")
        }
        shifts.append(
            Shift(
                theme=theme,
                from_session=number,
                to_session=session_number,
                current=moved["current"] if moved["current"].n >= threshold else None,
                desired=moved["desired"] if moved["desired"].n >= threshold else None,
            )
        )
    return tuple(shifts)
