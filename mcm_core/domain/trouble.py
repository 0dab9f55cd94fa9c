"""Why the mail server did not take a message, in plain words. Never its own answer: that may hold an address."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from mcm_core.domain.message import Message, Trouble

WHY = {
    Trouble.NOT_REACHED: "it could not be reached",
    Trouble.BROKE_OFF: "the connection broke before it said so. They may have arrived, and then they come twice",
    Trouble.REFUSED_US: "it refused us, so it lets nothing of this server through",
    Trouble.ADDRESS: "it refused the address",
    Trouble.MESSAGE: "it refused the message",
    Trouble.LATER: "it said “later”",
}
WHAT_TO_DO = (
    "They are kept and tried again by themselves, for a day; what has not gone by then stands under “To send”. If this "
    "goes on, tell whoever runs this server. What cannot wait, take out with “Do not send it yet” and send it yourself."
)
MAY_HAVE_ARRIVED = (
    "The connection to the mail server broke before it said that it has it, so it may have arrived. It is not tried "
    "any more. Ask them before you send it again."
)
NOT_WRITTEN = "It could not be sent: what it is about is gone, so it cannot be written any more. Drop it."


def held_up(waiting: Sequence[Message], time_zone: str) -> tuple[str, ...]:
    """A sentence for each reason for which messages of the queue did not go: how many, since when, and why."""
    said = []
    for trouble, why in WHY.items():
        since = [one.trouble_at for one in waiting if one.trouble is trouble and one.trouble_at]
        if since:
            first = min(since).astimezone(ZoneInfo(time_zone))
            what = "1 of these messages" if len(since) == 1 else f"{len(since)} of these messages"
            has = "confirmed" if trouble is Trouble.BROKE_OFF else "taken"
            said.append(f"The mail server has not {has} {what}, since {first:%A %-d %B, %H:%M}: {why}.")
    return tuple(said)


def given_up(message: Message) -> str:
    """Why a message came back, and what to do: "" for one of which that is not known."""
    if message.trouble is Trouble.UNWRITTEN:
        return NOT_WRITTEN
    if message.trouble is Trouble.BROKE_OFF:
        return MAY_HAVE_ARRIVED
    if message.trouble is None:
        return ""
    check = {
        Trouble.ADDRESS: "Ask for the right address, write it down on the page Cohort, and send it again.",
        Trouble.MESSAGE: "Change the words and send it again, or send it in your own mail program.",
    }
    otherwise = "It is not tried any more. Send it again, or in your own mail program."
    return f"The mail server did not take it: {WHY[message.trouble]}. {check.get(message.trouble, otherwise)}"
