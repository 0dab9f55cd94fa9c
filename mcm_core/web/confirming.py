"""Saying again who one is, before something that could harm somebody: the check, and our page that asks."""

from __future__ import annotations

import re
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mcm_core.domain.errors import McmError, NotAllowed
from mcm_core.domain.second_step import is_code
from mcm_core.domain.visitor import Visitor
from mcm_core.services import second_step, signing_in
from mcm_core.store.engine import write
from mcm_core.web.browser import now, visitor_of
from mcm_core.web.careful import Sent
from mcm_core.web.replies import page, status_of

WRONG = "That is neither your password nor the code that your app shows now. Look at it and try again."
_OURS = re.compile(r"/(cards|report)/[\w./?=&-]*", re.ASCII)


def confirm(visitor: Visitor, said: str, *, at: datetime) -> bool:
    """Whether this is the visitor's password or the code of their app; if so, it is noted. Raises Throttled.

    In several transactions, as none may be open while a password is hashed.
    """
    if is_code(said):
        with write() as db:
            return second_step.confirm(db, visitor, said, at=at)
    with write() as db:
        asked = signing_in.challenge_again(db, visitor, at=at)
    if not asked.is_met_by(said):
        with write() as db:
            signing_in.turn_down(db, asked, at=at)
        return False
    with write() as db:
        signing_in.confirm(db, visitor, asked, at=at)
    return True


def confirm_here(request: Request, sent: Sent) -> Response:
    """POST /auth/confirm {"said": …, "to": …}: then on to the page of ours that had asked."""
    visitor = visitor_of(request)
    if visitor is None:
        raise NotAllowed("You are not signed in any more. Sign in and open this again.")
    to = sent.get("to", "")
    to = to if _OURS.fullmatch(to) else "/"
    try:
        right = confirm(visitor, sent.get("said", ""), at=now())
    except McmError as error:
        return page("confirm.html", status=status_of(error), to=to, elsewhere=False, wrong=str(error))
    return RedirectResponse(to, 303) if right else page("confirm.html", status=403, to=to, elsewhere=False, wrong=WRONG)
