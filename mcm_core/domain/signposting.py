"""Where to turn for help, as a facilitator has written it for one cohort; and which of it a phone may dial.

The words are domain.md's `signposting`: in immediate danger, the organisation's own contact, local and national lines.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from mcm_core.domain.errors import Refused

LINE_MAX, LINES_MAX = 160, 8
BLANK = "__"
#: Numbers that may end a line, with the fewest and the most digits. Short ones (999, 116 123) only after a word that
#: makes them one, as 2021 may be a year. At most 15 digits: ITU-T E.164. “+44 (0)20 …” is dialled wrongly, so never.
_NUMBERS = (
    (re.compile(r"(?:^|(?<=[^\d()\s-]\s))(\+?\d[\d -]*\d)$", re.ASCII), 7, 15),
    (re.compile(r"(?:\b(?:call|ring|phone|dial)|:) (\d[\d ]*\d)$", re.ASCII | re.IGNORECASE), 3, 6),
)


@dataclass(frozen=True)
class Signposting:
    """What one cohort's people read. Each text is one or several lines of plain words."""

    danger: str
    contact: str
    lines: str
    checked_at: datetime


@dataclass(frozen=True)
class Parted:
    """A line as words, and the telephone number at its end: as written, and as dialled. Both are empty without one."""

    words: str
    number: str = ""
    dial: str = ""


def parted(line: str) -> Parted:
    """The line with the number at its end set apart, if it is plainly a number that somebody can call."""
    for pattern, least, most in _NUMBERS:
        if found := pattern.search(line):
            dial = re.sub("[ -]", "", found[1])
            if least <= len(dial.lstrip("+")) <= most:
                return Parted(line[: found.start(1)], found[1], dial)
    return Parted(line)


def clean_lines(text: str, *, what: str) -> str:
    """The lines for storing: no control characters, single spaces, no empty line. Raises Refused where it says what."""
    printable = (
        "".join(" " if unicodedata.category(mark)[0] == "C" else mark for mark in line) for line in text.splitlines()
    )
    lines = [" ".join(line.split()) for line in printable]
    kept = [line for line in lines if line]
    if any(BLANK in line for line in kept):
        raise Refused(f"There is still a gap (____) under “{what}”. Fill it in, or take the line out.")
    if len(kept) > LINES_MAX or any(len(line) > LINE_MAX for line in kept):
        raise Refused(f"“{what}” holds at most {LINES_MAX} lines of {LINE_MAX} characters. Shorten it.")
    return "\n".join(kept)
