"""What may be shown of a round, decided once at the reveal and never again.

Sources: domain.md §2.23 (threshold, differencing guard) and §2.22.3 (paired shifts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mcm_core.domain.cohort import SESSIONS
from mcm_core.domain.crowd import Answers, Crowd, crowds, everybody, too_close
from mcm_core.domain.instrument import Asked
from mcm_core.domain.moves import moved
from mcm_core.domain.shift import Movement, Shift
from mcm_core.domain.tally import Tally, count

THRESHOLD_DEFAULT = 5
THRESHOLDS = range(3, 11)
WIDE_GAP = 2
ANOTHER_QUESTION = 0
"""No session's number: answers to another question may all differ, so only a picture that stood still gives away."""
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

    NEARLY_ALL = "all or nearly all"
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

    @property
    def is_of_few(self) -> bool:
        """Whether most of the group did not answer."""
        return 2 * self.answered < self.of


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
    beside: tuple[Earlier, ...] = (),
    named: bool = False,
) -> Release:
    """Decide what of `answers` is shown. `earlier` lists releases of the same question, oldest first; `beside` those of
    another question about the same (looking back at the start, and the start itself), with which nobody is compared.

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
        reason = _reason_to_withhold(asked, given, tally, session_number, threshold, earlier, beside)
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
    asked: Asked, given: Answers, tally: Tally, session_number: int, threshold: int, earlier: tuple[Earlier, ...],
    beside: tuple[Earlier, ...],
) -> str | None:  # fmt: skip
    if tally.n < threshold:
        return too_few(threshold)
    if any(_gives_away(asked, given, tally, session_number, past) for past in earlier):
        return TOO_CLOSE
    if any(_gives_away(asked, given, tally, ANOTHER_QUESTION, past) for past in beside):
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
    shifts = []
    for number in dict.fromkeys((min(sessions), max(sessions))):
        told = {
            asked: moved(
                asked,
                (sessions[number].answers, getattr(sessions[number].release, asked)),
                (given, tally),
                threshold=threshold,
                told=_told(asked, number, votes),
                review=session_number == SESSIONS and number == min(sessions),
            )
            for asked, tally in shown.items()
        }
        shifts.append(Shift(theme, number, session_number, current=told["current"], desired=told["desired"]))
    return tuple(shifts)


def _told(asked: Asked, since: int, votes: Iterable[Earlier]) -> list[tuple[Answers, Movement]]:
    """What was said of who moved since that session, with the answers that it was said of."""
    said = [(vote.answers, getattr(shift, asked)) for vote in votes for shift in vote.release.shifts
            if shift.from_session == since]  # fmt: skip
    return [(answers, shown) for answers, shown in said if shown is not None]
