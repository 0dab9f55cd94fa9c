"""What pictures are drawn of: releases that went through the reveal, readings of one's own, and difficult words."""

from __future__ import annotations

from dataclasses import replace

from mcm_core.domain import looking_back
from mcm_core.domain.anonymous import picture
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.journey import Point, Series
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.release import Answers, Earlier, Release, freeze, too_few
from mcm_core.domain.shift import Shift
from mcm_core.domain.tally import Tally
from tests.builders import instrument, text, unordered

OF = 12
THRESHOLD = 5
HOSTILE_LEVELS = ("<b>x</b>", "$x$", "R&amp;D", "<i>y</i>")
HOSTILE_THEMES = ("<b>t</b>", "$t$", "<a href='https://x.test'>t</a>", "Safety")


def people(now=(), hoped=(), *, others=()) -> dict[str, Reading]:
    """So many people at each level, those on the left now meeting those on the left hoped for; then `others`."""
    currents, desireds = (_codes(counts) for counts in (now, hoped))
    longest = max(len(currents), len(desireds))
    pairs = [(_at(currents, place), _at(desireds, place)) for place in range(longest)]
    readings = [*(Reading(*pair) for pair in pairs), *(Reading(answer) for answer in others)]
    return {f"m{number}": reading for number, reading in enumerate(readings)}


def _codes(counts) -> list[int]:
    return [code for code, count in enumerate(counts, start=1) for _ in range(count)]


def _at(codes, place):
    return codes[place] if place < len(codes) else None


def revealed(
    of_what: Instrument, theme: str, answers: Answers, *, session: int = 1, earlier: tuple[Earlier, ...] = ()
) -> Release:
    """The answers as the reveal of a round leaves them."""
    return freeze(
        theme, answers, session_number=session, attempt=1, levels=len(of_what.levels), ordered=of_what.ordered,
        threshold=THRESHOLD, of=OF, earlier=earlier,
    )  # fmt: skip


def release(of_what: Instrument, theme: str, now=(), hoped=(), *, others=(), session: int = 1) -> Release:
    return revealed(of_what, theme, people(now, hoped, others=others), session=session)


def shift_between(of_what: Instrument, theme: str, before: Answers, after: Answers) -> Shift:
    """Who moved from session 1 to session 2, as the reveal of session 2 leaves it."""
    first = revealed(of_what, theme, before)
    second = revealed(of_what, theme, after, session=2, earlier=(Earlier(1, before, first),))
    return second.shifts[0]


def series(*readings, focus: str | None = None) -> Series:
    """A line of one relationship from (session, current, desired)."""
    return Series(focus, tuple(Point(number, Reading(now, hoped)) for number, now, hoped in readings))


ORDERED = instrument()
UNORDERED = unordered()
TWO_QUESTIONS = unordered(themes=("This week", "Next week"))
ONE_ANSWER = replace(
    instrument(themes=("Our work",), levels=("One", "Two", "Three", "Four", "Five", "Six")),
    answers=("current",), desired_question=None,
)  # fmt: skip
HOSTILE = instrument(themes=HOSTILE_THEMES, levels=HOSTILE_LEVELS)
HOSTILE_LADDER = instrument(themes=(*HOSTILE_THEMES[:2], "Safety"), levels=HOSTILE_LEVELS)
HOSTILE_UNORDERED = replace(unordered(themes=HOSTILE_THEMES, levels=HOSTILE_LEVELS), always_shown=text("<b>$</b>."))

FULL = (
    release(ORDERED, "feelings", (1, 4, 4, 1), (0, 1, 5, 4)),
    release(ORDERED, "space", (5, 0, 0, 5), (0, 0, 5, 5)),
    release(ORDERED, "tools", (0, 9, 2, 0), (0, 2, 9, 0)),
    release(ORDERED, "skills", (3, 3, 3, 3), (3, 3, 3, 3)),
    release(ORDERED, "relationship", (0, 0, 2, 7), (0, 2, 7, 0)),
    release(ORDERED, "safety", (2, 5, 3, 1), (0, 0, 4, 7)),
)
NON_ANSWERS = (
    release(
        ORDERED, "tools", (0, 3, 2, 1), (0, 0, 3, 3),
        others=(NonAnswer.NOT_SURE, NonAnswer.NOT_SURE, NonAnswer.DOES_NOT_APPLY, NonAnswer.PASS),
    ),
)  # fmt: skip
WITHHELD = (release(ORDERED, "tools", (0, 3, 1, 0), (0, 0, 1, 3)),)
NOW_ONLY = (release(ORDERED, "tools", (0, 3, 3, 0), (0, 0, 4, 0)),)
HOPES_ONLY = (
    revealed(
        ORDERED, "tools",
        {**people((0, 2, 2, 0), (0, 0, 2, 2)), **{f"unsure{n}": Reading(NonAnswer.NOT_SURE, 3) for n in range(3)}},
    ),
)  # fmt: skip
SOME_WITHHELD = (*FULL[:2], *WITHHELD)
CHOICES = (release(UNORDERED, "this_week", (2, 0, 5, 1)),)
CHOICES_WITHHELD = (release(UNORDERED, "this_week", (1, 0, 3, 0)),)

