"""What Today says of messages."""

from __future__ import annotations

from mcm_core.services import mailing
from mcm_core.store.engine import read
from mcm_core.ui.asked import Asked
from mcm_core.ui.page import Here


def messages_asked(here: Here) -> list[Asked]:
    """How many messages wait for a facilitator, and how many the mail server does not take."""
    with read() as db:
        waiting = mailing.to_do(db, here.visitor, here.cohort.id, at=here.at)
        stuck = mailing.not_taken(db, here.visitor, here.cohort.id)
    label = "One message waits to be sent" if waiting == 1 else f"{waiting} messages wait to be sent"
    held = f"The mail server has not confirmed {'1 message' if stuck == 1 else f'{stuck} messages'}: see why"
    held_up = [Asked("messages.py", held, "report")] if stuck else []
    return [*held_up, *([Asked("messages.py", label, "mail")] if waiting else [])]
