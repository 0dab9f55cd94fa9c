"""What a member writes for themselves between sessions: tries, learning, a diary, wellbeing. Nobody else can read it.

An entry is shared by making a note of it, with the note's readers and the note's name: there is one way for words to
leave. The questions are content (session_data/texts/between.yaml); which kinds there are, and their limits, is here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from mcm_core.domain.errors import Refused

TEXT_MAX = 4000
LINK_MAX = 500
MINUTES_MAX = 24 * 60
ENERGIES = range(1, 5)
LINK = "link"  # the field of the learning log that is an address
#: Six sessions of two hours and five catch-ups of about half an hour (domain.md §1C row 56).
MEETING_MINUTES = 6 * 120 + 5 * 30
DAY_MINUTES = 450  # of work: seven and a half hours


class EntryKind(StrEnum):
    """The four kinds (domain.md §2.5, §2.8, §4.7)."""

    TRY = "try"
    LEARNING = "learning"
    DIARY = "diary"
    WELLBEING = "wellbeing"


@dataclass(frozen=True)
class Said:
    """What a form holds: words by question, ticks of what was offered, minutes of learning, energy from 1 to 4."""

    texts: Mapping[str, str]
    ticks: tuple[str, ...] = ()
    minutes: int | None = None
    energy: int | None = None


@dataclass(frozen=True)
class Entry:
    """One entry, for its author's eyes. `is_note`: it was shared, as a note."""

    id: str
    kind: EntryKind
    said: Said
    written_at: datetime
    changed_at: datetime
    is_note: bool


def cleaned(kind: EntryKind, said: Said, *, questions: Sequence[str], offered: Collection[str]) -> Said:
    """What to store: only known questions, without surrounding space; empty ones go. Raises Refused."""
    texts = {key: text for key in questions if (text := _text(said.texts.get(key, "")))}
    if LINK in texts:
        texts[LINK] = safe_link(texts[LINK])
    if not set(said.texts) <= set(questions) or not set(said.ticks) <= set(offered):
        raise Refused("That choice is not on the list. Choose again; your words are still there.")
    if said.minutes is not None and not (kind is EntryKind.LEARNING and 0 <= said.minutes <= MINUTES_MAX):
        raise Refused(f"Give the time in minutes, from 0 to {MINUTES_MAX}. Your words are still there.")
    if said.energy is not None and not (kind is EntryKind.WELLBEING and said.energy in ENERGIES):
        raise Refused("Energy is one of four steps. Choose again; your words are still there.")
    ticks = tuple(tick for tick in offered if tick in said.ticks)
    if not (texts or ticks or said.minutes or said.energy):
        raise Refused("There is nothing to keep yet. Write a few words or choose something first.")
    return Said(texts, ticks, said.minutes or None, said.energy)


def safe_link(address: str) -> str:
    """An address that a browser may follow: http or https, with a host, without space or a password. Raises Refused."""
    has_scheme = re.match(r"^[a-z][a-z0-9+.-]*:(?!\d+(/|$))", address, re.IGNORECASE)  # a port is no part of a scheme
    wanted = address if has_scheme else f"https://{address}"
    try:
        parts = urlsplit(wanted)
        known = parts.scheme in {"http", "https"} and parts.hostname and "." in parts.hostname and not parts.username
    except ValueError:
        known = False
    if not known or len(wanted) > LINK_MAX or re.search(r"[\s\x00-\x1f\x7f\\]", wanted):
        raise Refused("That is not the address of a page, such as example.org/page. It has no spaces.")
    return wanted


def tally(minutes: int) -> str:
    """My learning so far beside what the programme asks for; a fact for its author, and no meter (seed 002)."""
    days = (minutes + MEETING_MINUTES) / DAY_MINUTES
    return (
        f"You have noted {_duration(minutes)} of learning. With the six sessions (12 hours) and the five catch-ups "
        f"(about 2 hours 30 minutes) that comes to about {days:.1f} days. The programme takes 2 to 3."
    )


def planned(tries: int, authors: int, threshold: int) -> str:
    """How many tries there are, in a sentence without names; "" while so few planned one that people could guess."""
    return f"{tries} tries are planned." if authors >= threshold else ""


def _text(words: str) -> str:
    text = words.replace("\x00", "").strip()
    if len(text) > TEXT_MAX:
        raise Refused(
            f"One of your texts is {len(text) - TEXT_MAX:,} characters too long (the limit is {TEXT_MAX:,}). "
            "Shorten it; your words are still there."
        )
    return text


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} hour{'s' * (hours != 1)}"] if hours else []
    return " ".join([*parts, f"{rest} minute{'s' * (rest != 1)}"] if rest or not hours else parts)
