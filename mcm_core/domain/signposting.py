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
#: A number at the end of a line. A short one (999, 116 123) only after a word that makes it one: 2021 may be a year.
_LONG = re.compile(r"(?<![\w+.-])(\+?\d[\d -]{5,18}\d)$", re.ASCII)
_SHORT = re.compile(r"(?:\b(?:call|ring|phone|dial)|:) (\d[\d ]{1,6}\d)$", re.ASCII | re.IGNORECASE)


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
    found = _LONG.search(line) or _SHORT.search(line)
    if found is None:
        return Parted(line)
    number = found[1]
    dial = re.sub(r"[ -]", "", number)
    digits = len(dial.lstrip("+"))
    if not 3 <= digits <= 15 or (digits < 7 and found.re is _LONG):  # at most 15: ITU-T E.164
        return Parted(line)
    return Parted(line[: found.start(1)], number, dial)


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