BEFORE = people((2, 4, 2, 2), (0, 2, 4, 4))
AFTER = {
    who: Reading(min(reading.current + (place % 3 > 0), 4), reading.desired - (place % 5 == 0))
    for place, (who, reading) in enumerate(BEFORE.items())
}
MOVED = shift_between(ORDERED, "tools", BEFORE, AFTER)
NOBODY_MOVED = shift_between(ORDERED, "tools", BEFORE, BEFORE)
FEW_PAIRS = shift_between(ORDERED, "tools", BEFORE, people((2, 3, 3, 1), (1, 2, 4, 2)) | {
    f"m{n}": Reading() for n in range(6)} | {f"new{n}": Reading(1 + n % 4, 4) for n in range(6)})  # fmt: skip

LATEST = {
    "feelings": Reading(2, 4),
    "space": Reading(3, 3),
    "tools": Reading(4, 2),
    "skills": Reading(NonAnswer.NOT_SURE, 3),
    "safety": Reading(1, 3),
}
LINE = series((1, 1, 3), (2, 2, 3), (4, NonAnswer.PASS, None), (6, 3, 4), focus="outreach calls")
TWO_LINES = (series((1, 1, 2), (2, 3, 4), focus="calls"), series((4, 2, 2), (5, 4, 4), focus="meetings"))
OVER_TIME = {
    1: FULL[2],
    3: replace(WITHHELD[0], session_number=3),
    4: replace(FULL[0], theme="tools", session_number=4),
    6: replace(NOW_ONLY[0], session_number=6),
}
CHOICES_OVER_TIME = {1: CHOICES[0], 2: replace(CHOICES_WITHHELD[0], session_number=2)}

CHECK_IN = replace(instrument(themes=("This space",)), answers=("current",), desired_question=None)
PULSE = replace(
    unordered(themes=("The pace",)),
    themes=tuple(
        replace(theme, labels={code: text(label) for code, label in enumerate(("Slow", "Right", "Fast", "Both"), 1)})
        for theme in unordered(themes=("The pace",)).themes
    ),
)


def anonymous(*counts: int, of: int = OF, passed: int = 0) -> Release:
    """What an anonymous round shows of these answers."""
    tally = Tally(counts, passed=passed)
    shown = picture(tally) if tally.n >= THRESHOLD else None
    numbers, words = (shown, None) if isinstance(shown, Tally) else (None, shown)
    why = None if shown else too_few(THRESHOLD)
    return Release("any", 1, 1, tally.n + passed, numbers, current_shares=words, of=of, withheld=why)


CHECKED_IN = {
    1: anonymous(1, 3, 5, 2),
    2: anonymous(0, 2, 2, 1),
    3: anonymous(0, 0, 1, 11),
    4: anonymous(1, 1, 1, 1),
    6: anonymous(1, 1, 5, 1, passed=2),
}
LOOKING_BACK = ORDERED.looking_back(text("Where was it at the start?"), text("Look back."))
MARKS = looking_back.mine(ORDERED, (series((1, 3, 4), (6, 4, 4)),), {None: Reading(2)})
OUR_MARKS, OUR_MARKS_SAME, OUR_MARKS_CLOSED = (
    looking_back.ours(
        ORDERED,
        {1: release(ORDERED, "tools", (0, 4, 4, 2)), 6: release(ORDERED, "tools", (0, 0, 5, 5), session=6)},
        release(LOOKING_BACK, "tools", counts, session=6),
    )
    for counts in ((5, 0, 0, 5), (0, 4, 4, 2), (0, 2, 1, 0))
)
HOSTILE_MARKS = looking_back.mine(HOSTILE, (series((1, 1, 2), (6, 4, 4), focus="<b>f</b>"),), {None: Reading(2)})
