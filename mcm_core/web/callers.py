"""Whose requests are counted together: those of one browser that is signed in, or those of all strangers of a network.

A whole hall comes through one address. If strangers and members were counted together there, one flooding laptop would
shut everybody out; and a made-up cookie must not count as a browser of its own.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import Scope

from mcm_core.domain.errors import McmError
from mcm_core.domain.visitor import Role
from mcm_core.services import visitors
from mcm_core.store.engine import read
from mcm_core.store.secret import digest
from mcm_core.web import cookie
from mcm_core.web.network import network_of
from mcm_core.web.pace import REMEMBERED, Buckets

STAYS_KNOWN = 600.0  # seconds; who may do what is asked anew every time, this is only about counting
CHECKS, CHECKS_AT_ONCE = 50, 500  # looks at the database for one network


@dataclass(frozen=True)
class Caller:
    """Under which key a request is counted, and whether that is the key of one browser that is signed in."""

    key: str
    known: bool


class Callers:
    """Tells callers apart, and asks the database about a cookie once in ten minutes."""

    def __init__(self, is_signed_in: Callable[[str], bool] | None = None) -> None:
        self._ask = is_signed_in or _is_signed_in
        self._known: OrderedDict[str, float] = OrderedDict()
        self._checks = Buckets()

    async def of(self, scope: Scope) -> Caller:
        """Who sent this request."""
        connection = HTTPConnection(scope)
        token = cookie.read(connection.cookies)
        network = network_of(connection.client.host if connection.client else None)
        if token is None:
            return Caller(network, known=False)
        hashed = digest(token)
        known = await self._is_known(token, hashed, network)
        return Caller(hashed if known else network, known)

    async def _is_known(self, token: str, hashed: str, network: str) -> bool:
        now = time.monotonic()
        if now - self._known.get(hashed, -STAYS_KNOWN) < STAYS_KNOWN:
            return True
        if not self._checks.take(network, CHECKS, CHECKS_AT_ONCE, now):
            return False
        if not await run_in_threadpool(self._ask, token):
            return False
        self._known[hashed] = now
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return True


def _is_signed_in(token: str) -> bool:
    try:
        with read() as db:
            visitor = visitors.recognise(db, token, at=datetime.now(UTC))
    except McmError:
        return False
    # Whoever knocked with the room's code, and says a name, is a stranger still: forty of them, counted one by one,
    # could hold all the pages that there are. A member's other phone, which waits with a link, is not.
    return visitor is not None and not (visitor.role is Role.WAITING and visitor.name)
