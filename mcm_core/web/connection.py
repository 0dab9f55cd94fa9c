"""How a browser reaches us: encrypted, on this very machine, or in the clear.

Members may work in the clear on a local network and are told so. Facilitators may not: their cookie opens everybody's
door, and whoever shares the Wi-Fi could read it on the way.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum

from starlette.datastructures import Headers
from starlette.types import Scope

from mcm_core.web.addresses import is_only_here

HEADER = "x-mcm-connection"  # set by our middleware on every request, whatever the browser sent under this name
IN_THE_CLEAR = (
    "Facilitators cannot sign in here, because this connection is not encrypted and a password could be read on the "
    "way. Open the address that begins with https, or use the computer that the app runs on."
)
FOR_MEMBERS = (
    "This connection is not encrypted: somebody skilled on the same Wi-Fi could read along. "
    "You may go on; if that worries you, talk to your facilitator first."
)
FOR_PASSWORDS = (
    "This connection is not encrypted, because this server was started with MCM_INSECURE_LAN=1. Others in this network "
    "can read what you type, the password too. Go on only in a network that you trust."
)


class Connection(StrEnum):
    """How a request travelled."""

    ENCRYPTED = "encrypted"
    LOCAL = "local"
    PLAIN = "plain"


def connection_of(scope: Scope) -> Connection:
    """How this request came. `scheme` says https only on the word of a proxy that is listed (FORWARDED_ALLOW_IPS).

    The browser says "localhost" only when what it sends begins its way on its own machine.
    """
    if scope.get("scheme") in {"https", "wss"}:
        return Connection.ENCRYPTED
    host = Headers(scope=scope).get("host", "")
    name = host if host.startswith("[") and host.endswith("]") else host.rpartition(":")[0] or host
    return Connection.LOCAL if is_only_here(name) else Connection.PLAIN


def is_in_the_clear(scope: Scope) -> bool:
    """Whether somebody on the way could read this request."""
    return connection_of(scope) is Connection.PLAIN


def told(headers: Mapping[str, str]) -> Connection:
    """What our middleware noted on a request; LOCAL where no request is, as in tests of pages."""
    return Connection(headers.get(HEADER, Connection.LOCAL))


def facilitators_may(connection: Connection) -> bool:
    """Whether a facilitator may be signed in over this connection."""
    return connection is not Connection.PLAIN or takes_the_risk()


def takes_the_risk() -> bool:
    """Whether the operator lets facilitators work in the clear."""
    return os.environ.get("MCM_INSECURE_LAN") == "1"
