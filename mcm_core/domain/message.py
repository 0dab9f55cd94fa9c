"""Messages to one person: what a template may hold, how it is filled, and what becomes of a message.

A subject is seen on locked screens and over shoulders, so it holds no placeholder: no name, theme or answer can get
into one. None of `TELLING` stands anywhere in a message that comes with the app (domain.md §5 row 56, §5.1 check 20).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from enum import StrEnum

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import Refused

TELLING = ("abuse", "survivor", "safeguarding", "wellbeing")
BODY_MAX = 8000
TRIES_MAX = 12  # the last one 25 hours and a quarter after the first, see `pause_after`
EMAIL_MAX = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
_EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PLACEHOLDER = re.compile(r"{([^{}]*)}")

#: What `services.messages.draft` fills in by itself.
OURS = {
    "name": "the name of the person it goes to",
    "facilitator": "the name of the facilitator to whom the cohort belongs",
}
#: What whoever drafts the message says.
SAID = {
    "link": "an address to open",
    "when": "a day and time, with its zone",
    "deadline": "a day and time by which something is to be done",
    "until": "the day on which something is deleted at the latest",
    "dates": "several days and times, one on each line",
    "number": "the number of a session, 1 to 6",
    "before": "the day and time that a session, or a deadline, had before it was moved or cancelled",
    "why": "a sentence that says why there is no place for an applicant, if there is a reason",
    "digest": "how much was shared this week, and nobody’s words",
}
#: Filled in only when the message is read or sent, so that nothing that opens a door lies in the database.
LATE = {
    "address": "where this server is reached",
    "personal_link": "the member's own link",
    "own_link": "the applicant's own link, which no facilitator sees",
}
PLACEHOLDERS = {**OURS, **SAID, **LATE}
#: Which kinds are to be read before others: what became of an application, what changes a day that somebody keeps free,
#: what is read before the first session. The rest comes after these.
READ_FIRST = (
    "accepted", "waiting_list", "next_group", "not_this_time", "carried_over", "session_cancelled", "session_moved",
    "session_reminder", "deadline_moved", "interest_drop_in", "application_link_again", "application_link",
    "application_link_late", "application_received", "application_received_late", "interest_reminder", "invitation",
    "document", "digest",
)  # fmt: skip


class MessageState(StrEnum):
    """What became of a message. A waiting one goes by itself when it is due, if this server can send."""

    DRAFT = "draft"
    WAITING = "waiting"
    SENT = "sent"
    BY_HAND = "sent by hand"
    GIVEN_UP = "given up"


class Trouble(StrEnum):
    """Why a message did not go when it was tried."""

    NOT_REACHED = "not reached"
    BROKE_OFF = "broke off"
    REFUSED_US = "refused us"
    ADDRESS = "refused the address"
    MESSAGE = "refused the message"
    LATER = "said later"
    UNWRITTEN = "not written"


@dataclass(frozen=True)
class Template:
    """One kind of message. `calendar`: the member's own calendar file goes with it, and this is said of it then."""

    kind: str
    subject: str
    body: str
    calendar: str = ""

    @property
    def asks_for(self) -> frozenset[str]:
        """The placeholders that whoever drafts the message fills in."""
        return placeholders(self.body) & SAID.keys()


@dataclass(frozen=True)
class To:
    """Who a message goes to. Without an address it can be copied, not sent. It goes when the member is erased."""

    name: str
    email: str | None = None
    member_id: str | None = None


@dataclass(frozen=True)
class Message:
    """A message as it is kept: in `body` the `LATE` placeholders stand as they are. `settled_at`: sent, or given up."""

    id: str
    kind: str
    to: To
    subject: str
    body: str
    state: MessageState
    version: int
    tries: int
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None
    #: Why it did not go when it was tried last, and since when it does not.
    trouble: Trouble | None = None
    trouble_at: datetime | None = None

    @property
    def for_all(self) -> str | None:
        """The words without whom they greet, as one mail to several people may have them. None where they are for one
        person alone: they hold a link of somebody's own, or the name once more."""
        greeting, parted, rest = self.body.partition(f"Hello {self.to.name},")
        own = placeholders(self.body) & {"personal_link", "own_link"}
        return None if greeting or not parted or own or self.to.name in rest else f"Hello,{rest}"


def in_order(messages: Sequence[Message], at: datetime) -> list[Message]:
    """As they are to be sent: what is due before what is for later, then by what is to be read first, then by name."""
    rank = {kind: place for place, kind in enumerate(READ_FIRST)}

    def place(one: Message) -> tuple[datetime, int, str, str]:
        return max(one.due_at, at), rank.get(one.kind, len(rank)), one.to.name.casefold(), one.id

    return sorted(messages, key=place)


def alike(messages: Sequence[Message]) -> list[list[Message]]:
    """Those that can go as one mail: two or more of one kind, with addresses, whose words are the same for all."""
    groups: dict[tuple[str, str, str], list[Message]] = {}
    for one in messages:
        if one.to.email and one.for_all is not None:
            groups.setdefault((one.kind, one.subject, one.for_all), []).append(one)
    return [found for found in groups.values() if len(found) > 1]


def placeholders(text: str) -> frozenset[str]:
    """The names in curly brackets."""
    return frozenset(_PLACEHOLDER.findall(text))


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with the placeholders of `words` filled in, in one pass: what stands in a word is never filled again."""
    return _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text)


def opens_a_door(body: str) -> bool:
    """Whether whoever reads this message can sign in as its member."""
    return "personal_link" in placeholders(body)


def when(meeting: CohortSession) -> str:
    """When a meeting is: Tuesday 13 January 2026, 14:00 to 16:00 (on the clocks of Europe/London)."""
    day = f"{meeting.starts_local:%A} {meeting.starts_local.day} {meeting.starts_local:%B %Y}"
    ends = meeting.ends_at.astimezone(meeting.starts_at.tzinfo)
    return f"{day}, {meeting.starts_local:%H:%M} to {ends:%H:%M} (on the clocks of {meeting.time_zone})"


def telling(text: str) -> tuple[str, ...]:
    """The words that say too much to whoever looks over a shoulder."""
    return tuple(word for word in TELLING if word in text.casefold())


def clean_body(body: str) -> str:
    """The words of a message for storing, without control characters. Raises Refused when empty or too long."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    cleaned = "".join(mark for mark in lines if mark in "\n\t" or unicodedata.category(mark)[0] != "C")
    if not cleaned:
        raise Refused("The message is empty. Write something, or drop the message.")
    if len(cleaned) > BODY_MAX:
        raise Refused(f"The message is too long: {len(cleaned)} characters, and at most {BODY_MAX} fit. Shorten it.")
    return cleaned


def pause_after(tries: int) -> timedelta:
    """How long to wait after this many tries: five minutes, doubling, at most four hours."""
    return min(timedelta(minutes=5 * 2.0 ** min(tries - 1, 10)), timedelta(hours=4))


def clean_email(address: str) -> str | None:
    """An e-mail address for storing, or None where nothing was written. Raises Refused."""
    cleaned = address.strip()
    if not cleaned:
        return None
    if not (cleaned.isascii() and len(cleaned) <= EMAIL_MAX and _EMAIL.fullmatch(cleaned) and _is_address(cleaned)):
        raise Refused(f"“{cleaned[:60]}” is not an e-mail address such as ann@example.org. Correct it or leave it out.")
    return cleaned


def _is_address(spec: str) -> bool:
    try:
        return Address(addr_spec=spec).addr_spec == spec
    except (ValueError, MessageError, IndexError):
        return False
