"""Browsers in which somebody has signed in before. Their tries are counted apart: nobody who guesses elsewhere can keep
the person out of them (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").

Such a browser keeps a random name for itself, good for one account. It opens nothing; nothing about it is stored here.
Once the account was switched off, or given back by `mcm reset-link`, no browser is known from before: one of them may
be a thief's. Another password alone forgets none: whoever guesses would keep its owner out of her own browsers.
"""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.visitor import Visitor
from mcm_core.services import access
from mcm_core.services.access import ANY_FACILITATOR, open_to
from mcm_core.store import secret
from mcm_core.store.tables import FacilitatorRow

LASTS = timedelta(days=180)  # after the last sign-in there: longer than from one cohort to the next
MOST = 4  # accounts in one browser
_ONE = re.compile(r"(\d{1,6})-([0-9a-f]{32})-([0-9a-f]{64})")


def browser(db: Session, username: str, kept: str, *, at: datetime) -> str | None:
    """The name of a browser that this account has signed in from before, by what the browser kept; else None."""
    if not (known := _read(kept)):
        return None
    since = db.scalar(select(FacilitatorRow.taken_back_at).where(FacilitatorRow.username == username))
    return next((name for day, name, shown in known if _fits(username, since, day, name, shown, at)), None)


@open_to(ANY_FACILITATOR)
def renewed(db: Session, visitor: Visitor, kept: str, *, at: datetime) -> str:
    """What the visitor's browser shall keep from now on, in place of what it kept; with its other accounts."""
    row = db.get_one(FacilitatorRow, access.facilitator(db, visitor))
    name = browser(db, row.username, kept, at=at) or secrets.token_hex(16)
    account, day = (row.username, row.taken_back_at), str(_day(at))
    others = ("-".join(one) for one in _read(kept) if not _fits(*account, *one, at))
    return ".".join([f"{day}-{name}-{_signed(*account, day, name)}", *others][:MOST])


def _read(kept: str) -> list[tuple[str, str, str]]:
    return _ONE.findall(kept[:1000])[:MOST]


def _fits(username: str, since: datetime | None, day: str, name: str, shown: str, at: datetime) -> bool:
    recent = 0 <= _day(at) - int(day) <= LASTS.days
    return hmac.compare_digest(shown, _signed(username, since, day, name)) and recent


def _signed(username: str, since: datetime | None, day: str, name: str) -> str:
    taken_back = [since.astimezone(UTC).isoformat()] if since else []
    return secret.keyed("browser of", username, day, name, *taken_back)


def _day(at: datetime) -> int:
    return at.astimezone(UTC).date().toordinal()
