"""Where “Exit this page” leads. Decided here alone."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from mcm_core.domain.errors import Refused

WEATHER = "https://www.bbc.co.uk/weather"  # something that anybody may have been looking at


def way_out() -> str:
    """The address (`MCM_EXIT_URL`, else a weather page). Raises Refused unless it is a whole https address."""
    address = os.environ.get("MCM_EXIT_URL", "").strip() or WEATHER
    try:
        parts = urlsplit(address)
        whole = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        whole = False
    if not whole or not address.isprintable() or " " in address:
        raise Refused(f"MCM_EXIT_URL must be a whole https address, such as {WEATHER}. Change it and start again.")
    return address
